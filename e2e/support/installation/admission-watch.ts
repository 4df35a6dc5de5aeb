import { setTimeout as sleep } from 'node:timers/promises';
import { aShortcut, pathOf } from '../admission/admission-fleet.ts';
import type { RawApi, RawRequest } from '../objects/raw-api.ts';

/** What came of the objects that were tried all the time. */
export interface AdmissionRecord {
  readonly tried: number;
  /** Every answer that was not the webhook's own, or not the right one. */
  readonly wrong: readonly string[];
}

export interface AdmissionWatch {
  /** Resolves when so many more were tried. */
  reach(more: number): Promise<void>;
  finish(): Promise<AdmissionRecord>;
}

/** How often objects are tried. */
const periodMs = 100;

/** Only the webhook knows that there is no such leaf. */
const bad: RawRequest = {
  method: 'POST',
  path: `${pathOf.VirtualNodeShortcut}?dryRun=All`,
  body: aShortcut('bad', ['rome', 'nowhere']),
};
const refusal = /there is no LeafCluster "nowhere"/;

/**
 * Tries a bad object, and a good change of the shortcut `existing`, ten times a second until it is told to end. One
 * that the webhook did not judge is lost: the API server refuses it for want of an answer, or lets it in.
 */
export function watchAdmission(api: RawApi, existing: string): AdmissionWatch {
  const stop = new AbortController();
  const pending: Promise<void>[] = [];
  const wrong: string[] = [];
  let tried = 0;
  const good = (mtu: number): RawRequest => ({
    method: 'PATCH',
    path: `${pathOf.VirtualNodeShortcut}/${existing}?dryRun=All`,
    contentType: 'application/merge-patch+json',
    body: { spec: { gateway: { mtu } } },
  });
  const probe = async (): Promise<void> => {
    const [refused, accepted] = await Promise.all([api.send(bad), api.send(good(1_280 + (tried % 50)))]);
    if (!refusal.test(refused.message)) wrong.push(`bad object: ${refused.status} ${refused.message}`);
    if (accepted.status !== 200) wrong.push(`good change: ${accepted.status} ${accepted.message}`);
    tried += 1;
  };
  const running = (async () => {
    while (!stop.signal.aborted) {
      // An answer may take longer than the period: the next is sent all the same.
      pending.push(probe().catch((error: unknown) => void wrong.push(String(error))));
      await sleep(periodMs);
    }
  })();
  return {
    reach: async (more) => {
      const goal = tried + more;
      while (tried < goal) await sleep(periodMs);
    },
    finish: async () => {
      stop.abort();
      await running;
      await Promise.all(pending);
      return { tried, wrong };
    },
  };
}
