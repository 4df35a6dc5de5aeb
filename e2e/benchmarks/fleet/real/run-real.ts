import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { kinds, type VirtualNodeShortcut } from '@leafway/core';
import { labStatus, type RunningLab, stopPart } from '@leafway/lab';
import { type KubeApi, systemClock } from '@leafway/reconciler';
import { actors, countRequests } from '../../audit/count-requests.ts';
import { markAuditLogs, readAuditLogs } from '../../audit/read-audit-logs.ts';
import { withAdmins } from '../../link/connections.ts';
import { connect, newShortcut } from '../../link/link.ts';
import { DataPlane, keepAlive } from '../data-plane.ts';
import { type FleetSize, freeRings, leafID, linkOf, shortcutName } from '../shape.ts';
import { ShortcutBoard } from '../shortcut-board.ts';

/** What was measured with real API servers; what agents answer, a stand-in does here: two cores cannot run 200 tunnels. */
export interface RealFacts {
  readonly size: FleetSize;
  /** From the first apply until all were Ready; all were applied at once. */
  readonly seconds: number;
  /** Of the controller, on all clusters, without watches and its lease. */
  readonly requestsPerShortcut: number;
  readonly writesOnLeavesPerShortcut: number;
  readonly steady: { readonly seconds: number; readonly requests: number };
  /** What the controller's process held when all was quiet. */
  readonly controllerMib: number;
  /** Time to Ready of single new shortcuts between healthy leaves, in milliseconds; those in the same place are a pair. */
  readonly isolation: {
    readonly aloneMs: readonly number[];
    /** While the API servers of one leaf of ten hang, and new shortcuts want these leaves. */
    readonly besideMs: readonly number[];
  };
}

/** The clusters that a lab needs for it, the centre first. */
export const clustersOf = ({ leaves }: FleetSize): readonly string[] => [
  'central',
  ...Array.from({ length: leaves }, (_, leaf) => leafID(leaf)),
];

const settleMs = 10_000;
/** A server logs a request when it has answered it. */
const loggedWithinMs = 1_000;

/** Applies all shortcuts at once, waits for the last to be Ready, and then for a while. */
export async function measureReal(lab: RunningLab, size: FleetSize, steadyMs: number): Promise<RealFacts> {
  for (const kind of ['agent', 'controller-manager']) {
    await Promise.all(lab.leaves.map((leaf) => stopPart(lab, `${kind}-${leaf}`)));
  }
  return await withAdmins(lab, [lab.centre, ...lab.leaves], async (centre, ...leaves) => {
    if (centre === undefined) throw new Error('the lab has no centre');
    const stop = new AbortController();
    const planes = leaves.map((api, index) => new DataPlane(lab.leaves[index] ?? '', api, systemClock));
    const working = [...planes.map((plane) => plane.run(stop.signal)), keepAlive(planes, systemClock, stop.signal)];
    const failed = Promise.all(working).then(() => new Promise<never>(() => undefined));
    try {
      return await Promise.race([measure(lab, centre, { size, steadyMs }), failed]);
    } finally {
      stop.abort();
      await Promise.allSettled(working);
    }
  });
}

async function measure(
  lab: RunningLab,
  centre: KubeApi,
  { size, steadyMs }: { readonly size: FleetSize; readonly steadyMs: number },
): Promise<RealFacts> {
  const mark = await markAuditLogs(lab);
  const fromMs = Date.now();
  const begin = performance.now();
  await makeReady(centre, size);
  const seconds = (performance.now() - begin) / 1_000;
  await delay(settleMs);
  const quietMs = Date.now();
  await delay(steadyMs + loggedWithinMs);
  const log = await readAuditLogs(lab, mark);
  const building = countRequests(log, actors.controller, { fromMs, toMs: quietMs });
  const steady = countRequests(log, actors.controller, { fromMs: quietMs, toMs: quietMs + steadyMs });
  return {
    size,
    seconds,
    requestsPerShortcut: building.total / size.shortcuts,
    writesOnLeavesPerShortcut: building.writesOnLeaves / size.shortcuts,
    steady: { seconds: steadyMs / 1_000, requests: steady.total },
    controllerMib: await residentMib(lab),
    isolation: await isolate(lab, centre, size),
  };
}

