import { ApiError, isApiError } from '../api/errors.ts';
import type { KubeObject, ResourceType, WatchEvent, WatchOptions } from '../api/kube-api.ts';
import { describeTarget } from '../api/paths.ts';
import { backOffMs } from '../ports/back-off.ts';
import { sleep } from '../ports/clock.ts';
import type { CacheMetrics } from './cache-metrics.ts';
import type { CacheOptions } from './cache-options.ts';
import { type CompleteList, collectInitialEvents, listPages, patienceMs } from './initial-list.ts';
import { mostListed, tooMuch } from './listing.ts';
import type { Change, View } from './view.ts';

export interface FollowOptions<T extends KubeObject> extends CacheOptions<T> {
  readonly view: View<T>;
  readonly signal: AbortSignal;
  readonly measure: CacheMetrics;
  readonly onChanges: (changes: readonly Change<T>[]) => void;
  readonly onSynced: () => void;
  readonly onProblem: (problem: ApiError | undefined) => void;
}

const backOff = { minMs: 800, maxMs: 30_000 };
/** A watch that lived this long and was heard, or ended properly, makes earlier failures forgotten. */
const healthyAfterMs = 5_000;

/** Longer than it takes to find out that a server does not answer at all. */
const silentAfterMs = 60_000;

/** Jittered, so that many caches do not all reopen their watches at once. */
const watchSeconds = { min: 300, max: 600 };

/** How one watch, or the list before it, ended. */
interface Ending {
  /** All objects were there before it ended. */
  readonly listed: boolean;
  /** The server sent something, or ended the watch as it should. */
  readonly heard: boolean;
  readonly lifeMs: number;
  /** Since the server last sent something, or was asked. */
  readonly silentMs: number;
  readonly error?: unknown;
}

/**
 * Keeps the view current until the signal aborts: a list, then watches that go on from each other, and a new list
 * whenever something may have been missed. Never gives up and never rejects.
 */
export async function follow<T extends KubeObject>(options: FollowOptions<T>): Promise<void> {
  const { clock, random, signal } = options;
  const choice = new ListChoice(options.initialList);
  let failures = 0;
  let mustList = true;
  while (!signal.aborted) {
    const ending: Ending = await (mustList ? ways[choice.way](options) : watch(options));
    if (signal.aborted) return;
    if (choice.isRefused(ending)) continue;
    choice.told(ending);

    const { heard, error } = ending;
    const healthy = ending.lifeMs >= healthyAfterMs && (heard || brokeInSilence(ending));
    if (healthy) failures = 0;
    const silent = fellSilent(ending);
    mustList = silent || !ending.listed || (error !== undefined && !(heard && isInterruption(error)));
    // A server has nothing to say about a kind that nobody changes: the list that follows tells whether it is there.
    if (silent || (healthy && error === undefined)) continue;

    failures += 1;
    const refusedMs = isRefusal(error) ? options.retryRefusedMs : undefined;
    if (refusedMs !== undefined) options.measure.ended();
    const waitMs = Math.max(backOffMs(failures, backOff, random), retryAfterMs(error), refusedMs ?? 0);
    report(options, ending, failures, waitMs);
    await sleep(clock, waitMs, signal);
  }
}

/** How the next list is made: streams are better, but not every server has them. */
class ListChoice {
  #canStream: boolean;
  #wasSilent = false;

  constructor(wanted: 'stream' | 'pages' = 'stream') {
    this.#canStream = wanted === 'stream';
  }

  get way(): 'stream' | 'pages' {
    return this.#canStream && !this.#wasSilent ? 'stream' : 'pages';
  }

  /** The server will not stream: pages are to be tried at once. */
  isRefused({ listed, error }: Ending): boolean {
    if (this.way === 'pages' || listed || !isApiError(error, 'Invalid')) return false;
    this.#canStream = false;
    return true;
  }

  /** A server that does not know streams may not say so, but wait: pages are tried until they have come. */
  told({ listed, silentMs }: Ending): void {
    if (listed) this.#wasSilent = false;
    else if (silentMs >= patienceMs) this.#wasSilent = true;
  }
}

const ways = { stream, pages };

/** A list in pages, then a watch. */
async function pages<T extends KubeObject>(options: FollowOptions<T>): Promise<Ending> {
  const { api, type, view, signal, atMost } = options;
  view.beginList();
  try {
    takeOver(options, await listPages<T>(api, type, { ...selectionOf(options), signal }, atMost));
  } catch (error) {
    return { listed: false, heard: false, lifeMs: 0, silentMs: 0, error };
  }
  return watch(options);
}

/** A watch that begins with all objects. */
async function stream<T extends KubeObject>(options: FollowOptions<T>): Promise<Ending> {
  const { type, view, clock, atMost } = options;
  view.beginList();
  const limit = new AbortController();
  const events = open(options, { sendInitialEvents: true }, limit.signal);
  try {
    takeOver(options, await collectInitialEvents(type, events, clock, () => limit.abort(), atMost));
  } catch (error) {
    const silentMs = limit.signal.aborted ? patienceMs : 0;
    limit.abort();
    await events.return?.();
    return { listed: false, heard: false, lifeMs: 0, silentMs, error };
  }
  return consume(options, events, true);
}

