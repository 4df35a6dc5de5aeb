import { Command, InvalidArgumentError, Option } from 'commander';
import { type ListenAddress, parseListenAddress } from './listen-address.ts';
import { ownVersion } from './system-version.ts';

/** What the program was started with. */
export interface Flags {
  readonly kubeconfig?: string;
  readonly listen: ListenAddress;
  readonly healthListen?: ListenAddress;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tlsName?: readonly string[];
  readonly selfManagedCertificates?: boolean;
  readonly certificateSecret: { readonly namespace: string; readonly name: string };
  readonly webhookConfiguration: string;
  readonly clientCa?: string;
  readonly clientName?: string;
  readonly clusterId?: string;
  readonly liqoNamespace: string;
  readonly shutdownGrace: number;
  readonly logLevel: string;
}

/** Reads the arguments of the program; ends it with a message when they cannot be used together. */
export function readFlags(argv: readonly string[]): { readonly flags: Flags; readonly command: Command } {
  const command = new Command('leafway-webhook')
    .description('Admission webhook of the central cluster: judges VirtualNodeShortcuts and LeafClusters.')
    .version(ownVersion())
    .option('--kubeconfig <file>', 'kubeconfig of the central cluster; default: the cluster it runs in')
    .requiredOption('--listen <host:port>', 'where HTTPS is served; port 0 takes a free one', parse(parseListenAddress))
    .option(
      '--health-listen <host:port>',
      'where /healthz, /readyz and /metrics are served over HTTP',
      parse(parseListenAddress),
    )
    .option('--tls-cert <file>', 'certificate and chain in PEM; a changed file is taken into use')
    .option('--tls-key <file>', 'private key in PEM')
    .option(
      '--tls-name <name...>',
      'what API servers call this webhook, for example leafway-webhook.leafway-system.svc: a certificate for something else is not taken into use',
    )
    .option(
      '--self-managed-certificates',
      'instead of files: an authority of its own, which all replicas share in a Secret and which the API server is told to trust; needs --tls-name',
    )
    .option(
      '--certificate-secret <namespace/name>',
      'the Secret of that authority',
      parse(parseSecretName),
      parseSecretName('leafway-system/leafway-webhook-certificate'),
    )
    .option(
      '--webhook-configuration <name>',
      'the name of the two webhook configurations that are told to trust it',
      'leafway',
    )
    .option(
      '--client-ca <file>',
      'authorities in PEM: only who shows a certificate of theirs may ask for admissions; a changed file is taken into use',
    )
    .option('--client-name <name>', 'with --client-ca: the common name that the certificate must have')
    .option('--cluster-id <id>', "the central cluster's own ID; default: what Liqo's ConfigMap tells")
    .option('--liqo-namespace <name>', 'namespace of Liqo on the central cluster', 'liqo')
    .option(
      '--shutdown-grace <seconds>',
      'how long requests are still served after SIGTERM, until all nodes know that this replica ends',
      parse(parseSeconds),
      5,
    )
    .addOption(
      new Option('--log-level <level>', 'how much is logged')
        .choices(['trace', 'debug', 'info', 'warn', 'error'])
        .default('info'),
    )
    .parse(argv);
  const flags = command.opts<Flags>();
  const problem = contradiction(flags);
  return problem === undefined ? { flags, command } : command.error(`error: ${problem}`);
}

/** Why these flags cannot be used together; `undefined` when they can. */
export function contradiction(
  flags: Pick<Flags, 'tlsCert' | 'tlsKey' | 'tlsName' | 'selfManagedCertificates' | 'clientCa' | 'clientName'>,
): string | undefined {
  const { tlsCert, tlsKey, tlsName = [], selfManagedCertificates = false, clientCa, clientName } = flags;
  const hasFiles = tlsCert !== undefined && tlsKey !== undefined;
  if (selfManagedCertificates && (tlsCert ?? tlsKey) !== undefined) {
    return '--self-managed-certificates makes its own certificate: leave out --tls-cert and --tls-key';
  }
  if (selfManagedCertificates && tlsName.length === 0) return '--self-managed-certificates needs --tls-name';
  if (!selfManagedCertificates && !hasFiles) return 'give --tls-cert and --tls-key, or --self-managed-certificates';
  if (clientName !== undefined && clientCa === undefined) return '--client-name needs --client-ca';
  return undefined;
}

function parseSecretName(text: string): Flags['certificateSecret'] {
  const [namespace = '', name = '', ...more] = text.split('/');
  if (namespace === '' || name === '' || more.length > 0) throw new Error(`"${text}" is not namespace/name`);
  return { namespace, name };
}

function parseSeconds(text: string): number {
  if (!/^\d{1,4}$/.test(text)) throw new Error(`"${text}" is not a number of seconds below 10000`);
  return Number(text);
}

/** For commander, which shows such an error with the name of the flag. */
function parse<T>(parser: (text: string) => T): (text: string) => T {
  return (text) => {
    try {
      return parser(text);
    } catch (err) {
      throw new InvalidArgumentError(err instanceof Error ? err.message : String(err));
    }
  };
}
