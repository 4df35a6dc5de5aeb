import { type Cache, isApiError, type KubeObject } from '@leafway/reconciler';

/** Liqo may come to a cluster later: what it brings is looked for so often where it is not there. */
export const lookAgainMs = 300_000;

type Followed = Pick<Cache<KubeObject>, 'run' | 'synced' | 'problem' | 'onProblem'>;

/** The server does not have that kind, or does not show it to us: asking again would be of no use for now. */
export function isRefused({ problem }: Pick<Followed, 'problem'>): boolean {
  return isApiError(problem, 'NotFound') || isApiError(problem, 'Forbidden');
}

/** Whether it is known what there is, or that it will not be known soon: nobody needs to wait for it any longer. */
export function isSettled(cache: Pick<Followed, 'synced' | 'problem'>): boolean {
  return cache.synced || cache.problem !== undefined;
}

/** Runs a cache that nothing depends on, until the signal aborts or the server refuses it. Never rejects. */
export async function runUnlessRefused(cache: Followed, signal: AbortSignal): Promise<void> {
  const stop = new AbortController();
  const forget = cache.onProblem(() => {
    if (isRefused(cache)) stop.abort();
  });
  await cache.run(AbortSignal.any([signal, stop.signal]));
  forget();
}
