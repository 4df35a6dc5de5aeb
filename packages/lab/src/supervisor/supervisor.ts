import type { Clock } from '@leafway/reconciler';
import { goodRunMs, type PartReport, type PartSpec, restartDelayMs } from './part.ts';

/** A started process. */
export interface StartedProcess {
  /** `null` when it could not be started. */
  readonly pid: number | null;
  /** Resolves with how it ended, in words: `exit code 1`, `SIGKILL`. Never rejects. */
  readonly ended: Promise<string>;
  /** Ends it with SIGKILL; nothing happens when it has ended. */
  kill(): void;
}

/** Starts a part's process; throws when that is not possible. */
export type StartProcess = (part: PartSpec) => StartedProcess;

export interface SupervisorDeps {
  readonly startProcess: StartProcess;
  readonly clock: Clock;
  /** Called at each change of any part, with all parts in the order of their first start. */
  readonly onChange: (reports: readonly PartReport[]) => void;
  /** Called each time a part ended; `failuresInARow` counts short runs. */
  readonly onEnd: (part: PartSpec, how: string, failuresInARow: number) => void;
}

/** Keeps every part running that was started once and is not held. */
export interface Supervisor {
  /** Starts a part and starts it again whenever it ends. A name can be started once. */
  start(part: PartSpec): void;
  /** Ends the parts of these names, and starts each again once a later call leaves it out. */
  hold(names: ReadonlySet<string>): void;
  reports(): readonly PartReport[];
}

const stopped = { pid: null, state: 'stopped' } as const;

interface Entry {
  readonly part: PartSpec;
  report: PartReport;
  failuresInARow: number;
  process?: StartedProcess;
  cancelRestart?: () => void;
}

export function createSupervisor(deps: SupervisorDeps): Supervisor {
  const entries = new Map<string, Entry>();
  let held: ReadonlySet<string> = new Set();
  const reports = (): PartReport[] => [...entries.values()].map(({ report }) => report);

  const update = (entry: Entry, change: Partial<PartReport>): void => {
    entry.report = { ...entry.report, ...change };
    deps.onChange(reports());
  };

  const ended = (entry: Entry, how: string, ranMs: number): void => {
    if (held.has(entry.part.name)) {
      update(entry, stopped);
      return;
    }
    entry.failuresInARow = ranMs >= goodRunMs ? 1 : entry.failuresInARow + 1;
    update(entry, { pid: null, state: 'restarting' });
    deps.onEnd(entry.part, how, entry.failuresInARow);
    entry.cancelRestart = deps.clock.setTimer(restartDelayMs(entry.failuresInARow), () => restart(entry));
  };

  const restart = (entry: Entry): void => {
    update(entry, { restarts: entry.report.restarts + 1 });
    run(entry);
  };

  const run = (entry: Entry): void => {
    if (held.has(entry.part.name)) {
      update(entry, stopped);
      return;
    }
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

  return {
    start: (part) => {
      if (entries.has(part.name)) throw new RangeError(`the part ${part.name} is started already`);
      const { name, cluster, kind } = part;
      const entry: Entry = {
        part,
        failuresInARow: 0,
        report: { name, cluster, kind, pid: null, state: 'restarting', restarts: 0 },
      };
      entries.set(name, entry);
      run(entry);
    },
    hold: (names) => {
      held = names;
      for (const entry of entries.values()) {
        const { state } = entry.report;
        if (!names.has(entry.part.name)) {
          if (state === 'stopped') restart(entry);
        } else if (state === 'running') entry.process?.kill();
        else if (state === 'restarting') {
          entry.cancelRestart?.();
          update(entry, stopped);
        }
      }
    },
    reports,
  };
}
