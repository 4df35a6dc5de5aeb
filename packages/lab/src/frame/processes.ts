import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/**
 * A process that stays the same one: after its end the kernel gives its number to another, with another start time.
 * `startTime` is in clock ticks since the machine started.
 */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startTime: string;
}

interface ProcessStat {
  readonly state: string;
  readonly parent: number;
  readonly startTime: string;
}

/** Reads the fields of `/proc/<pid>/stat` that matter here; the name before them may hold blanks and brackets. */
export function parseStat(text: string): ProcessStat {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0] ?? '', parent: Number(fields[1]), startTime: fields[19] ?? '' };
}

function statOf(pid: number): ProcessStat | undefined {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return undefined;
  }
}

/** The identity of a process that exists now. */
export function identify(pid: number): ProcessIdentity | undefined {
  const stat = statOf(pid);
  return stat === undefined ? undefined : { pid, startTime: stat.startTime };
}

/** Whether that very process still runs; one that only waits to be reaped does not. */
export function isAlive({ pid, startTime }: ProcessIdentity): boolean {
  const stat = statOf(pid);
  return stat !== undefined && stat.startTime === startTime && stat.state !== 'Z';
}

/** The children of a process. */
export function childrenOf(parent: number): number[] {
  return allPids().filter((pid) => statOf(pid)?.parent === parent);
}

/** The PID namespace of a process; `undefined` when it is gone or not ours to look at. */
export function pidNamespaceOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    return undefined;
  }
}

/** For each process inside a PID namespace: its number there → its number here. */
export function mapPidsOfNamespace(namespace: string): ReadonlyMap<number, number> {
  const mapped = new Map<number, number>();
  for (const pid of allPids()) {
    if (pidNamespaceOf(pid) !== namespace) continue;
    const inner = innermostPid(pid);
    if (inner !== undefined) mapped.set(inner, pid);
  }
  return mapped;
}

function innermostPid(pid: number): number | undefined {
  try {
    return parseInnermostPid(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return undefined;
  }
}

/** `NSpid` lists a process's numbers from the reader's namespace inwards. */
export function parseInnermostPid(status: string): number | undefined {
  const line = /^NSpid:\s*(.*)$/m.exec(status)?.[1];
  const last = line?.trim().split(/\s+/).at(-1);
  return last === undefined ? undefined : Number(last);
}

function allPids(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}
