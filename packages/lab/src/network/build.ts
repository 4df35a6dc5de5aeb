import { type ClusterPlan, centreOf, type LabPlan } from '../plan/lab-plan.ts';
import { type PodName, podNames } from '../plan/networks.ts';
import { forwardCounterRules } from './counters.ts';
import { nodeNamespace, podDevice, podNamespace, uplinkBridge, uplinkNamespace } from './namespaces.ts';
import type { Run } from './run.ts';

/** The pods' default gateway, on every node. */
const podGateway = '169.254.1.1';

/** Packets are forwarded whatever way they came, and IPv6 makes no traffic of its own in the counters. */
const routerSettings = [
  ['ipv4/ip_forward', '1'],
  ['ipv4/conf/all/rp_filter', '0'],
  ['ipv4/conf/default/rp_filter', '0'],
  ['ipv6/conf/all/disable_ipv6', '1'],
  ['ipv6/conf/default/disable_ipv6', '1'],
];

/** A kernel without IPv6 has no such settings, and needs none. */
const writeSettings =
  'while [ $# -gt 0 ]; do file="/proc/sys/net/$1"; [ ! -e "$file" ] || echo "$2" > "$file"; shift 2; done';

/**
 * Builds the network of a lab inside the frame of this process: the WAN's bridge, and for each cluster a node and its
 * pods. The gateways are the agents' business.
 */
export async function buildNetwork(plan: LabPlan, run: Run): Promise<void> {
  await createNamespace(uplinkNamespace, run);
  await ip(run, uplinkNamespace, [`link add ${uplinkBridge} type bridge`, `link set ${uplinkBridge} up`]);
  await Promise.all(plan.clusters.map((cluster) => buildCluster(cluster, run)));
  await run(['ip', 'netns', 'exec', nodeNamespace(centreOf(plan).id), 'nft', '-f', '-'], forwardCounterRules);
}

async function buildCluster(cluster: ClusterPlan, run: Run): Promise<void> {
  const node = nodeNamespace(cluster.id);
  await createNamespace(node, run);
  await ip(run, node, [`address add ${podGateway}/32 dev lo`]);
  for (const pod of podNames) await buildPod(cluster, pod, run);
}

async function buildPod(cluster: ClusterPlan, pod: PodName, run: Run): Promise<void> {
  const node = nodeNamespace(cluster.id);
  const namespace = podNamespace(cluster.id, pod);
  const address = cluster.networks.pods[pod];
  const device = podDevice(pod);
  await createNamespace(namespace, run);
  await ip(run, node, [
    `link add ${device} type veth peer name eth0 netns ${namespace}`,
    `link set ${device} up`,
    `route add ${address}/32 dev ${device}`,
  ]);
  await ip(run, namespace, [
    'link set eth0 up',
    `address add ${address}/32 dev eth0`,
    `route add default via ${podGateway} dev eth0 onlink`,
  ]);
}

/** `ip netns add` needs the machine's root; an ordinary user may bind the namespace to a file of the frame. */
async function createNamespace(name: string, run: Run): Promise<void> {
  const file = `/run/netns/${name}`;
  await run(['touch', file]);
  await run(['unshare', '--net', 'mount', '--bind', '/proc/self/ns/net', file]);
  await run(['nsenter', `--net=${file}`, 'sh', '-ec', writeSettings, 'sh', ...routerSettings.flat()]);
  await ip(run, name, ['link set lo up']);
}

async function ip(run: Run, namespace: string, commands: readonly string[]): Promise<void> {
  await run(['ip', '-netns', namespace, '-batch', '-'], `${commands.join('\n')}\n`);
}
