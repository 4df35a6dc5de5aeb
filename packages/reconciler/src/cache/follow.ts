import { ApiError, isApiError } from '../api/errors.ts';
import type { KubeObject, ResourceType } from '../api/kube-api.ts';
import { describeTarget } from '../api/paths.ts';
import { unexpected } from '../api/translate.ts';
import { backOffMs } from '../ports/back-off.ts';
import { sleep } from '../ports/clock.ts';
import type { CacheMetrics } from './cache-metrics.ts';
import type { CacheOptions } from './cache-options.ts';
import type { Change, View } from './view.ts';

export interface FollowOptions<T extends KubeObject> extends CacheOptions<T> {
  readonly view: View<T>;
  readonly signal: AbortSignal;
  readonly measure: CacheMetrics;
  readonly onChanges: (changes: readonly Change<T>[]) => void;
  readonly onSynced: () => void;
  readonly onProblem: (problem: ApiError | undefined) => void;
}

const pageSize = 500;
/** A server that always has one page more must not fill the memory. Its pages may be smaller than asked for. */
const mostListed = { objects: 100_000, pages: 1_000 };
const backOff = { minMs: 800, maxMs: 30_000 };
/** A watch that lived this long and was heard, or ended properly, makes earlier failures forgotten. */
const healthyAfterMs = 5_000;

/** Longer than it takes to find out that a server does not answer at all. */
const silentAfterMs = 60_000;

/** Jittered, so that many caches do not all reopen their watches at once. */
const watchSeconds = { min: 300, max: 600 };

/** How one watch, or the list before it, ended. */
interface Ending {
  /** The server sent something, or ended the watch as it should. */
  readonly heard: boolean;
  readonly lifeMs: number;
  readonly error?: unknown;
}

/**
 * Keeps the view current until the signal aborts: a list, then watches that go on from each other, and a new list
 * whenever something may have been missed. Never gives up and never rejects.
 */
export async function follow<T extends KubeObject>(options: FollowOptions<T>): Promise<void> {
  const { clock, random, signal } = options;
  let failures = 0;
  let mustList = true;
  while (!signal.aborted) {
    const ending: Ending = mustList ? await listThenWatch(options) : await watch(options);
    if (signal.aborted) return;
    mustList = ending.error !== undefined && !(ending.heard && isInterruption(ending.error));
    const healthy = ending.heard && ending.lifeMs >= healthyAfterMs;
    if (healthy) failures = 0;
    if (healthy && ending.error === undefined) continue;
    // A server has nothing to say about a kind that nobody changes: the list that follows tells whether it is there.
    if (fellSilent(ending)) continue;

    failures += 1;
    const waitMs = Math.max(backOffMs(failures, backOff, random), retryAfterMs(ending.error));
    report(options, ending, failures, waitMs);
    await sleep(clock, waitMs, signal);
  }
}

async function listThenWatch<T extends KubeObject>(options: FollowOptions<T>): Promise<Ending> {
  try {
    await list(options);
  } catch (error) {
    return { heard: false, lifeMs: 0, error };
  }
  options.onProblem(undefined);
  options.onSynced();
  return watch(options);
}

/** All pages first, then one swap: readers never see half a list. Throws when there is no end to the pages. */
async function list<T extends KubeObject>(options: FollowOptions<T>): Promise<void> {
  const { api, type, namespace, labelSelector, fieldSelector, view, signal, log } = options;
  view.beginList();
  const items: T[] = [];
  let next: string | undefined;
  let resourceVersion: string;
  let pages = 0;
  do {
    const query = { namespace, labelSelector, fieldSelector, limit: pageSize, continue: next, signal };
    const page = await api.list<T>(type, query);
    pages += 1;
    if (items.length + page.items.length > mostListed.objects || pages > mostListed.pages) throw tooLong(options);
    items.push(...page.items);
    ({ resourceVersion, continue: next } = page);
  } while (next !== undefined);
  signal.throwIfAborted();
  options.onChanges(view.replace(items, resourceVersion));
  options.measure.listed();
  options.measure.heard();
  log.debug({ objects: items.length, resourceVersion }, 'listed');
}

function tooLong<T extends KubeObject>({ type, namespace }: FollowOptions<T>): ApiError {
  const { objects, pages } = mostListed;
  const message = `the list goes on after ${objects} objects or ${pages} pages: follow fewer, by namespace or selector`;
  return unexpected(`list ${describeTarget(type, { namespace })}`, message);
}

async function watch<T extends KubeObject>(options: FollowOptions<T>): Promise<Ending> {
  const { api, type, namespace, labelSelector, fieldSelector, view, clock, random, signal } = options;
  const startMs = clock.monotonicMs();
  const timeoutSeconds = Math.round(watchSeconds.min + random.next() * (watchSeconds.max - watchSeconds.min));
  let heard = false;
  options.measure.watched();
  try {
    const resourceVersion = view.position ?? '0';
    const query = { namespace, labelSelector, fieldSelector, resourceVersion, timeoutSeconds, signal };
    for await (const event of api.watch<T>(type, query)) {
      if (signal.aborted) break;
      if (!heard) options.onProblem(undefined);
      heard = true;
      options.measure.heard();
      const change = view.apply(event);
      if (change !== undefined) options.onChanges([change]);
    }
    options.onProblem(undefined);
    return { heard: true, lifeMs: clock.monotonicMs() - startMs };
  } catch (error) {
    return { heard, lifeMs: clock.monotonicMs() - startMs, error };
  }
}

/** The watch was opened, lived for long, and never heard anything until it was given up. */
function fellSilent({ heard, lifeMs, error }: Ending): boolean {
  return !heard && lifeMs >= silentAfterMs && isInterruption(error);
}

/** The connection broke, but nothing says that the watch cannot go on where it was. */
function isInterruption(error: unknown): boolean {
  return isApiError(error, 'Unavailable') && error.status === 0;
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
  if (error !== undefined && !heard) options.onProblem(asApiError(options.type, error));
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
