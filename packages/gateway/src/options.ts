import { type Cidr, safeParseCidr } from '@leafway/core';
import { isClusterID } from '@leafway/liqo';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import type { AgentOptions } from './reconcile/agent.ts';
import { ownVersion } from './system-version.ts';

/** What the command line said. */
export interface CommandLine {
  readonly kubeconfig?: string | undefined;
  readonly wireguardGo: string;
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
  return { ok: true, value: toCommandLine(command.opts<Flags>()) };
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
  readonly nodeNetns: string;
  readonly gatewayNetnsPrefix: string;
  readonly uplinkNetns: string;
  readonly uplinkBridge: string;
  readonly uplinkAddresses: Cidr;
  readonly uplinkPrefixLength: number;
  readonly wireguardGo: string;
}

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
    .requiredOption('--node-netns <name>', 'network namespace in which the pods are reached')
    .requiredOption('--gateway-netns-prefix <text>', 'what the namespaces of gateways are called before the remote ID')
    .requiredOption('--uplink-netns <name>', 'network namespace with the bridge between the clusters')
    .requiredOption('--uplink-bridge <device>', 'that bridge')
    .requiredOption('--uplink-addresses <cidr>', "this cluster's part of the addresses there", readCidr)
    .requiredOption('--uplink-prefix-length <n>', 'prefix length of the network there', readPrefixLength)
    .option('--wireguard-go <path>', 'WireGuard for a kernel without it', 'wireguard-go')
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
}

function toCommandLine(flags: Flags): CommandLine {
  return {
    kubeconfig: flags.kubeconfig,
    wireguardGo: flags.wireguardGo,
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
      site: {
        clusterID: flags.clusterId,
        nodeNamespace: flags.nodeNetns,
        gatewayNamespacePrefix: flags.gatewayNetnsPrefix,
        uplink: { namespace: flags.uplinkNetns, bridge: flags.uplinkBridge, prefixLength: flags.uplinkPrefixLength },
      },
      uplinkAddresses: flags.uplinkAddresses,
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

function collectCidr(text: string, before: readonly Cidr[] = []): readonly Cidr[] {
  return [...before, readCidr(text)];
}

function readPrefixLength(text: string): number {
  const length = Number(text);
  if (!/^\d+$/.test(text) || length < 1 || length > 32) throw new InvalidArgumentError('Give a number from 1 to 32.');
  return length;
}
