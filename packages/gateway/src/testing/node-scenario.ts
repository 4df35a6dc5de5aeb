/**
 * Links two real nodes, each with its gateways behind its own address and with rules of others, and prints what was seen
 * as one JSON document. To be run in a frame of its own (see `frame.ts`); its argument is the path of wireguard-go.
 */
import { stat } from 'node:fs/promises';
import { applySteps } from '../data-plane/apply.ts';
import { createDataPlane, type DataPlane } from '../data-plane/data-plane.ts';
import type { GatewayState } from '../data-plane/state.ts';
import { entryRuleset, nodeRuleset } from '../firewall/ruleset.ts';
import { gatewayNames, nodeUplink, type Site } from '../routing/site.ts';
import { createWireGuardDevices } from '../wireguard/device.ts';
import { buildRealNodes, fetchFrom, realNodeAddress, siteOf, startInPod } from './network.ts';
import { type Cluster, clusters, exec, keys, log, podCIDR, startPings, state } from './two-gateways.ts';

const mebibyte = 1024 * 1024;
const remotePod = '10.71.1.5';
const remoteOf = { rome: 'milan', milan: 'rome' } as const;
/** The same on both nodes: nobody else sees it. */
const uplinkAddress = '169.254.32.7';
const port = 30_123;

const realSite = (cluster: Cluster): Site => ({
  ...siteOf(cluster),
  uplink: { kind: 'node', address: realNodeAddress(cluster) },
});

function agentOn(cluster: Cluster): DataPlane {
  const devices = createWireGuardDevices({ exec, runDirectory: '/run/leafway', wireguardGo: process.argv[2] ?? '' });
  return createDataPlane({ site: realSite(cluster), log, exec, devices });
}

/** Rome serves at a port of its node. */
function wish(cluster: Cluster): GatewayState {
  const { entryTable } = gatewayNames(realSite(cluster), remoteOf[cluster]);
  if (cluster === 'rome')
    return {
      ...state('Server', { port }),
      uplinkAddress,
      entry: entryRuleset(entryTable, { port, address: uplinkAddress }),
    };
  const client = state('Client', { port });
  const peer = { publicKey: keys.rome.publicKey, endpoint: `${realNodeAddress('rome')}:${port}` };
  return { ...client, uplinkAddress, wireGuard: { ...client.wireGuard, peer }, entry: entryRuleset(entryTable) };
}

const ensure = (agent: DataPlane, cluster: Cluster) =>
  agent.ensure(remoteOf[cluster], wish(cluster), keys[cluster].privateKey);

const inNode = (cluster: Cluster, ...command: string[]): Promise<string> =>
  exec.run('ip', ['netns', 'exec', `node-${cluster}`, ...command]);

/** Everything of the node that a gateway can leave something in. */
const nodeOf = (cluster: Cluster): Promise<string> =>
  inNode(cluster, 'sh', '-c', 'ip -o link | cut -d: -f2; ip route; nft list ruleset');

await buildRealNodes(exec, clusters);
const agents = { rome: agentOn('rome'), milan: agentOn('milan') };
for (const cluster of clusters) {
  const rules = { podCIDRs: [podCIDR.text], unknownSource: '10.70.0.0', probeAddress: '10.244.0.0' };
  const ruleset = nodeRuleset({ ...rules, uplinkRange: nodeUplink.range });
  await agents[cluster].prepareNode({ ruleset, probeAddress: rules.probeAddress });
  await startInPod(exec, cluster, 'serve');
}
const naming = [{ kind: 'name-own-namespace', namespace: 'own' }] as const;
const effects = { exec, devices: createWireGuardDevices({ exec, runDirectory: '/run/leafway', wireguardGo: '' }) };
for (let times = 0; times < 2; times += 1) await applySteps(effects, naming, '');
const [named, own] = await Promise.all(['/run/netns/own', '/proc/self/ns/net'].map((path) => stat(path)));
const before = await nodeOf('rome');
const created = [await ensure(agents.rome, 'rome'), await ensure(agents.milan, 'milan')];
const again = [await ensure(agents.rome, 'rome'), await ensure(agents.milan, 'milan')];
const pings = await startPings();
const fetches = {
  fromRome: await fetchFrom(exec, 'rome', remotePod, mebibyte),
  fromMilan: await fetchFrom(exec, 'milan', remotePod, mebibyte),
};
const heir = agentOn('rome');
await heir.discover();
const takenOver = await ensure(heir, 'rome');
const afterTakeover = await fetchFrom(exec, 'milan', remotePod, mebibyte);
pings.stop();
await heir.remove('milan');
await heir.remove('milan');
const leavesNothing = (await nodeOf('rome')) === before;

const isOwnNamed = named?.ino === own?.ino && named?.dev === own?.dev;
const seen = { isOwnNamed, created, again, connected: pings.first, fetches, takenOver, afterTakeover, leavesNothing };
/** What the test looks at. */
export type SeenOnNodes = typeof seen;
process.stdout.write(JSON.stringify(seen), () => process.exit());
