/**
 * Holds a fleet as the webhook does and measures in it, in a process of its own so that nothing else is in its memory:
 * `main-fleet.ts <FleetSize as JSON>`, with `--expose-gc`; tasks and answers are messages of its parent.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { type Cidr, parseCidr } from '@leafway/core';
import { type KubeObject, systemClock, systemRandom, type WatchEvent } from '@leafway/reconciler';
import { createCachedWorld } from '@leafway/webhook';
import { type FleetSize, firstFreeLink, leafID } from '../../fleet/shape.ts';
import { heapMib } from '../../heap-mib.ts';
import { quantile } from '../../statistics/summary.ts';
import { shortcutOf } from '../fleet/objects.ts';
import { reviewsFor } from '../fleet/reviews.ts';
import { createFleetApi } from './fleet-api.ts';
import { complaints, createAnswer } from './in-process.ts';
import type { ChangeFacts, DecisionFacts, FleetTask, LoadFacts, PrefixFacts } from './messages.ts';

const size = JSON.parse(process.argv[2] ?? '') as FleetSize;
const counts = { reviews: 1_000, rangesOfList: 16, prefixes: 64_000, changes: Math.min(1_000, size.leaves) };

const { api, release, send } = createFleetApi(size);
const ports = { api, clock: systemClock, random: systemRandom, log: complaints };
const world = createCachedWorld(ports, { liqoNamespace: 'liqo', clusterID: 'central' });
const facts = await load();
const answer = createAnswer(world);
const reviews = reviewsFor(size, counts.reviews).map(({ allowed, review }) => ({
  bytes: Buffer.from(JSON.stringify(review)),
  verdict: `"allowed":${allowed}`,
}));
const leafIDs = Array.from({ length: size.leaves }, (_, index) => leafID((index * 7919) % size.leaves));
/** Few, so that it is the index that is looked up in memory and not the questions. */
const ranges = Array.from({ length: 251 }, (_, index) =>
  parseCidr(`10.${index}.${(index * 17) % 256}.0/${index % 2 === 0 ? 24 : 28}`),
);
let version = 3_000_000;

const tasks: Readonly<Record<FleetTask, () => object | Promise<object>>> = { decisions, prefixes: check, changes };
process.on('message', (task: FleetTask) => {
  void Promise.resolve(tasks[task]()).then((result) => process.send?.(result));
});
process.once('disconnect', () => process.exit());
process.send?.(facts);

async function load(): Promise<LoadFacts> {
  const start = heapMib();
  const begin = performance.now();
  void world.run(new AbortController().signal);
  await until(() => !isMissing('LeafClusters'));
  const leavesMs = performance.now() - begin;
  const withLeaves = heapMib();
  const beginShortcuts = performance.now();
  release();
  await until(() => world.waitsFor() === undefined);
  const loadMs = leavesMs + performance.now() - beginShortcuts;
  return { loadMs, leavesMib: withLeaves - start, shortcutsMib: heapMib() - withLeaves };
}

function isMissing(what: string): boolean {
  return world.waitsFor()?.includes(what) ?? false;
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await delay(5);
}

function decisions(): DecisionFacts {
  const times: number[] = [];
  let wrong = 0;
  for (const { bytes, verdict } of reviews) {
    const begin = performance.now();
    const body = answer(bytes);
    times.push((performance.now() - begin) * 1_000);
    if (!body.includes(verdict)) wrong += 1;
  }
  return { meanUs: times.reduce((sum, time) => sum + time, 0) / times.length, p99Us: quantile(times, 0.99), wrong };
}

function check(): PrefixFacts {
  return { meanNs: checkNs(counts.rangesOfList), farNs: checkNs(1) };
}

/** Of one range; so many on the same leaf, then as many on another that is far from it in memory. */
function checkNs(onOneLeaf: number): number {
  let free = 0;
  const begin = performance.now();
  for (let index = 0; index < counts.prefixes; index += 1) {
    const leaf = leafIDs[Math.floor(index / onOneLeaf) % leafIDs.length] as string;
    if (world.fleet.isFree(leaf, ranges[index % ranges.length] as Cidr)) free += 1;
  }
  const ns = ((performance.now() - begin) * 1e6) / counts.prefixes;
  if (free === 0 || free === counts.prefixes) throw new Error(`${free} of ${counts.prefixes} ranges are free`);
  return ns;
}

/** Shortcuts that the fleet does not have are added, changed and removed again. */
async function changes(): Promise<ChangeFacts> {
  const first = firstFreeLink(size);
  const objects = Array.from({ length: counts.changes }, (_, index) => shortcutOf(first + index, size));
  const means: number[] = [];
  for (const [step, type] of (['ADDED', 'MODIFIED', 'DELETED'] as const).entries()) {
    const events = objects.map((object): WatchEvent<KubeObject> => ({ type, object: changed(object, step) }));
    const begin = performance.now();
    await send(events);
    means.push(((performance.now() - begin) * 1_000) / events.length);
  }
  const [addUs = 0, updateUs = 0, removeUs = 0] = means;
  return { addUs, updateUs, removeUs };
}

function changed(object: ReturnType<typeof shortcutOf>, step: number): KubeObject {
  version += 1;
  const copy = structuredClone(object);
  copy.metadata.resourceVersion = String(version);
  if (step > 0) copy.spec.gateway = { ...copy.spec.gateway, mtu: 1400 };
  return copy;
}
