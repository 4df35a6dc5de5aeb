/**
 * Builds two gateways on a real network, uses and mistreats them, and prints what was seen as one JSON document.
 * To be run in a frame of its own (see `frame.ts`); its argument is the path of wireguard-go.
 */
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { buildNetwork, fetchFrom, probeWhile, startInPod } from './network.ts';
import { agentOf, clusters, ensureMilan, ensureRome, exec, keys, startPings, state } from './two-gateways.ts';

const mebibyte = 1024 * 1024;
/** The other cluster's pod, by the name that both clusters happen to have for it. */
const remotePod = '10.71.1.5';
/** After the change. */
const changed = { mtu: 1280, port: 51_841 };

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

await buildNetwork(exec, clusters);
const [rome, milan] = [agentOf('rome'), agentOf('milan')];
const created = [await ensureRome(rome), await ensureMilan(milan)];
await rome.ensure(
  'paris',
  { ...state('Client'), uplinkAddress: '172.30.1.8', nodeRoutes: ['10.72.0.0/16'] },
  keys.milan.privateKey,
);
const paris = await everythingOfParis();
const again = [await ensureRome(rome), await ensureMilan(milan)];
const pings = await startPings();
pings.stop();
const connected = pings.first;

for (const cluster of clusters) await startInPod(exec, cluster, 'serve');
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

const inPlace: unknown[] = [];
const duringResizing = await probeWhile(exec, { cluster: 'rome', address: remotePod }, async () => {
  for (const mtu of [1300, 1400, changed.mtu])
    inPlace.push(await ensureRome(heir, { mtu }), await ensureMilan(milan, { mtu }));
});
inPlace.push(await ensureRome(heir, changed), await ensureMilan(milan, changed));
const afterChange = {
  ...((await fetchFrom(exec, 'rome', remotePod, mebibyte)) as object),
  sameDevice: (await tunnelIndex()) === before,
};

for (const pid of await wireguardPids('gw-rome.milan')) process.kill(pid, 'SIGKILL');
await until(async () => !(await exec.run('ip', ['-n', 'gw-rome.milan', 'link'])).includes('liqo-tunnel'));
heir.doubt('milan');
const healed = await ensureRome(heir, changed);
await milan.restartHandshake('rome', state('Client', changed), keys.milan.privateKey);
const afterHealing = await fetchFrom(exec, 'milan', remotePod, mebibyte);

// As an agent leaves it that ends just after it has made the device.
await exec.run('ip', ['-n', 'gw-rome.milan', 'address', 'flush', 'dev', 'liqo-tunnel']);
heir.doubt('milan');
const finished = await ensureRome(heir, changed);
const afterFinishing = await fetchFrom(exec, 'milan', remotePod, mebibyte);

await exec.run('ip', ['-n', 'gw-rome.milan', 'rule', 'delete', 'pref', '200']);
heir.doubt('milan');
const rebuilt = await ensureRome(heir, changed);
await milan.restartHandshake('rome', state('Client', changed), keys.milan.privateKey);
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
  duringResizing,
  afterChange,
  healed,
  afterHealing,
  finished,
  afterFinishing,
  rebuilt,
  afterRebuilding,
  parisUntouched,
  left,
};
/** What the test looks at. */
export type Seen = typeof seen;
process.stdout.write(JSON.stringify(seen), () => process.exit());
