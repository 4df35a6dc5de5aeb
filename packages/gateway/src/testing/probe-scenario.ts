/**
 * Builds two gateways on a real network, breaks the way between their nodes in several manners, and prints what the
 * probes said as one JSON document.
 * To be run in a frame of its own (see `frame.ts`); its argument is the path of wireguard-go.
 */
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { nodeRuleset } from '../firewall/ruleset.ts';
import { probeAddressOf } from '../probe/address.ts';
import { addresseeOf, encodeDatagram, probePort, smallPacketBytes, tokenBytes } from '../probe/datagram.ts';
import type { ProbeReport } from '../probe/lines.ts';
import { createProber, type Prober } from '../probe/prober.ts';
import { gatewayNames } from '../routing/site.ts';
import { askInPod, buildNetwork, siteOf, startOnNode } from './network.ts';
import {
  agentOf,
  type Cluster,
  clusters,
  ensureMilan,
  ensureRome,
  exec,
  type LinkSettings,
  podCIDR,
  ports,
  startPings,
} from './two-gateways.ts';

type Result = Pick<ProbeReport, 'small' | 'large' | 'mtu'>;
const remoteOf = { rome: 'milan', milan: 'rome' } as const;
const address = probeAddressOf([podCIDR]);
const latest = new Map<Cluster, Result>();
/** The clusters whose probe process hung. */
const silent: Cluster[] = [];

function startProber(cluster: Cluster): Prober {
  const onReport = ({ small, large, mtu }: ProbeReport): void => {
    latest.set(cluster, { small, large, mtu });
  };
  const place = { namespace: `node-${cluster}`, clusterID: cluster, address };
  return createProber({ ...ports, ...place, onReport, onSilence: () => silent.push(cluster) });
}

/** What both clusters' probes say as soon as they say something of that kind. */
async function whenBoth(isAwaited: (result: Result) => boolean): Promise<{ results: Result[]; ms: number }> {
  const begin = performance.now();
  for (;;) {
    const results = clusters.flatMap((cluster) => latest.get(cluster) ?? []);
    const ms = performance.now() - begin;
    if (results.length === clusters.length && results.every(isAwaited)) return { results, ms };
    if (ms > 20_000) throw new Error(`the probes say ${JSON.stringify(results)}; awaited: ${isAwaited.name}`);
    await delay(5);
  }
}

const isPassed = ({ small, large }: Result): boolean => small === 'Passed' && large === 'Passed';
const isFailed = ({ small, large }: Result): boolean => small === 'Failed' && large === 'Failed';
const isHalf = ({ small, large }: Result): boolean => small === 'Passed' && large === 'Failed';
/** Its last word stands, and whoever asks it gets no answer. */
const isHungRome = (result: Result): boolean => isFailed(result) || silent.includes('rome');
const nft = (ruleset: string) => exec.run('ip', ['netns', 'exec', 'gw-rome.milan', 'nft', ruleset]);

await buildNetwork(exec, clusters);
const agents = { rome: agentOf('rome'), milan: agentOf('milan') };
const ruleset = nodeRuleset({ podCIDRs: [podCIDR.text], unknownSource: '10.70.0.0', probeAddress: address });
for (const cluster of clusters) await agents[cluster].prepareNode({ ruleset, probeAddress: address });
const probers = { rome: startProber('rome'), milan: startProber('milan') };
const each = (action: (prober: Prober, remote: Cluster) => void): void => {
  for (const cluster of clusters) action(probers[cluster], remoteOf[cluster]);
};
/** As the agents do it: the gateway first. */
async function ensureBoth(settings: LinkSettings = {}): Promise<void> {
  await ensureRome(agents.rome, settings);
  await ensureMilan(agents.milan, settings);
  const { mtu = 1340 } = settings;
  each((prober, remoteClusterID) => prober.ensure({ remoteClusterID, address: '10.71.0.0', mtu }));
}

await ensureBoth();
const pings = await startPings();
await startOnNode(exec, 'rome', 'echo');
each((prober, remote) => prober.setConnected(remote, true));
const atFirst = await whenBoth(isPassed);

/** Breaks something, waits until both probes notice, mends it, and waits until both pass again. */
async function breakAndMend(
  expected: (result: Result) => boolean,
  cut: () => Promise<unknown>,
  mend: () => Promise<unknown>,
): Promise<{ broken: Result[]; ms: number; mended: Result[] }> {
  await cut();
  const { results: broken, ms } = await whenBoth(expected);
  await mend();
  return { broken, ms, mended: (await whenBoth(isPassed)).results };
}

/** As the agent does it when a probe fails. */
async function healRome(): Promise<void> {
  agents.rome.doubt('milan');
  await ensureRome(agents.rome);
}

