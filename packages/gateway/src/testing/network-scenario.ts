/**
 * Builds two gateways on a real network, uses and mistreats them, and prints what was seen as one JSON document.
 * To be run in a frame of its own (see `frame.ts`); its argument is the path of wireguard-go.
 */
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { parseCidr } from '@leafway/core';
import { systemClock } from '@leafway/reconciler';
import { createDataPlane, type DataPlane } from '../data-plane/data-plane.ts';
import type { GatewayState } from '../data-plane/state.ts';
import { createExec } from '../exec.ts';
import { gatewayRuleset } from '../firewall/ruleset.ts';
import { createPinger } from '../ping/pinger.ts';
import { createWireGuardDevices } from '../wireguard/device.ts';
import { generateKeyPair } from '../wireguard/keys.ts';
import { buildNetwork, fetchFrom, probeWhile, siteOf, startInPod } from './network.ts';

const [wireguardGo = ''] = process.argv.slice(2);
const mebibyte = 1024 * 1024;
const exec = createExec();
const log = { debug() {}, info() {}, warn: console.error, error: console.error, child: () => log };
const devices = createWireGuardDevices({ exec, runDirectory: '/run/leafway', wireguardGo });
const agentOf = (cluster: string): DataPlane => createDataPlane({ site: siteOf(cluster), log, exec, devices });

const keys = { rome: generateKeyPair(), milan: generateKeyPair(), paris: generateKeyPair() };
const names = [{ real: parseCidr('10.244.0.0/16'), name: parseCidr('10.71.0.0/16') }];
/** The other cluster's pod, by the name that both clusters happen to have for it. */
const remotePod = '10.71.1.5';

function state(role: 'Server' | 'Client', mtu: number, port: number): GatewayState {
  const own = role === 'Server' ? keys.rome : keys.milan;
  const peer =
    role === 'Server'
      ? { publicKey: keys.milan.publicKey }
      : { publicKey: keys.rome.publicKey, endpoint: `172.30.1.7:${port}` };
  return {
    uplinkAddress: role === 'Server' ? '172.30.1.7' : '172.30.2.7',
    tunnel: { role, mtu },
    wireGuard: { publicKey: own.publicKey, listenPort: role === 'Server' ? port : 51_840, peer },
    firewall: gatewayRuleset({ mtu, ranges: names, addresses: [] }),
    nodeRoutes: names.map(({ name }) => name.text),
  };
}

const ensureRome = (agent: DataPlane, mtu = 1340, port = 51_840) =>
  agent.ensure('milan', state('Server', mtu, port), keys.rome.privateKey);
const ensureMilan = (agent: DataPlane, mtu = 1340, port = 51_840) =>
  agent.ensure('rome', state('Client', mtu, port), keys.milan.privateKey);
const tunnelIndex = async () =>
  (
    JSON.parse(await exec.run('ip', ['-n', 'gw-rome.milan', '-j', 'link', 'show', 'liqo-tunnel'])) as [
      { ifindex: number },
    ]
  )[0].ifindex;
const everythingOfParis = () =>
  exec.run('ip', [
    'netns',
    'exec',
    'gw-rome.paris',
    'sh',
    '-c',
    'ip address; ip rule; ip route show table all; nft list ruleset',
  ]);

/** Packets pass as soon as hands are shaken, which the client begins. */
async function connect(): Promise<unknown[]> {
  const pingers = (['Server', 'Client'] as const).map((role) => {
    const [namespace, remoteClusterID] = role === 'Server' ? ['gw-rome.milan', 'milan'] : ['gw-milan.rome', 'rome'];
    const reported = Promise.withResolvers<unknown>();
    const pinger = createPinger({ exec, log, clock: systemClock, onReport: (_, { value }) => reported.resolve(value) });
    pinger.ensure({ remoteClusterID, namespace, role });
    pinger.begin(remoteClusterID);
    return { pinger, reported: reported.promise };
  });
  const values = await Promise.all(pingers.map(({ reported }) => reported));
  for (const { pinger } of pingers) pinger.stopAll();
  return values;
}

