/**
 * Measures what takes how much memory when it follows a fleet: `main-memory.ts <MemoryArguments as JSON>`, with `--expose-gc`,
 * in a process of its own so that nothing else is in its memory. The facts are a message to its parent.
 */
import { createOperator } from '@leafway/controller';
import { type LiqoObject, labelKeys, remoteClusterIDOf, resources } from '@leafway/liqo';
import { type Cache, createCache, type KubeApi, noMetrics, systemClock, systemRandom } from '@leafway/reconciler';
import { silentLogger } from '@leafway/reconciler/testing';
import { heapMib } from '../../heap-mib.ts';
import type { MemoryArguments, MemoryFacts } from './facts.ts';
import { centralID } from './fleet.ts';
import { asOne, type ReplayedServer, readSnapshots, replay } from './replayed-server.ts';
import { untilIdle } from './until-idle.ts';

const { saved, what } = JSON.parse(process.argv[2] ?? '') as MemoryArguments;
const ports = { clock: systemClock, random: systemRandom, log: silentLogger, metrics: noMetrics };
const { signal } = new AbortController(); // It ends with the process.
const followed = [
  ...[resources.configurations, resources.gatewayServers, resources.gatewayClients, resources.publicKeys],
  ...[resources.connections, resources.networks, resources.namespaces],
];
const indexes = {
  remote: (object: LiqoObject) => [remoteClusterIDOf(object) ?? ''],
  shortcut: ({ metadata }: LiqoObject) => [metadata.labels?.[labelKeys.shortcutUID] ?? ''],
};

const facts = await measure();
process.send?.(facts, () => process.exit());

async function measure(): Promise<MemoryFacts> {
  const start = prepare();
  const before = heapMib();
  const caches = start();
  await untilIdle();
  const mib = heapMib() - before;
  return { mib, objects: caches.reduce((sum, cache) => sum + cache.list().length, 0) };
}

/** Whatever that takes is no part of what is measured. Returns how to begin, and with that the caches that fill then. */
function prepare(): () => readonly Cache<LiqoObject>[] {
  const snapshots = readSnapshots(saved);
  if (what === 'caches') {
    const leaves = replay(asOne(snapshots.filter(([id]) => id !== centralID)));
    return () => cacheLeaves(leaves);
  }
  const servers = new Map(snapshots.map(([id, snapshot]) => [id, replay(snapshot)]));
  return () => lead(servers);
}

/** What the leaves have for their links, in one cache for each kind, found as the controller finds it. */
function cacheLeaves(api: KubeApi): Cache<LiqoObject>[] {
  const caches = followed.map((type) => createCache<LiqoObject>({ ...ports, api, type, indexes }));
  for (const cache of caches) void cache.run(signal);
  return caches;
}

/** The whole controller, which finds everything in order. */
function lead(servers: ReadonlyMap<string, ReplayedServer>): [] {
  const serverOf = (id: string): ReplayedServer => {
    const server = servers.get(id);
    if (server === undefined) throw new Error(`there is no server ${id}`);
    return server;
  };
  const operator = createOperator(
    { ...ports, central: serverOf(centralID), connect: (_, id) => serverOf(id), events: { record: () => undefined } },
    { liqoNamespace: 'liqo', clusterID: centralID },
  );
  void Promise.all([operator.follow(signal), operator.lead(signal)]);
  return [];
}
