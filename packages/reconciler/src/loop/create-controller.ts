import { isApiError } from '../api/errors.ts';
import { Semaphore } from '../limits/semaphore.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { noMetrics } from '../metrics/metrics.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { Random } from '../ports/random.ts';
import { createControllerMetrics } from './controller-metrics.ts';
import type { Outcome } from './outcome.ts';
import type { RetryLimits } from './queue.ts';
import { KeyedQueue } from './queue.ts';
import { createQueueMetrics } from './queue-metrics.ts';

/** What a run of `reconcile` gets beside its key. */
export interface ReconcileContext {
  /** Aborts at the run's deadline, and a few seconds after the controller was told to stop. */
  readonly signal: AbortSignal;
  /** Knows the controller, the key, and the run by a `reconcileID` of its own. */
  readonly log: Logger;
}

/** What a controller does, how much of it at once, and its ports. `name` stands in its logs and metrics. */
export interface ControllerOptions {
  readonly name: string;
  /** Makes the world right for one key, from whatever state. Throwing means: again, after a growing delay. */
  readonly reconcile: (key: string, context: ReconcileContext) => Promise<Outcome>;
  /**
   * How many keys are worked on at once; 4 by default. With `Infinity` no run waits for another: then it is
   * `limitWrites` that protects the servers.
   */
  readonly concurrency?: number;
  /** Longest time for one run; one minute by default. */
  readonly deadlineMs?: number;
  /**
   * How soon failed runs are tried again. By default one key after 50 ms, doubling up to a minute, with jitter; all keys that
   * failed more than three times in a row together 10 a second, after a burst of 100.
   */
  readonly retry?: Partial<RetryLimits>;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly metrics?: Metrics;
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

const defaultRetry: RetryLimits = { backOff: { minMs: 50, maxMs: 60_000 }, rate: { perSecond: 10, burst: 100 } };

/** After the controller was told to stop, runs under way have this long to end by themselves. */
const drainMs = 5_000;

/** A controller; it does nothing before `run`. */
export function createController(options: ControllerOptions): Controller {
  const { name, clock, random, concurrency = 4, metrics = noMetrics } = options;
  const retry = { ...defaultRetry, ...options.retry };
  const queue = new KeyedQueue({ clock, random, retry, metrics: createQueueMetrics(metrics, name) });
  const log = options.log.child({ controller: name });
  return {
    enqueue: (key) => queue.add(key),
    enqueueAfter: (key, delayMs) => queue.addAfter(key, delayMs),
    run: async (signal) => {
      const drain = drainAfter(signal, clock, () => queue.stop());
      const runner = createRunner({ ...options, log }, queue, drain.signal);
      await work(queue, runner, concurrency);
      drain.cancel();
    },
  };
}

/** Starts runs as keys come and slots are free; resolves when the queue was stopped and the last run has ended. */
async function work(queue: KeyedQueue, run: (key: string) => Promise<void>, concurrency: number): Promise<void> {
  const slots = new Semaphore(concurrency);
  const running = new Set<Promise<void>>();
  for (let key = await nextKey(queue, slots); key !== undefined; key = await nextKey(queue, slots)) {
    const mine = key;
    const ending = run(mine).then(() => {
      running.delete(ending);
      queue.finish(mine);
      slots.release();
    });
    running.add(ending);
  }
  await Promise.all(running);
}

async function nextKey(queue: KeyedQueue, slots: Semaphore): Promise<string | undefined> {
  await slots.acquire();
  return await queue.next();
}

/** One run of one key, from the deadline to the consequences; never rejects. */
function createRunner(options: ControllerOptions, queue: KeyedQueue, drain: AbortSignal) {
  const { clock, random, reconcile, deadlineMs = 60_000 } = options;
  const metrics = createControllerMetrics(options.metrics ?? noMetrics, options.name);
  let active = 0;
  return async (key: string): Promise<void> => {
    const log = options.log.child({ key, reconcileID: uniqueId(random) });
    const deadline = new AbortController();
    const late = new Error(`the run took longer than ${deadlineMs / 1000} s`);
    let cancelTimer = clock.setTimer(deadlineMs, () => {
      deadline.abort(late);
      cancelTimer = clock.setTimer(drainMs, () =>
        log.error({}, 'the run goes on after its deadline and blocks its key'),
      );
    });
    const startMs = clock.monotonicMs();
    const tookMs = (): number => clock.monotonicMs() - startMs;
    active += 1;
    metrics.active(active);
    try {
      const outcome = await reconcile(key, { signal: AbortSignal.any([deadline.signal, drain]), log });
      queue.forget(key);
      if (outcome.kind === 'after') queue.addAfter(key, outcome.delayMs);
      metrics.ended(outcome.kind === 'after' ? 'requeue_after' : 'success', tookMs());
      log.debug({ outcome, ms: Math.round(tookMs()) }, 'run ended');
    } catch (error) {
      if (drain.aborted) return;
      metrics.ended('error', tookMs());
      const err = deadline.signal.aborted ? late : error;
      const waitMs = queue.retry(key, isApiError(error) ? (error.retryAfterMs ?? 0) : 0);
      // Somebody else was faster: normal life, and the next look settles it.
      const level = isApiError(error, 'Conflict') ? 'debug' : 'warn';
      log[level]({ err, waitMs: Math.round(waitMs) }, 'run failed, trying again');
    } finally {
      active -= 1;
      metrics.active(active);
      cancelTimer();
    }
  };
}

/** 64 random bits as hexadecimal digits: enough to tell runs apart in the logs of a fleet. */
function uniqueId(random: Random): string {
  const half = (): string =>
    Math.floor(random.next() * 2 ** 32)
      .toString(16)
      .padStart(8, '0');
  return half() + half();
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
