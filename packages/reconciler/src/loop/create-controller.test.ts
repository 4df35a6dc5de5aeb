import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ApiErrorCode } from '../api/errors.ts';
import { ApiError } from '../api/errors.ts';
import { createPrometheusMetrics } from '../prometheus/create-prometheus-metrics.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { recordingLogger } from '../testing/recording-logger.ts';
import { seededRandom } from '../testing/seeded-random.ts';
import type { Controller, ControllerOptions, ReconcileContext } from './create-controller.ts';
import { createController } from './create-controller.ts';
import { after, done } from './outcome.ts';

let clock: FakeClock;
let abort: AbortController;
let controller: Controller;
let running: Promise<void>;
/** Runs in progress and past, as `key` and what ends them. */
let runs: {
  readonly key: string;
  readonly atMs: number;
  readonly context: ReconcileContext;
  readonly end: PromiseWithResolvers<void>;
}[];
const log = recordingLogger();

/** A controller whose runs end only when the test says so. */
function startManual(options: Partial<ControllerOptions> = {}): void {
  start({
    ...options,
    reconcile: async (key, context) => {
      const end = Promise.withResolvers<void>();
      runs.push({ key, atMs: clock.monotonicMs(), context, end });
      await end.promise;
      return done();
    },
  });
}

function start(options: Partial<ControllerOptions> & Pick<ControllerOptions, 'reconcile'>): void {
  controller = createController({ name: 'test', clock, random: seededRandom(), log: log.logger, ...options });
  running = controller.run(abort.signal);
}

const keys = (): string[] => runs.map((run) => run.key);
const failing = (code: ApiErrorCode, retryAfterMs?: number): ApiError =>
  new ApiError('refused', { code, status: 409, operation: 'test', retryAfterMs });

beforeEach(() => {
  clock = new FakeClock();
  abort = new AbortController();
  runs = [];
  log.lines.length = 0;
});
afterEach(async () => {
  abort.abort();
  for (const run of runs) run.end.resolve();
  await clock.settle();
  await running;
  expect(clock.pendingTimers).toBe(0);
});

describe('a controller', () => {
  test('runs keys that were given before it started', async () => {
    const seen: string[] = [];
    controller = createController({
      name: 'test',
      clock,
      random: seededRandom(),
      log: log.logger,
      reconcile: async (key) => {
        seen.push(key);
        return done();
      },
    });
    controller.enqueue('a');
    running = controller.run(abort.signal);
    await clock.settle();
    expect(seen).toEqual(['a']);
  });

  test('works on several keys at once, up to its limit, in the order they came', async () => {
    startManual({ concurrency: 2 });
    for (const key of ['a', 'b', 'c']) controller.enqueue(key);
    await clock.settle();
    expect(keys()).toEqual(['a', 'b']);
    runs[1]?.end.resolve();
    await clock.settle();
    expect(keys()).toEqual(['a', 'b', 'c']);
  });

  test('never works on one key twice at once: what comes during a run is one more run', async () => {
    startManual();
    controller.enqueue('a');
    await clock.settle();
    for (let i = 0; i < 3; i += 1) controller.enqueue('a');
    await clock.settle();
    expect(keys()).toEqual(['a']);
    runs[0]?.end.resolve();
    await clock.settle();
    expect(keys()).toEqual(['a', 'a']);
    runs[1]?.end.resolve();
    await clock.settle();
    expect(keys()).toEqual(['a', 'a']);
  });

  test('lets a busy key not hold up others', async () => {
    startManual({ concurrency: 2 });
    controller.enqueue('a');
    await clock.settle();
    controller.enqueue('a');
    controller.enqueue('b');
    await clock.settle();
    expect(keys()).toEqual(['a', 'b']);
  });

  test('of several delays for one key keeps the shortest', async () => {
    startManual();
    controller.enqueueAfter('a', 5_000);
    controller.enqueueAfter('a', 1_000);
    controller.enqueueAfter('a', 9_000);
    await clock.advance(20_000);
    expect(runs.map((run) => run.atMs)).toEqual([1_000]);
  });

  test('looks again after the delay that a run asks for', async () => {
    const timesMs: number[] = [];
    start({
      reconcile: async () => {
        timesMs.push(clock.monotonicMs());
        return after(10_000);
      },
    });
    controller.enqueue('a');
    await clock.advance(25_000);
    expect(timesMs).toEqual([0, 10_000, 20_000]);
  });
});