async function wireguardPids(namespace: string): Promise<number[]> {
  const pids = (await exec.run('ip', ['netns', 'pids', namespace])).split('\n').filter((line) => line !== '');
  const commands = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/comm`, 'utf8')));
  return pids.map(Number).filter((_, index) => commands[index]?.trim() === 'wireguard-go');
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 10_000; !(await condition()); await delay(20)) {
    if (Date.now() > deadline) throw new Error(`did not come true: ${condition.toString()}`);
  }
}

await buildNetwork(exec, ['rome', 'milan']);
const [rome, milan] = [agentOf('rome'), agentOf('milan')];
const created = [await ensureRome(rome), await ensureMilan(milan)];
await rome.ensure(
  'paris',
  { ...state('Client', 1340, 51_840), uplinkAddress: '172.30.1.8', nodeRoutes: ['10.72.0.0/16'] },
  keys.milan.privateKey,
);
const paris = await everythingOfParis();
const again = [await ensureRome(rome), await ensureMilan(milan)];
const connected = await connect();

for (const cluster of ['rome', 'milan']) await startInPod(exec, cluster, 'serve');
await startInPod(exec, 'milan', 'echo');
const fetches = {
  fromRome: await fetchFrom(exec, 'rome', remotePod, mebibyte),
  fromMilan: await fetchFrom(exec, 'milan', remotePod, mebibyte),
};

const before = await tunnelIndex();
const heir = agentOf('rome');
let takeover: unknown;
const duringTakeover = await probeWhile(exec, { cluster: 'rome', address: remotePod }, async () => {
  await heir.discover();
  takeover = await ensureRome(heir);
});

const inPlace = [await ensureRome(heir, 1300, 51_841), await ensureMilan(milan, 1300, 51_841)];
const afterChange = {
  ...((await fetchFrom(exec, 'rome', remotePod, mebibyte)) as object),
  sameDevice: (await tunnelIndex()) === before,
};

for (const pid of await wireguardPids('gw-rome.milan')) process.kill(pid, 'SIGKILL');
await until(async () => !(await exec.run('ip', ['-n', 'gw-rome.milan', 'link'])).includes('liqo-tunnel'));
heir.doubt('milan');
const healed = await ensureRome(heir, 1300, 51_841);
await milan.restartHandshake('rome', state('Client', 1300, 51_841), keys.milan.privateKey);
const afterHealing = await fetchFrom(exec, 'milan', remotePod, mebibyte);

await exec.run('ip', ['-n', 'gw-rome.milan', 'rule', 'delete', 'pref', '200']);
heir.doubt('milan');
const rebuilt = await ensureRome(heir, 1300, 51_841);
await milan.restartHandshake('rome', state('Client', 1300, 51_841), keys.milan.privateKey);
const afterRebuilding = await fetchFrom(exec, 'milan', remotePod, mebibyte);

const parisUntouched = (await everythingOfParis()) === paris;
const servers = await wireguardPids('gw-rome.milan');
await heir.remove('milan');
await heir.remove('milan');
await until(async () =>
  (
    await Promise.all(
      servers.map((pid) =>
        readFile(`/proc/${pid}/comm`).then(
          () => false,
          () => true,
        ),
      ),
    )
  ).every(Boolean),
);
const left = {
  namespaces: (await exec.run('ls', ['/run/netns'])).split('\n').filter((name) => name.startsWith('gw-')),
  romeRoutes: (await exec.run('ip', ['-n', 'node-rome', 'route']))
    .split('\n')
    .map((line) => line.split(' ')[0])
    .filter((range) => range !== ''),
  bridgePorts: (await exec.run('ip', ['-n', 'inet', '-o', 'link', 'show', 'master', 'wan0br'])).trim().split('\n')
    .length,
  sockets: (await exec.run('ls', ['/run/leafway'])).trim().split('\n'),
};

const seen = {
  created,
  again,
  connected,
  fetches,
  takeover,
  duringTakeover,
  inPlace,
  afterChange,
  healed,
  afterHealing,
  rebuilt,
  afterRebuilding,
  parisUntouched,
  left,
};
/** What the test looks at. */
export type Seen = typeof seen;
process.stdout.write(JSON.stringify(seen), () => process.exit());
