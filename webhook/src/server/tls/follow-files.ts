import type { Clock, Logger } from '@leafway/reconciler';

/** What tells that files may have changed, and tells it too often rather than too seldom. */
export interface FolderWatch {
  /** Calls `onChange` for changes in a folder until the returned function is called. Throws when it cannot. */
  watch(folder: string, onChange: () => void, onError: (error: Error) => void): () => void;
}

export interface FollowFilesDependencies {
  readonly folders: FolderWatch;
  readonly clock: Clock;
  readonly log: Logger;
}

/** A Secret is exchanged by one link, but a person writes one file after the other: look when it is quiet. */
const settleMs = 100;

/** Not every file system tells of its changes. */
const pollMs = 10_000;

/**
 * Calls `look` soon after something changed in one of the folders, and every 10 s besides, until the signal aborts.
 * Folders are watched and not files, because the files of a mounted Secret are links through a link that is exchanged.
 */
export function followFiles(
  folders: readonly string[],
  look: () => Promise<void>,
  signal: AbortSignal,
  { folders: port, clock, log }: FollowFilesDependencies,
): void {
  let cancelTimer = (): void => {};
  let [isLooking, isChanged] = [false, false];
  const closers: (() => void)[] = [];

  const schedule = (ms: number): void => {
    cancelTimer();
    if (!signal.aborted) cancelTimer = clock.setTimer(ms, () => void run());
  };
  const run = async (): Promise<void> => {
    [isLooking, isChanged] = [true, false];
    try {
      await look();
    } catch (err) {
      log.error({ err }, 'changed files could not be looked at');
    }
    isLooking = false;
    schedule(isChanged ? settleMs : pollMs);
  };
  const onChange = (): void => {
    isChanged = true;
    if (!isLooking) schedule(settleMs);
  };
  const onError = (err: unknown): void =>
    log.warn({ err }, `a folder cannot be watched: it is looked at every ${pollMs / 1000} s`);

  for (const folder of new Set(folders)) {
    try {
      closers.push(port.watch(folder, onChange, onError));
    } catch (err) {
      onError(err);
    }
  }
  const stop = (): void => {
    cancelTimer();
    for (const close of closers) close();
  };
  signal.addEventListener('abort', stop, { once: true });
  schedule(pollMs);
}
