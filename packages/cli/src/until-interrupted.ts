import { LabError } from '@leafway/lab';

/**
 * Waits for work that cannot be stopped, but no longer than until the user interrupts: then what was started can be
 * ended.
 * @throws LabError `LAB_INTERRUPTED` when the signal aborts first.
 */
export function untilInterrupted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const interrupt = (): void => reject(new LabError('LAB_INTERRUPTED', 'interrupted'));
    if (signal.aborted) interrupt();
    signal.addEventListener('abort', interrupt, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', interrupt));
  });
}
