import { isApiError } from '../api/errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { Random } from '../ports/random.ts';
import type { Outcome } from './outcome.ts';
import { KeyedQueue } from './queue.ts';

export interface ReconcileContext {
  /** Aborts at the run's deadline, and a few seconds after the controller was told to stop. */
  readonly signal: AbortSignal;
  /** Knows the controller, the key and the run. */
  readonly log: Logger;
}

export interface ControllerOptions {
  readonly name: string;
  /** Makes the world right for one key, from whatever state. Throwing means: again, after a growing delay. */
  readonly reconcile: (key: string, context: ReconcileContext) => Promise<Outcome>;
  /** How many keys are worked on at once; 4 by default. */
  readonly concurrency?: number;
  /** Longest time for one run; one minute by default. */
  readonly deadlineMs?: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

/** Calls `reconcile` for the keys it is given, one run at a time for each key. */
export interface Controller {
  /** Asks for a run soon; during a run of that key, for one more after it. */
  enqueue(key: string): void;
  /** Asks for a run after a while; of several such wishes for one key the earliest counts. */
  enqueueAfter(key: string, delayMs: number): void;
  /** Works until the signal aborts, and resolves when the last run has ended. Call it once. */
  run(signal: AbortSignal): Promise<void>;
}

/** After the controller was told to stop, runs under way have this long to end by themselves. */
const drainMs = 5_000;

/** A controller; it does nothing before `run`. */
export function createController(options: ControllerOptions): Controller {
  const { clock, random, concurrency = 4 } = options;
  const queue = new KeyedQueue(clock, random);
  const log = options.log.child({ controller: options.name });
  return {
    enqueue: (key) => queue.add(key),
    enqueueAfter: (key, delayMs) => queue.addAfter(key, delayMs),
    run: async (signal) => {
      const drain = drainAfter(signal, clock, () => queue.stop());
      const runner = createRunner({ ...options, log }, queue, drain.signal);
      await Promise.all(Array.from({ length: concurrency }, () => work(queue, runner)));
      drain.cancel();
    },
  };
}

async function work(queue: KeyedQueue, run: (key: string) => Promise<void>): Promise<void> {
  for (let key = await queue.next(); key !== undefined; key = await queue.next()) {
    await run(key);
    queue.finish(key);
  }
}

/** One run of one key, from the deadline to the consequences; never rejects. */
function createRunner(options: ControllerOptions, queue: KeyedQueue, drain: AbortSignal) {
  const { clock, reconcile, deadlineMs = 60_000 } = options;
  let runs = 0;
  return async (key: string): Promise<void> => {
    runs += 1;
    const log = options.log.child({ key, run: runs });
    const deadline = new AbortController();
    const late = new Error(`the run took longer than ${deadlineMs / 1000} s`);
    const cancelDeadline = clock.setTimer(deadlineMs, () => deadline.abort(late));
    const startMs = clock.monotonicMs();
    try {
      const outcome = await reconcile(key, { signal: AbortSignal.any([deadline.signal, drain]), log });
      queue.forget(key);
      if (outcome.kind === 'after') queue.addAfter(key, outcome.delayMs);
      log.debug({ outcome, ms: Math.round(clock.monotonicMs() - startMs) }, 'run ended');
    } catch (error) {
      if (drain.aborted) return;
      const err = deadline.signal.aborted ? late : error;
      const waitMs = queue.retry(key, isApiError(error) ? (error.retryAfterMs ?? 0) : 0);
      // Somebody else was faster: normal life, and the next look settles it.
      const level = isApiError(error, 'Conflict') ? 'debug' : 'warn';
      log[level]({ err, waitMs: Math.round(waitMs) }, 'run failed, trying again');
    } finally {
      cancelDeadline();
    }
  };
}

/** A signal that aborts some time after `signal`, unless cancelled; `onAbort` is called at once. */
function drainAfter(signal: AbortSignal, clock: Clock, onAbort: () => void) {
  const drain = new AbortController();
  let cancel = (): void => {};
  const begin = (): void => {
    onAbort();
    cancel = clock.setTimer(drainMs, () => drain.abort(new Error('the controller stops')));
  };
  if (signal.aborted) begin();
  else signal.addEventListener('abort', begin, { once: true });
  return { signal: drain.signal, cancel: () => cancel() };
}