describe('a failed run', () => {
  test('is tried again after delays that grow to a minute, and from the start after a success', async () => {
    const timesMs: number[] = [];
    let fails = true;
    start({
      reconcile: async () => {
        timesMs.push(clock.monotonicMs());
        if (fails) throw new Error('broken');
        return done();
      },
    });
    controller.enqueue('a');
    await clock.advance(20 * 60_000);
    const gapsMs = timesMs.slice(1).map((time, i) => time - (timesMs[i] ?? 0));
    expect(gapsMs[0]).toBeGreaterThanOrEqual(50);
    expect(gapsMs[0]).toBeLessThanOrEqual(100);
    expect(Math.max(...gapsMs)).toBeLessThanOrEqual(60_000);
    expect(Math.min(...gapsMs.slice(12))).toBeGreaterThanOrEqual(30_000);

    fails = false;
    await clock.advance(60_000);
    fails = true;
    timesMs.length = 0;
    controller.enqueue('a');
    await clock.advance(100);
    expect(timesMs.length).toBeGreaterThanOrEqual(2);
  });

  test('waits at least as long as the server asks', async () => {
    const timesMs: number[] = [];
    start({
      reconcile: async () => {
        timesMs.push(clock.monotonicMs());
        throw failing('Throttled', 5_000);
      },
    });
    controller.enqueue('a');
    await clock.advance(5_500);
    expect(timesMs).toEqual([0, 5_000]);
  });

  test('is a warning with key and run, unless somebody else was merely faster', async () => {
    let code: ApiErrorCode = 'Conflict';
    start({
      reconcile: async () => {
        throw failing(code);
      },
    });
    controller.enqueue('a');
    await clock.settle();
    expect(log.lines.map((line) => line.level)).toEqual(['debug']);
    code = 'Forbidden';
    await clock.advance(200);
    expect(log.lines.find((line) => line.level === 'warn')?.fields).toMatchObject({
      controller: 'test',
      key: 'a',
      reconcileID: expect.stringMatching(/^[0-9a-f]{16}$/),
    });
  });

  test('has an id of its own, in every line that it logs', async () => {
    start({
      reconcile: async (_, context) => {
        context.log.info({}, 'working');
        return done();
      },
    });
    for (const key of ['a', 'b']) controller.enqueue(key);
    await clock.settle();
    const ids = log.lines.map(({ fields }) => (fields as { reconcileID: string }).reconcileID);
    expect([ids.length, new Set(ids).size]).toEqual([4, 2]);
  });

  test('is also one that throws before it returns a promise', async () => {
    let tries = 0;
    start({
      reconcile: () => {
        tries += 1;
        throw new Error('at once');
      },
    });
    controller.enqueue('a');
    await clock.advance(100);
    expect(tries).toBeGreaterThanOrEqual(2);
  });
});

describe('the signal of a run', () => {
  const untilAborted = ({ signal }: ReconcileContext): Promise<never> =>
    new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));

  test('aborts at the deadline, which counts as a failure', async () => {
    start({ reconcile: (_, context) => untilAborted(context), deadlineMs: 3_000 });
    controller.enqueue('a');
    await clock.advance(3_000);
    expect(log.lines).toEqual([expect.objectContaining({ level: 'warn' })]);
    expect(log.lines[0]?.fields).toMatchObject({ err: { message: 'the run took longer than 3 s' } });
  });

  test('that is not heeded leaves a word in the log, and the key to the run that has it', async () => {
    startManual({ deadlineMs: 3_000 });
    controller.enqueue('a');
    await clock.advance(1_000);
    controller.enqueue('a');
    await clock.advance(10_000);
    expect(keys()).toEqual(['a']);
    expect(log.lines).toEqual([
      {
        level: 'error',
        message: 'the run goes on after its deadline and blocks its key',
        fields: expect.objectContaining({ key: 'a' }),
      },
    ]);
  });

  test('does not abort at once when the controller stops, but a few seconds later', async () => {
    start({ reconcile: (_, context) => untilAborted(context) });
    controller.enqueue('a');
    await clock.settle();
    abort.abort();
    let isOver = false;
    void running.then(() => (isOver = true));
    await clock.advance(4_900);
    expect(isOver).toBe(false);
    await clock.advance(200);
    expect(isOver).toBe(true);
    expect(log.lines.filter((line) => line.level === 'warn')).toEqual([]);
  });
});

describe('a controller that was told to stop', () => {
  test('starts nothing more and waits for the runs under way', async () => {
    startManual({ concurrency: 1 });
    for (const key of ['a', 'b']) controller.enqueue(key);
    controller.enqueueAfter('c', 100);
    await clock.settle();
    abort.abort();
    let isOver = false;
    void running.then(() => (isOver = true));
    await clock.advance(1_000);
    expect([keys(), isOver]).toEqual([['a'], false]);
    runs[0]?.end.resolve();
    await clock.settle();
    controller.enqueue('d');
    await clock.settle();
    expect([keys(), isOver]).toEqual([['a'], true]);
  });

  test('before it started ends at once', async () => {
    abort.abort();
    startManual();
    controller.enqueue('a');
    await running;
    expect(keys()).toEqual([]);
  });
});

test('runs and waits are measured, under the names that dashboards know', async () => {
  const metrics = createPrometheusMetrics();
  start({
    metrics,
    concurrency: 1,
    reconcile: async (key) => {
      await new Promise<void>((resolve) => clock.setTimer(2_000, resolve));
      if (key === 'bad') throw new Error('broken');
      return key === 'later' ? after(60_000) : done();
    },
  });
  for (const key of ['good', 'later', 'bad']) controller.enqueue(key);
  await clock.advance(1_000);
  expect(await metrics.text()).toContain('workqueue_depth{name="test"} 2');
  expect(await metrics.text()).toContain('controller_runtime_active_workers{controller="test"} 1');
  await clock.advance(5_010);
  expect((await metrics.text()).split('\n')).toEqual(
    expect.arrayContaining([
      'workqueue_depth{name="test"} 0',
      'workqueue_adds_total{name="test"} 3',
      'workqueue_retries_total{name="test"} 1',
      'workqueue_queue_duration_seconds_sum{name="test"} 6',
      'workqueue_work_duration_seconds_sum{name="test"} 6',
      'controller_runtime_reconcile_total{controller="test",result="success"} 1',
      'controller_runtime_reconcile_total{controller="test",result="requeue_after"} 1',
      'controller_runtime_reconcile_total{controller="test",result="error"} 1',
      'controller_runtime_reconcile_time_seconds_count{controller="test"} 3',
    ]),
  );
  abort.abort();
  await clock.advance(10_000);
});
