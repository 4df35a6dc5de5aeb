import { directAddress, type RunningLab } from '@leafway/lab';
import { type FetchFacts, fetchAndCount, fetchFromPod, watchFromPod } from 'leafway/demo';
import { expect } from 'vitest';

/**
 * Fetches 1 MiB from one leaf to another over their own tunnel. By what the kernel counted: one tunnel, nothing through
 * the centre; by what the server saw: the client under the name that the server's side gives it.
 */
export async function expectDirect(lab: RunningLab, from: string, to: string): Promise<FetchFacts> {
  const facts = await fetchAndCount(lab, await directAddress(lab, { from, to, pod: 'web' }), { from, to });
  expect(facts.path).toEqual([from, to]);
  expect(facts.bytesThroughCentre).toBe(0);
  expect(facts.seenAs).toBe(await directAddress(lab, { from: to, to: from, pod: 'client' }));
  return facts;
}

/** The address does not answer from that leaf. */
export async function expectNoAnswer(lab: RunningLab, from: string, address: string): Promise<void> {
  await expect(fetchFromPod(lab, `${from}/client`, `http://${address}`, 1)).rejects.toThrow();
}

/** One byte over the direct path, at the first attempt. */
export async function expectPacket(lab: RunningLab, from: string, to: string): Promise<void> {
  const address = await directAddress(lab, { from, to, pod: 'web' });
  expect((await fetchFromPod(lab, `${from}/client`, `http://${address}`, 1)).received).toBe(1);
}

/** The same, at the latest after half a minute: after a gateway was made anew. */
export async function expectPacketSoon(lab: RunningLab, from: string, to: string): Promise<void> {
  await expect.poll(() => expectPacket(lab, from, to).then(() => true, String), { timeout: 30_000 }).toBe(true);
}

/** Sends datagrams from each of two leaves to the other over their own tunnel; resolves when they flow. */
export async function watchBothWays(
  lab: RunningLab,
  a: string,
  b: string,
  everyMs?: number,
): Promise<{ finish(): Promise<Losses> }> {
  const start = async (from: string, to: string) =>
    watchFromPod(lab, `${from}/client`, await directAddress(lab, { from, to, pod: 'web' }), everyMs);
  const watches = await Promise.all([start(a, b), start(b, a)]);
  await Promise.all(watches.map(({ flowing }) => flowing));
  return {
    finish: async () => {
      const results = await Promise.all(watches.map((watch) => watch.finish()));
      const sent = results.reduce((sum, result) => sum + result.sent, 0);
      const answered = results.reduce((sum, result) => sum + result.answered, 0);
      const longestSilenceMs = Math.max(...results.map((result) => result.longestSilenceMs));
      return { sent, lost: sent - answered, longestSilenceMs };
    },
  };
}

/** Datagrams that were sent, and those of them that nobody answered. */
export interface Losses {
  readonly sent: number;
  readonly lost: number;
  /** The longest time in which no answer came to one of the two. */
  readonly longestSilenceMs: number;
}

/** Some were sent, and all of them were answered. */
export function expectNoLoss({ sent, lost }: Losses): void {
  expect(sent).toBeGreaterThan(0);
  expect(lost).toBe(0);
}
