import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { kinds } from '@leafway/core';
import { labStatus, type RunningLab } from '@leafway/lab';
import type { KubeApi } from '@leafway/reconciler';
import { actors, countRequests } from '../../audit/count-requests.ts';
import { markAuditLogs, readAuditLogs } from '../../audit/read-audit-logs.ts';
import { withAdmins } from '../../link/connections.ts';
import { newShortcut } from '../../link/link.ts';
import { type FleetSize, leafID, linkOf, shortcutName } from '../shape.ts';
import { ShortcutBoard } from '../shortcut-board.ts';

/** What was measured with real API servers, agents and tunnels. */
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
  return await withAdmins(lab, [lab.centre], async (centre) => {
    if (centre === undefined) throw new Error('the lab has no centre');
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
    };
  });
}

async function makeReady(centre: KubeApi, size: FleetSize): Promise<void> {
  const board = new ShortcutBoard(centre);
  const shortcuts = Array.from({ length: size.shortcuts }, (_, number) => {
    const { a, b } = linkOf(number, size);
    return newShortcut(shortcutName(number), [leafID(a), leafID(b)]);
  });
  await Promise.all(shortcuts.map((shortcut) => centre.create(kinds.shortcuts, shortcut)));
  await board.until(() => board.readyCount === size.shortcuts);
  board.close();
}

async function residentMib(lab: RunningLab): Promise<number> {
  const { parts } = await labStatus(lab.directory);
  const controller = parts.find(({ kind }) => kind === 'controller');
  const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${controller?.pid}/status`, 'utf8')) ?? [];
  return Number(kib) / 1_024;
}
