import type { KubeObject } from '../api/kube-api.ts';
import { TokenBucket } from '../limits/token-bucket.ts';
import { microTime } from '../objects/micro-time.ts';
import { objectKey } from '../objects/object-key.ts';
import type { Clock } from '../ports/clock.ts';
import { buildEvent, type Event, type EventDetails, type EventSeries, type Reporter, seriesKey } from './event.ts';

/** One event and its repetitions. */
export interface Series {
  /** As it was, or is to be, created. */
  event: Event;
  count: number;
  /** When it last happened: for the event, and for the age of the series (monotonic). */
  lastObserved: Date;
  lastMs: number;
  /** How much of that the server knows, since when (monotonic). */
  writtenCount: number;
  writtenMs: number;
}

/** A repetition that comes later begins a new series, as in client-go. */
const seriesMs = 6 * 60_000;
/** A series is written again when its count has doubled, or after so long. */
const rewriteMs = 60_000;
const mostSeries = 1_000;
/** Different events of one object, as client-go limits them: a first handful, then one in five minutes. */
const perObject = { perSecond: 1 / 300, burst: 25 };

/** The events of the last minutes and what of them is still to be written; bounded in every direction. */
export class SeriesStore {
  readonly #reporter: Reporter;
  readonly #clock: Clock;
  readonly #series = new Map<string, Series>();
  readonly #limits = new Map<string, TokenBucket>();
  #names = 0;

  constructor(reporter: Reporter, clock: Clock) {
    this.#reporter = reporter;
    this.#clock = clock;
  }

  /** False when there is no room for this event. Throws when it is about no object. */
  add(regarding: KubeObject, details: EventDetails): boolean {
    const now = this.#clock.now();
    const nowMs = this.#clock.monotonicMs();
    const event = buildEvent(regarding, details, this.#reporter, now, this.nextSuffix());
    const key = seriesKey(event);
    const known = this.#series.get(key);
    if (known !== undefined && nowMs - known.lastMs < seriesMs) {
      Object.assign(known, { count: known.count + 1, lastObserved: now, lastMs: nowMs });
      return true;
    }
    this.#forgetOld(nowMs);
    if (this.#series.size >= mostSeries || !this.#limitOf(regarding).tryTake()) return false;
    const unwritten = { count: 1, writtenCount: 0, writtenMs: nowMs };
    this.#series.set(key, { event, lastObserved: now, lastMs: nowMs, ...unwritten });
    return true;
  }

  /** What is to be written now, if anything, and when something will be (monotonic). */
  next(): { readonly due?: Series; readonly atMs: number } {
    let atMs = Number.POSITIVE_INFINITY;
    const nowMs = this.#clock.monotonicMs();
    for (const series of this.unwritten()) {
      const dueMs = series.count >= 2 * series.writtenCount ? nowMs : series.writtenMs + rewriteMs;
      if (dueMs <= nowMs) return { due: series, atMs: nowMs };
      atMs = Math.min(atMs, dueMs);
    }
    return { atMs };
  }

  *unwritten(): Generator<Series> {
    for (const series of this.#series.values()) if (series.count > series.writtenCount) yield series;
  }

  forget(series: Series): void {
    this.#series.delete(seriesKey(series.event));
  }

  /** Unlike any other in this process, and hardly like one of another: the time, and a number. */
  nextSuffix(): string {
    this.#names = (this.#names + 1) % 1000;
    return (this.#clock.now().getTime() * 1000 + this.#names).toString(16);
  }

  #limitOf(regarding: KubeObject): TokenBucket {
    const key = regarding.metadata.uid ?? `${regarding.kind} ${objectKey(regarding)}`;
    const limit = this.#limits.get(key) ?? new TokenBucket(perObject, this.#clock);
    // Those that were used longest ago go first.
    this.#limits.delete(key);
    this.#limits.set(key, limit);
    for (const oldest of this.#limits.keys()) {
      if (this.#limits.size <= mostSeries) break;
      this.#limits.delete(oldest);
    }
    return limit;
  }

  #forgetOld(nowMs: number): void {
    for (const [key, { lastMs, count, writtenCount }] of this.#series) {
      if (nowMs - lastMs >= seriesMs && count === writtenCount) this.#series.delete(key);
    }
  }
}

/** The series of the event as it is to be written; an event that happened once has none. */
export function seriesOf({ count, lastObserved }: Series): EventSeries | undefined {
  return count < 2 ? undefined : { count, lastObservedTime: microTime(lastObserved) };
}
