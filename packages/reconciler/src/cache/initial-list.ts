import { ApiError } from '../api/errors.ts';
import type { KubeObject, ListOptions, ResourceType, WatchEvent } from '../api/kube-api.ts';
import { describeTarget } from '../api/paths.ts';
import { unexpected } from '../api/translate.ts';
import type { Clock } from '../ports/clock.ts';
import { Listing, type ListLimits } from './listing.ts';
import type { ReadingApi } from './reduced.ts';

/** All objects that are selected, as they were at one moment. */
export interface CompleteList<T> {
  readonly items: readonly T[];
  readonly resourceVersion: string;
}

const pageSize = 500;
/** A server that says nothing for so long while it should send objects does not know what it was asked for. */
export const patienceMs = 10_000;

/** All pages of a list. Throws when there is no end to them. */
export async function listPages<T extends KubeObject>(
  api: ReadingApi,
  type: ResourceType,
  selection: ListOptions,
  limits?: ListLimits,
): Promise<CompleteList<T>> {
  const listing = new Listing<T>(type, limits);
  let next: string | undefined;
  let resourceVersion: string;
  do {
    const page = await api.list<T>(type, { ...selection, limit: pageSize, continue: next });
    listing.addPage(page.items, page.bytes);
    ({ resourceVersion, continue: next } = page);
  } while (next !== undefined);
  selection.signal?.throwIfAborted();
  return { items: listing.items, resourceVersion };
}

/**
 * Reads the objects with which a watch begins, and leaves the rest of it to the caller. Throws when the watch ends,
 * falls silent or goes on without end before they are complete; `giveUp` is to end the watch.
 */
export async function collectInitialEvents<T extends KubeObject>(
  type: ResourceType,
  events: AsyncIterator<WatchEvent<T>>,
  clock: Clock,
  giveUp: () => void,
  limits?: ListLimits,
): Promise<CompleteList<T>> {
  const operation = `watch ${describeTarget(type)}`;
  const listing = new Listing<T>(type, limits);
  for (;;) {
    const next = await patiently(operation, clock, giveUp, () => events.next());
    if (next.done) throw unexpected(operation, 'the watch ended before all objects had come');
    const event = next.value;
    if (event.type === 'DELETED') listing.delete(event.object);
    else if (event.type !== 'BOOKMARK') listing.add([event.object], event.bytes);
    else if (event.endsInitialEvents) return { items: listing.items, resourceVersion: event.resourceVersion };
  }
}

async function patiently<R>(operation: string, clock: Clock, giveUp: () => void, wait: () => Promise<R>): Promise<R> {
  let isLate = false;
  const cancel = clock.setTimer(patienceMs, () => {
    isLate = true;
    giveUp();
  });
  try {
    return await wait();
  } catch (cause) {
    if (!isLate) throw cause;
    const message = `${operation}: nothing for ${patienceMs / 1000} s, and not all objects have come`;
    throw new ApiError(message, { code: 'Unavailable', status: 0, operation, cause });
  } finally {
    cancel();
  }
}
