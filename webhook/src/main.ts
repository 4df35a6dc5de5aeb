import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createKubeApi, loadConnection, systemClock, systemRandom } from '@leafway/reconciler';
import { Command, InvalidArgumentError } from 'commander';
import { pino } from 'pino';
import { createCachedWorld } from './cached-world.ts';
import { type ListenAddress, parseListenAddress } from './listen-address.ts';
import { BodyBudget } from './server/body-budget.ts';
import { type KeyPair, problemOfKeyPair } from './server/key-pair.ts';
import { createListener } from './server/listener.ts';
import { stopServer } from './server/shutdown.ts';
import { createCertificateFollower, createTlsServer } from './server/tls.ts';

interface Flags {
  kubeconfig?: string;
  listen: ListenAddress;
  tlsCert: string;
  tlsKey: string;
  clusterId?: string;
  liqoNamespace: string;
  logLevel: string;
}

const command = new Command('leafway-webhook')
  .description('Admission webhook of the central cluster: judges VirtualNodeShortcuts and LeafClusters.')
  .option('--kubeconfig <file>', 'kubeconfig of the central cluster; default: the cluster it runs in')
  .requiredOption('--listen <host:port>', 'where HTTPS is served; port 0 takes a free one', listenAddress)
  .requiredOption('--tls-cert <file>', 'certificate and chain in PEM; a changed file is taken into use')
  .requiredOption('--tls-key <file>', 'private key in PEM')
  .option('--cluster-id <id>', "the central cluster's own ID, where no ConfigMap of Liqo tells it")
  .option('--liqo-namespace <name>', 'namespace of Liqo on the central cluster', 'liqo')
  .option('--log-level <level>', 'trace, debug, info, warn or error', 'info')
  .parse();
const flags = command.opts<Flags>();

const log = pino({ level: flags.logLevel }, pino.destination({ dest: 2, sync: true }));
const stop = new AbortController();
process.once('SIGTERM', () => stop.abort());
process.once('SIGINT', () => stop.abort());

const { api, pair } = await open().catch((err: unknown) =>
  command.error(`error: ${err instanceof Error ? err.message : String(err)}`),
);
const ports = { clock: systemClock, random: systemRandom, log };
const world = createCachedWorld({ api, ...ports }, { liqoNamespace: flags.liqoNamespace, clusterID: flags.clusterId });

const budget = new BodyBudget();
const listener = createListener({ world, ...ports, budget, worldWaitsFor: world.waitsFor, notReady });
const server = createTlsServer(pair, listener);
const certificate = createCertificateFollower(pair, { server, read: readKeyPair, ...ports });
certificate.run(stop.signal);
const following = world.run(stop.signal);
server.listen(flags.listen.port, flags.listen.host);
await once(server, 'listening');
log.info({ address: server.address() }, 'webhook listens');

if (!stop.signal.aborted) await once(stop.signal, 'abort');
log.info({}, 'webhook stops');
await stopServer(server, systemClock);
await following;
await api.close();

/** What must be right before anything is served; its errors are for the person who set the flags. */
async function open() {
  const first = await readKeyPair();
  const broken = problemOfKeyPair(first, systemClock.now());
  if (broken !== undefined) throw new Error(`--tls-cert ${flags.tlsCert}, --tls-key ${flags.tlsKey}: ${broken}`);
  return {
    pair: first,
    api: createKubeApi(loadConnection({ kubeconfig: flags.kubeconfig }), { userAgent: 'leafway-webhook' }),
  };
}

function notReady(): string | undefined {
  if (stop.signal.aborted) return 'stopping';
  return world.waitsFor() ?? certificate.problem();
}

async function readKeyPair(): Promise<KeyPair> {
  const [cert, key] = await Promise.all([readFile(flags.tlsCert, 'utf8'), readFile(flags.tlsKey, 'utf8')]);
  return { cert, key };
}

function listenAddress(text: string): ListenAddress {
  try {
    return parseListenAddress(text);
  } catch (err) {
    throw new InvalidArgumentError(err instanceof Error ? err.message : String(err));
  }
}
