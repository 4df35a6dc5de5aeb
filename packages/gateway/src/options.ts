import { type Cidr, parseCidr, safeParseAddress, safeParseCidr } from '@leafway/core';
import { isClusterID } from '@leafway/liqo';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import type { AgentOptions } from './reconcile/agent.ts';
import { nodeUplink } from './routing/site.ts';
import { ownVersion } from './system-version.ts';

/** Where a server listens. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** What the command line said. */
export interface CommandLine {
  readonly kubeconfig?: string | undefined;
  readonly wireguardGo: string;
  readonly healthListen?: ListenAddress | undefined;
  readonly agent: AgentOptions;
}

/** Reads the command line; what it cannot read is an error of one sentence. `undefined` when only help was wanted. */
export function parseCommandLine(
  args: readonly string[],
): { readonly ok: true; readonly value: CommandLine | undefined } | { readonly ok: false; readonly message: string } {
  const command = createCommand();
  try {
    command.parse([...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { ok: true, value: undefined };
    return { ok: false, message: error.message.replace(/^error: /, '') };
  }
  const place = readPlace(command.opts<PlaceFlags>());
  if (typeof place === 'string') return { ok: false, message: place };
  return { ok: true, value: toCommandLine(command.opts<Flags>(), place) };
}

interface Flags {
  readonly kubeconfig?: string;
  readonly clusterId: string;
  readonly liqoNamespace: string;
  readonly podCidr: readonly Cidr[];
  readonly externalCidr: Cidr;
  readonly serviceCidr: Cidr;
  readonly internalCidr: Cidr;
  readonly reservedCidr: readonly Cidr[];
  readonly wireguardGo: string;
  readonly healthListen?: ListenAddress;
}

/** Either the first of them, or all others. */
interface PlaceFlags {
  readonly clusterId: string;
  readonly nodeAddress?: string;
  readonly nodeNetns?: string;
  readonly gatewayNetnsPrefix?: string;
  readonly uplinkNetns?: string;
  readonly uplinkBridge?: string;
  readonly uplinkAddresses?: Cidr;
  readonly uplinkPrefixLength?: number;
}

type Place = Pick<AgentOptions, 'site' | 'uplinkAddresses'>;

/** On a real node nothing else is there to be named; in a lab all is, or the sentence says what is missing. */
function readPlace(flags: PlaceFlags): Place | string {
  const { clusterId: clusterID, nodeAddress } = flags;
  if (nodeAddress !== undefined) {
    const uplink = { kind: 'node', address: nodeAddress } as const;
    const site = { clusterID, nodeNamespace: 'leafway-node', gatewayNamespacePrefix: 'leafway-gateway-', uplink };
    return { site, uplinkAddresses: parseCidr(nodeUplink.range) };
  }
  const { nodeNetns, gatewayNetnsPrefix, uplinkNetns, uplinkBridge, uplinkAddresses, uplinkPrefixLength } = flags;
  if (
    nodeNetns === undefined ||
    gatewayNetnsPrefix === undefined ||
    uplinkNetns === undefined ||
    uplinkBridge === undefined ||
    uplinkAddresses === undefined ||
    uplinkPrefixLength === undefined
  )
    return 'give --node-address on a real node; in a lab all of --node-netns, --gateway-netns-prefix and --uplink-…';
  const uplink = {
    kind: 'bridge',
    namespace: uplinkNetns,
    bridge: uplinkBridge,
    prefixLength: uplinkPrefixLength,
  } as const;
  const site = { clusterID, nodeNamespace: nodeNetns, gatewayNamespacePrefix: gatewayNetnsPrefix, uplink };
  return { site, uplinkAddresses };
}

const onlyInLab = (flags: string, description: string): Option =>
  new Option(flags, `in a lab: ${description}`).conflicts('nodeAddress');

function createCommand(): Command {
  return new Command('leafway-agent')
    .description(
      'Answers the networking objects of one cluster with WireGuard tunnels, routes and address translation.',
    )
    .version(ownVersion())
    .option('--kubeconfig <file>', 'how to reach the cluster; without it as a pod of the cluster')
    .requiredOption('--cluster-id <id>', "this cluster's ID", readClusterID)
    .option('--liqo-namespace <name>', 'where the cluster tells its ID and ranges', 'liqo')
    .requiredOption('--pod-cidr <cidr>', 'range of the pods, repeatable', collectCidr)
    .requiredOption('--external-cidr <cidr>', 'range for addresses of what lies beyond the cluster', readCidr)
    .requiredOption('--service-cidr <cidr>', 'range of the services', readCidr)
    .requiredOption('--internal-cidr <cidr>', 'range for the use of the network itself', readCidr)
    .option('--reserved-cidr <cidr>', 'range that no remote may be called by, repeatable', collectCidr, [])
    .option(
      '--node-address <address>',
      'on a real node, whose network this program has: where others reach it',
      readAddress,
    )
    .addOption(onlyInLab('--node-netns <name>', 'network namespace in which the pods are reached'))
    .addOption(onlyInLab('--gateway-netns-prefix <text>', "what gateways' namespaces are called before the remote ID"))
    .addOption(onlyInLab('--uplink-netns <name>', 'network namespace with the bridge between the clusters'))
    .addOption(onlyInLab('--uplink-bridge <device>', 'that bridge'))
    .addOption(onlyInLab('--uplink-addresses <cidr>', "this cluster's part of the addresses there").argParser(readCidr))
    .addOption(onlyInLab('--uplink-prefix-length <n>', 'prefix length there').argParser(readPrefixLength))
    .option('--wireguard-go <path>', 'WireGuard for a kernel without it', 'wireguard-go')
    .option('--health-listen <host:port>', 'where /healthz and /readyz are served over HTTP', readListenAddress)
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
}

function toCommandLine(flags: Flags, place: Place): CommandLine {
  return {
    kubeconfig: flags.kubeconfig,
    wireguardGo: flags.wireguardGo,
    healthListen: flags.healthListen,
    agent: {
      clusterID: flags.clusterId,
      liqoNamespace: flags.liqoNamespace,
      ranges: {
        pod: flags.podCidr,
        external: flags.externalCidr,
        service: flags.serviceCidr,
        internal: flags.internalCidr,
        reserved: flags.reservedCidr,
      },
      ...place,
    },
  };
}

function readClusterID(text: string): string {
  if (!isClusterID(text))
    throw new InvalidArgumentError(
      'A cluster ID has lower-case letters, digits and inner dashes only, and at most 51 of them.',
    );
  return text;
}

function readCidr(text: string): Cidr {
  const parsed = safeParseCidr(text);
  if (!parsed.ok) throw new InvalidArgumentError(`${parsed.message}.`);
  if (parsed.value.family !== 4) throw new InvalidArgumentError('The tunnels carry IPv4: give an IPv4 range.');
  return parsed.value;
}

function readAddress(text: string): string {
  const parsed = safeParseAddress(text);
  if (!parsed.ok) throw new InvalidArgumentError(`${parsed.message}.`);
  if (parsed.value.family !== 4) throw new InvalidArgumentError('The tunnels carry IPv4: give an IPv4 address.');
  return parsed.value.text;
}

function readListenAddress(text: string): ListenAddress {
  const [, host = '', port = ''] = /^([^:]+):(\d{1,5})$/.exec(text) ?? [];
  if (port === '' || Number(port) > 65_535) throw new InvalidArgumentError('Give host:port, like 127.0.0.1:10271.');
  return { host, port: Number(port) };
}

function collectCidr(text: string, before: readonly Cidr[] = []): readonly Cidr[] {
  return [...before, readCidr(text)];
}

function readPrefixLength(text: string): number {
  const length = Number(text);
  if (!/^\d+$/.test(text) || length < 1 || length > 32) throw new InvalidArgumentError('Give a number from 1 to 32.');
  return length;
}
