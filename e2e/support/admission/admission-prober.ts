import { setTimeout as sleep } from 'node:timers/promises';
import type { RawApi, RawRequest } from '../objects/raw-api.ts';
import { aShortcut, pathOf } from './admission-fleet.ts';

/** What came of the requests that were sent all the time. */
export interface ProbeCounts {
  /** How often a bad object was tried. */
  readonly tried: number;
  /** How often it was stored. */
  readonly badStored: number;
  /** Writes of another kind that were refused, in the API server's words. */
  readonly othersRefused: readonly string[];
}

export interface AdmissionProber {
  /** Whether a good object is accepted now; else why not. Asked as a dry run. */
  goodRefusal(): Promise<string | undefined>;
  /** Ends it. */
  finish(): Promise<ProbeCounts>;
}

/** How often a bad object is tried. */
const periodMs = 100;

/** Only the webhook knows what is wrong with it. */
const bad: RawRequest = {
  method: 'POST',
  path: pathOf.VirtualNodeShortcut,
  body: aShortcut('bad', ['rome', 'nowhere']),
};

const good: RawRequest = {
  method: 'POST',
  path: `${pathOf.VirtualNodeShortcut}?dryRun=All`,
  body: aShortcut('good', ['rome', 'milan']),
};

const other: RawRequest = {
  method: 'POST',
  path: '/api/v1/namespaces/default/configmaps?dryRun=All',
  body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'prober' } },
};

/** Tries a bad object, and one of another kind, ten times a second until it is told to end. */
export function startProber(api: RawApi): AdmissionProber {
  const stop = new AbortController();
  const pending: Promise<void>[] = [];
  const othersRefused: string[] = [];
  let [tried, badStored] = [0, 0];
  const probe = async (): Promise<void> => {
    const [answer, otherAnswer] = await Promise.all([api.send(bad), api.send(other)]);
    tried += 1;
    if (answer.status < 300) badStored += 1;
    if (otherAnswer.status >= 300) othersRefused.push(`${otherAnswer.status} ${otherAnswer.message}`);
  };
  const running = (async () => {
    while (!stop.signal.aborted) {
      // An answer may take longer than the period: the next is sent all the same.
      pending.push(probe().catch((error: unknown) => void othersRefused.push(String(error))));
      await sleep(periodMs);
    }
  })();
  return {
    goodRefusal: async () => {
      const { status, message } = await api.send(good);
      return status < 300 ? undefined : `${status} ${message}`;
    },
    finish: async () => {
      stop.abort();
      await running;
      await Promise.all(pending);
      return { tried, badStored, othersRefused };
    },
  };
}
