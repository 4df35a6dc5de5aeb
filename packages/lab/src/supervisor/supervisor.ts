import type { Clock } from '@leafway/reconciler';
import { goodRunMs, type PartReport, type PartSpec, restartDelayMs } from './part.ts';

/** A started process. */
export interface StartedProcess {
  /** `null` when it could not be started. */
  readonly pid: number | null;
  /** Resolves with how it ended, in words: `exit code 1`, `SIGKILL`. Never rejects. */
  readonly ended: Promise<string>;
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

/** Keeps every part running that was started once. */
export interface Supervisor {
  /** Starts a part and starts it again whenever it ends. A name can be started once. */
  start(part: PartSpec): void;
  reports(): readonly PartReport[];
}

interface Entry {
  readonly part: PartSpec;
  report: PartReport;
  failuresInARow: number;
}

export function createSupervisor(deps: SupervisorDeps): Supervisor {
  const entries = new Map<string, Entry>();
  const reports = (): PartReport[] => [...entries.values()].map(({ report }) => report);

  const update = (entry: Entry, change: Partial<PartReport>): void => {
    entry.report = { ...entry.report, ...change };
    deps.onChange(reports());
  };

  const ended = (entry: Entry, how: string, ranMs: number): void => {
    entry.failuresInARow = ranMs >= goodRunMs ? 1 : entry.failuresInARow + 1;
    update(entry, { pid: null, state: 'restarting' });
    deps.onEnd(entry.part, how, entry.failuresInARow);
    deps.clock.setTimer(restartDelayMs(entry.failuresInARow), () => {
      update(entry, { restarts: entry.report.restarts + 1 });
      run(entry);
    });
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
    reports,
  };
}
