import { isApiError } from '../api/errors.ts';
import type { KubeApi } from '../api/kube-api.ts';
import { noMetrics } from '../metrics/metrics.ts';
import { sleep } from '../ports/clock.ts';
import { type Event, type EventSeries, events } from './event.ts';
import type { EventRecorder, EventRecorderOptions } from './event-recorder.ts';
import { type Series, SeriesStore, seriesOf } from './series-store.ts';

/** Longest time for what is left when the recorder stops. */
const flushMs = 3_000;
const backOff = { minMs: 1_000, maxMs: 30_000 };

/** An event recorder for one cluster; it writes nothing before `run`. */
export function createEventRecorder(options: EventRecorderOptions): EventRecorder {
  const { api, clock, log, metrics = noMetrics } = options;
  const store = new SeriesStore(options, clock);
  const total = metrics.counter({
    name: 'events_total',
    help: 'Kubernetes events, by what became of them: written, or dropped because there were too many or they were refused.',
    labels: ['result'],
  });
  const refusals = new Set<string>();
  let news = new AbortController();

  const drop = (fields: object, message: string): void => {
    total.inc({ result: 'dropped' });
    log.debug(fields, message);
  };
  /** Resolves with true when the server has it or will never take it; false means: later. */
  const write = async (series: Series, signal: AbortSignal): Promise<boolean> => {
    const { count } = series;
    try {
      await send(api, store, series, signal);
      Object.assign(series, { writtenCount: count, writtenMs: clock.monotonicMs() });
      total.inc({ result: 'written' });
    } catch (err) {
      if (isPassing(err)) return false;
      store.forget(series);
      total.inc({ result: 'dropped' });
      const code = isApiError(err) ? err.code : 'Unexpected';
      log[refusals.has(code) ? 'debug' : 'warn']({ err, event: series.event }, 'an event was refused');
      refusals.add(code);
    }
    return true;
  };

  return {
    record: (regarding, event) => {
      try {
        if (!store.add(regarding, event))
          drop({ regarding: regarding.metadata, event }, 'too many events, one is dropped');
      } catch (err) {
        drop({ err, event }, 'an event that cannot be recorded is dropped');
      }
      news.abort();
      news = new AbortController();
    },
    run: async (signal) => {
      for (let failures = 0; !signal.aborted; ) {
        const { due, atMs } = store.next();
        if (due === undefined) {
          await sleep(clock, atMs - clock.monotonicMs(), AbortSignal.any([signal, news.signal]));
        } else if (await write(due, signal)) {
          failures = 0;
        } else {
          await sleep(clock, Math.min(backOff.maxMs, backOff.minMs * 2 ** failures), signal);
          failures += 1;
        }
      }
      const limit = new AbortController();
      const cancel = clock.setTimer(flushMs, () => limit.abort());
      for (const series of store.unwritten()) {
        if (limit.signal.aborted || !(await write(series, limit.signal))) break;
      }
      cancel();
    },
  };
}

/** Creates the event, or tells the server how often it has happened by now. */
async function send(api: KubeApi, store: SeriesStore, series: Series, signal: AbortSignal): Promise<void> {
  const state = seriesOf(series);
  if (series.writtenCount > 0 && state !== undefined) {
    try {
      await writeSeries(api, series, state, signal);
      return;
    } catch (error) {
      if (!isApiError(error, 'NotFound')) throw error;
    }
    // Servers forget events after an hour.
    const { name, ...metadata } = series.event.metadata;
    series.event = {
      ...series.event,
      metadata: { ...metadata, name: name.replace(/[^.]+$/, store.nextSuffix()) },
    };
  }
  try {
    await api.create<Event>(events, { ...series.event, ...(state && { series: state }) }, signal);
  } catch (error) {
    // Nobody else uses this name: an earlier try got through.
    if (!isApiError(error, 'AlreadyExists')) throw error;
    if (state !== undefined) await writeSeries(api, series, state, signal);
  }
}

async function writeSeries(api: KubeApi, { event }: Series, state: EventSeries, signal: AbortSignal): Promise<void> {
  await api.patch<Event>(events, event.metadata, [{ op: 'add', path: '/series', value: state }], { signal });
}

/** Nothing is wrong with the event itself. */
function isPassing(error: unknown): boolean {
  return ['Unavailable', 'Throttled', 'Aborted'].some((code) => isApiError(error) && error.code === code);
}
