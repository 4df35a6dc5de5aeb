/** One thing that is under way. */
export interface ProgressStep {
  /** Bytes received so far, of how many when that is known. */
  readonly advance: (received: number, total: number | undefined) => void;
  /** Ends the step with what became of it, such as `downloaded`. */
  readonly end: (result: string) => void;
}

/** Tells a person what is going on while they wait. */
export interface Progress {
  /** Says that something begins: what, and by which means. */
  begin(what: string, means: string): ProgressStep;
  /** Says one thing that stands for itself. */
  note(text: string): void;
}

/** Where progress is shown. */
export interface ProgressOutput {
  /** True for a terminal: one line is then updated in place. */
  readonly isTerminal: boolean;
  readonly columns: number;
  write(text: string): void;
}

/** The clock that progress reads. */
export interface ProgressClock {
  monotonicMs(): number;
  setTimer(ms: number, callback: () => void): () => void;
}

interface RunningStep {
  readonly what: string;
  readonly means: string;
  readonly startMs: number;
  received: number;
  total: number | undefined;
}

const terminalIntervalMs = 250;
/** How often a log is told that something still runs. */
const plainIntervalMs = 30_000;
const clearLine = '\r\u001b[K';

/**
 * Shows progress: on a terminal one line that is updated in place, elsewhere plain lines at the beginning, every half
 * minute and at the end. Holds a timer only while a step runs.
 */
export function createProgress(output: ProgressOutput, clock: ProgressClock): Progress {
  const running = new Set<RunningStep>();
  let stopTimer: (() => void) | undefined;

  function writeLine(text: string): void {
    output.write(`${output.isTerminal ? clearLine : ''}${text}\n`);
    draw();
  }

  function draw(): void {
    if (!output.isTerminal || running.size === 0) return;
    const line = [...running].map((step) => describe(step, clock.monotonicMs())).join(' · ');
    output.write(clearLine + line.slice(0, Math.max(output.columns - 1, 20)));
  }

  function tick(): void {
    if (output.isTerminal) draw();
    else for (const step of running) output.write(`${describe(step, clock.monotonicMs())}\n`);
    schedule();
  }

  function schedule(): void {
    stopTimer = clock.setTimer(output.isTerminal ? terminalIntervalMs : plainIntervalMs, tick);
  }

  return {
    note: writeLine,
    begin: (what, means) => {
      const step: RunningStep = { what, means, startMs: clock.monotonicMs(), received: 0, total: undefined };
      if (!output.isTerminal) output.write(`${what}: ${means} …\n`);
      running.add(step);
      if (running.size === 1) schedule();
      draw();
      return {
        advance: (received, total) => Object.assign(step, { received, total }),
        end: (result) => {
          running.delete(step);
          if (running.size === 0) stopTimer?.();
          writeLine(`${what}: ${result} (${seconds(clock.monotonicMs() - step.startMs)})`);
        },
      };
    },
  };
}

function describe(step: RunningStep, nowMs: number): string {
  const amount = step.received === 0 ? '' : ` ${megabytes(step.received)}`;
  const total = step.total === undefined ? '' : ` of ${megabytes(step.total)}`;
  return `${step.what}: ${step.means}${amount}${total}, ${seconds(nowMs - step.startMs)}`;
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1_000_000)} MB`;
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`;
}