async function watch<T extends KubeObject>(options: FollowOptions<T>): Promise<Ending> {
  return consume(options, open(options, { resourceVersion: options.view.position ?? '0' }), false);
}

function open<T extends KubeObject>(
  options: FollowOptions<T>,
  start: Pick<WatchOptions, 'resourceVersion' | 'sendInitialEvents'>,
  limit?: AbortSignal,
): AsyncIterator<WatchEvent<T>> {
  const { api, type, random } = options;
  const signal = limit === undefined ? options.signal : AbortSignal.any([options.signal, limit]);
  const timeoutSeconds = Math.round(watchSeconds.min + random.next() * (watchSeconds.max - watchSeconds.min));
  options.measure.watched();
  return api.watch<T>(type, { ...selectionOf(options), ...start, timeoutSeconds, signal })[Symbol.asyncIterator]();
}

/** One swap for the whole list: readers never see half of it. */
function takeOver<T extends KubeObject>(options: FollowOptions<T>, { items, resourceVersion }: CompleteList<T>): void {
  const { view, measure, log } = options;
  options.onChanges(view.replace(items, resourceVersion));
  measure.listed();
  measure.heard();
  log.debug({ objects: items.length, resourceVersion }, 'listed');
  options.onProblem(undefined);
  options.onSynced();
}

async function consume<T extends KubeObject>(
  options: FollowOptions<T>,
  events: AsyncIterator<WatchEvent<T>>,
  wasHeard: boolean,
): Promise<Ending> {
  const { view, clock, signal, measure, atMost = mostListed } = options;
  const startMs = clock.monotonicMs();
  let heardMs = startMs;
  let heard = wasHeard;
  const ending = (error?: unknown): Ending => {
    const nowMs = clock.monotonicMs();
    return { listed: true, heard, lifeMs: nowMs - startMs, silentMs: nowMs - heardMs, error };
  };
  try {
    for await (const event of { [Symbol.asyncIterator]: () => events }) {
      if (signal.aborted) break;
      if (!heard) options.onProblem(undefined);
      heard = true;
      heardMs = clock.monotonicMs();
      measure.heard();
      const change = view.apply(event);
      if (change !== undefined) options.onChanges([change]);
      if (view.store.size > atMost.objects) throw tooMuch(options.type, atMost);
    }
    heard = true;
    options.onProblem(undefined);
    return ending();
  } catch (error) {
    return ending(error);
  }
}

function selectionOf<T extends KubeObject>({ namespace, labelSelector, fieldSelector }: FollowOptions<T>) {
  return { namespace, labelSelector, fieldSelector };
}

/** The watch lived for long and was given up because nothing came any more. */
function fellSilent({ silentMs, error }: Ending): boolean {
  return silentMs >= silentAfterMs && isInterruption(error);
}

/**
 * A watch that had nothing to tell was cut after a while, as proxies do with connections that are idle: the list that
 * follows tells whether the server is there.
 */
function brokeInSilence({ listed, heard, lifeMs, error }: Ending): boolean {
  return listed && !heard && lifeMs >= healthyAfterMs && isInterruption(error);
}

/** The connection broke, but nothing says that the watch cannot go on where it was. */
function isInterruption(error: unknown): boolean {
  return isApiError(error, 'Unavailable') && error.status === 0;
}

/** The server has no such kind, or it is not for us. */
function isRefusal(error: unknown): boolean {
  return isApiError(error, 'NotFound') || isApiError(error, 'Forbidden');
}

function retryAfterMs(error: unknown): number {
  return isApiError(error) ? (error.retryAfterMs ?? 0) : 0;
}

/** One warning when following fails; what comes after it until it works again is detail. */
function report<T extends KubeObject>(
  options: FollowOptions<T>,
  ending: Ending,
  failures: number,
  waitMs: number,
): void {
  const { error, heard } = ending;
  if (error !== undefined) options.measure.failed();
  if (error !== undefined && !heard && !brokeInSilence(ending)) options.onProblem(asApiError(options.type, error));
  const level = error !== undefined && failures === 1 ? 'warn' : 'debug';
  const message = error === undefined ? 'the server ended the watch early' : 'the watch or list failed';
  options.log[level]({ err: error, failures, waitMs: Math.round(waitMs) }, `${message}, trying again`);
}

function asApiError(type: ResourceType, error: unknown): ApiError {
  if (isApiError(error)) return error;
  const operation = `follow ${describeTarget(type)}`;
  const message = error instanceof Error ? error.message : String(error);
  return new ApiError(`${operation}: ${message}`, { code: 'Unexpected', status: 0, operation, cause: error });
}