const forwardingCut = await breakAndMend(
  isFailed,
  () => nft('table ip cut { chain pods { type filter hook forward priority -300; iifname "fab0" drop; }; }'),
  () => nft('delete table ip cut'),
);
const routeRemoved = await breakAndMend(
  isFailed,
  () => exec.run('ip', ['-n', 'node-rome', 'route', 'del', '10.71.0.0/16']),
  healRome,
);
const addressRemoved = await breakAndMend(
  isFailed,
  () => exec.run('ip', ['-n', 'node-rome', 'address', 'del', `${address}/32`, 'dev', 'lo']),
  healRome,
);
const namesRemoved = await breakAndMend(isFailed, () => nft('delete table ip leafway'), healRome);
const tunnelTooSmall = await breakAndMend(
  isHalf,
  () => exec.run('ip', ['-n', 'gw-rome.milan', 'link', 'set', 'liqo-tunnel', 'mtu', '1300']),
  healRome,
);
/** A bridge drops what its port is too small for, and tells nobody. */
const { uplinkDevice } = gatewayNames(siteOf('rome'), 'milan');
const setUnderlay = (mtu: number) => exec.run('ip', ['-n', 'inet', 'link', 'set', uplinkDevice, 'mtu', String(mtu)]);
const underlayTooSmall = await breakAndMend(
  isHalf,
  () => setUnderlay(1380),
  () => setUnderlay(1500),
);

await ensureBoth({ mtu: 1280 });
const smaller = (await whenBoth(({ mtu }) => mtu === 1280)).results;
await ensureBoth({ mtu: 1400 });
const larger = (await whenBoth(({ mtu }) => mtu === 1400)).results;
await setUnderlay(1450);
const largerThanUnderlay = (await whenBoth(isHalf)).results;
await setUnderlay(1500);
await whenBoth(isPassed);
await ensureMilan(agents.milan, { mtu: 1300 });
probers.milan.ensure({ remoteClusterID: 'rome', address: '10.71.0.0', mtu: 1300 });
const unequal = (await whenBoth(({ mtu, large }) => (mtu === 1300) === (large === 'Passed'))).results;

/** The programs in the network of rome's node. */
async function pidsOnNode(program: string): Promise<number[]> {
  const pids = (await exec.run('ip', ['netns', 'pids', 'node-rome'])).split('\n').filter((line) => line !== '');
  const commands = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8')));
  return pids.map(Number).filter((_, index) => commands[index]?.includes(program));
}
const hang = async (): Promise<void> => {
  for (const pid of await pidsOnNode('probe/main')) process.kill(pid, 'SIGSTOP');
};
await ensureBoth();
await whenBoth(isPassed);
const hung = await breakAndMend(isHungRome, hang, async () => {});

/** Whoever the sender of a question to a cluster is. */
const questionTo = (cluster: Cluster): string =>
  encodeDatagram({
    kind: 'question',
    token: '00'.repeat(tokenBytes),
    addressee: addresseeOf(cluster),
    packetBytes: smallPacketBytes,
  }).toString('hex');
const strangers = {
  ofTheOwnPods: await askInPod(exec, 'rome', { address, port: probePort, data: questionTo('rome') }),
  ofThePeersPodsToAService: await askInPod(exec, 'milan', { address: '10.71.0.0', port: 7000, data: '00' }),
  ofThePeersPods: await askInPod(exec, 'milan', { address: '10.71.0.0', port: probePort, data: questionTo('rome') }),
};

/** How many processes are in the node and in the gateway of rome. */
const countPids = () =>
  Promise.all(
    ['node-rome', 'gw-rome.milan'].map(async (namespace) => {
      const pids = await exec.run('ip', ['netns', 'pids', namespace]);
      return pids.split('\n').filter((line) => line !== '').length;
    }),
  );
async function whenCounted(expected: readonly number[]): Promise<number[]> {
  for (const deadline = performance.now() + 10_000; ; await delay(20)) {
    const counts = await countPids();
    if (isDeepStrictEqual(counts, expected) || performance.now() > deadline) return counts;
  }
}
const before = await countPids();
probers.rome.stop();
pings.stop();
const stopped = await whenCounted(before.map((count) => count - 1));
const agent = spawn(process.execPath, [...process.execArgv, fileURLToPath(new URL('holder.ts', import.meta.url))]);
const withChildren = await whenCounted(before);
agent.kill('SIGKILL');
const afterKill = await whenCounted(stopped);

const seen = {
  children: { before, stopped, withChildren, afterKill },
  atFirst,
  forwardingCut,
  routeRemoved,
  addressRemoved,
  namesRemoved,
  tunnelTooSmall,
  underlayTooSmall,
  smaller,
  larger,
  largerThanUnderlay,
  unequal,
  hung: { ...hung, silent },
  pings: pings.all,
  strangers,
};
/** What the test looks at. */
export type ProbesSeen = typeof seen;
process.stdout.write(JSON.stringify(seen), () => process.exit());