/**
 * New links one after another, by turns alone and beside leaves that hang: so many servers on one machine make more
 * difference from minute to minute than what is looked for.
 */
async function isolate(lab: RunningLab, centre: KubeApi, size: FleetSize): Promise<RealFacts['isolation']> {
  const hung = Array.from({ length: Math.ceil(size.leaves / 10) }, (_, index) => 10 * index);
  const touches = (number: number): boolean => {
    const { a, b } = linkOf(number, size);
    return hung.includes(a) || hung.includes(b);
  };
  const [aloneMs, besideMs]: [number[], number[]] = [[], []];
  for (const [index, ring] of freeRings(size).entries()) {
    const healthy = ring.filter((number) => !touches(number));
    const half = Math.floor(healthy.length / 2);
    const alone = async (): Promise<void> => {
      aloneMs.push(...(await timesToReady(centre, healthy.slice(0, half), size)));
    };
    const beside = async (): Promise<void> => {
      const measured = healthy.slice(half, 2 * half);
      besideMs.push(...(await whileHung({ lab, centre, size, hung, wanting: ring.filter(touches) }, measured)));
    };
    for (const turn of index % 2 === 0 ? [alone, beside] : [beside, alone]) await turn();
  }
  return { aloneMs, besideMs };
}

interface Hanging {
  readonly lab: RunningLab;
  readonly centre: KubeApi;
  readonly size: FleetSize;
  /** The leaves whose API servers hang. */
  readonly hung: readonly number[];
  /** New shortcuts that want them. */
  readonly wanting: readonly number[];
}

/** Times to Ready of those while leaves hang; returns when these, and what wanted them, are well again. */
async function whileHung(
  { lab, centre, size, hung, wanting }: Hanging,
  numbers: readonly number[],
): Promise<readonly number[]> {
  const servers = await Promise.all(hung.map((leaf) => pidOf(lab, `apiserver-${leafID(leaf)}`)));
  let times: readonly number[];
  for (const pid of servers) process.kill(pid, 'SIGSTOP');
  try {
    for (const number of wanting) await centre.create(kinds.shortcuts, shortcutOf(number, size));
    await delay(settleMs);
    times = await timesToReady(centre, numbers, size);
  } finally {
    for (const pid of servers) process.kill(pid, 'SIGCONT');
  }
  const board = new ShortcutBoard(centre);
  await board.until(() => wanting.every((number) => board.isReady(shortcutName(number))));
  board.close();
  await delay(settleMs);
  return times;
}

/** Of one after another, in milliseconds. */
async function timesToReady(centre: KubeApi, numbers: readonly number[], size: FleetSize): Promise<number[]> {
  const times: number[] = [];
  for (const number of numbers) {
    const { a, b } = linkOf(number, size);
    times.push((await connect(centre, shortcutName(number), [leafID(a), leafID(b)])).readyMs);
  }
  return times;
}

async function makeReady(centre: KubeApi, size: FleetSize): Promise<void> {
  const board = new ShortcutBoard(centre);
  const shortcuts = Array.from({ length: size.shortcuts }, (_, number) => shortcutOf(number, size));
  await Promise.all(shortcuts.map((shortcut) => centre.create(kinds.shortcuts, shortcut)));
  await board.until(() => board.readyCount === size.shortcuts);
  board.close();
}

function shortcutOf(number: number, size: FleetSize): VirtualNodeShortcut {
  const { a, b } = linkOf(number, size);
  return newShortcut(shortcutName(number), [leafID(a), leafID(b)]);
}

async function pidOf(lab: RunningLab, part: string): Promise<number> {
  const { parts } = await labStatus(lab.directory);
  const pid = parts.find(({ name }) => name === part)?.pid;
  if (typeof pid !== 'number') throw new Error(`${part} does not run`);
  return pid;
}

async function residentMib(lab: RunningLab): Promise<number> {
  const status = readFileSync(`/proc/${await pidOf(lab, 'controller')}/status`, 'utf8');
  const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(status) ?? [];
  return Number(kib) / 1_024;
}
