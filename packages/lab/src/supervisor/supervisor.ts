import type { Clock } from '@leafway/reconciler';
import { fileNameOf, goodRunMs, type PartReport, type PartSpec, restartDelayMs, stopGraceMs } from './part.ts';

/** A started process. */
export interface StartedProcess {
  /** `null` when it could not be started. */
  readonly pid: number | null;
  /** Resolves with how it ended, in words: `exit code 1`, `SIGKILL`. Never rejects. */
  readonly ended: Promise<string>;
  /** Does nothing when it has ended. */
  signal(name: 'SIGTERM' | 'SIGKILL'): void;
}

/** Starts a part's process; throws when that is not possible. */
export type StartProcess = (part: PartSpec) => StartedProcess;

export interface SupervisorDeps {
  readonly startProcess: StartProcess;
  readonly clock: Clock;
  /** Called at each change of any part, with all parts in the order of their first start. */
  readonly onChange: (reports: readonly PartReport[]) => void;
  /** Called each time a part ended that shall run; `failuresInARow` counts short runs. */
  readonly onEnd: (part: PartSpec, how: string, failuresInARow: number) => void;
}

/** Keeps every part running that was started once, but for those that shall be stopped. */
export interface Supervisor {
  /** Starts a part and starts it again whenever it ends. A name can be started once. */
  start(part: PartSpec): void;
  /** Says which parts shall be stopped, by their `fileNameOf`: those are ended, and all others started again. */
  keepStopped(files: ReadonlySet<string>): void;
  reports(): readonly PartReport[];
}

interface Entry {
  readonly part: PartSpec;
  report: PartReport;
  failuresInARow: number;
  process?: StartedProcess | undefined;
  cancelTimer: () => void;
}

export function createSupervisor(deps: SupervisorDeps): Supervisor {
  const entries = new Map<string, Entry>();
  let stopped: ReadonlySet<string> = new Set();
  const reports = (): PartReport[] => [...entries.values()].map(({ report }) => report);
  const shallRun = ({ part }: Entry): boolean => !stopped.has(fileNameOf(part));

  const update = (entry: Entry, change: Partial<PartReport>): void => {
    entry.report = { ...entry.report, ...change };
    deps.onChange(reports());
  };

  const setTimer = (entry: Entry, ms: number, callback: () => void): void => {
    entry.cancelTimer();
    entry.cancelTimer = deps.clock.setTimer(ms, callback);
  };

  const ended = (entry: Entry, how: string, ranMs: number): void => {
    entry.process = undefined;
    entry.cancelTimer();
    if (!shallRun(entry)) {
      update(entry, { pid: null, state: 'stopped' });
      return;
    }
    entry.failuresInARow = ranMs >= goodRunMs ? 1 : entry.failuresInARow + 1;
    update(entry, { pid: null, state: 'restarting' });
    deps.onEnd(entry.part, how, entry.failuresInARow);
    setTimer(entry, restartDelayMs(entry.failuresInARow), () => restart(entry));
  };

  const restart = (entry: Entry): void => {
    update(entry, { restarts: entry.report.restarts + 1 });
    run(entry);
  };

  const run = (entry: Entry): void => {
    const startedAt = deps.clock.monotonicMs();
    let process: StartedProcess;
    try {
      process = deps.startProcess(entry.part);
    } catch (error) {
      ended(entry, `could not be started: ${String(error)}`, 0);
      return;
    }
    entry.process = process;
    update(entry, { pid: process.pid, state: 'running' });
    void process.ended.then((how) => ended(entry, how, deps.clock.monotonicMs() - startedAt));
  };

  const stop = (entry: Entry): void => {
    const { process } = entry;
    entry.cancelTimer();
    if (process === undefined) {
      update(entry, { state: 'stopped' });
      return;
    }
    process.signal('SIGTERM');
    setTimer(entry, stopGraceMs, () => process.signal('SIGKILL'));
  };

  return {
    start: (part) => {
      if (entries.has(part.name)) throw new RangeError(`the part ${part.name} is started already`);
      const { name, cluster, kind } = part;
      const entry: Entry = {
        part,
        failuresInARow: 0,
        report: { name, cluster, kind, pid: null, state: 'restarting', restarts: 0 },
        cancelTimer: () => {},
      };
      entries.set(name, entry);
      if (shallRun(entry)) run(entry);
      else stop(entry);
    },
    keepStopped: (files) => {
      const before = stopped;
      stopped = files;
      for (const entry of entries.values()) {
        const wasStopped = before.has(fileNameOf(entry.part));
        if (!shallRun(entry) && !wasStopped) stop(entry);
        // One that is still on its way down starts again when it has ended.
        if (shallRun(entry) && entry.report.state === 'stopped') restart(entry);
      }
    },
    reports,
  };
}
