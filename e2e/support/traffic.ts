import { directAddress, type RunningLab } from '@leafway/lab';
import { type FetchFacts, fetchAndCount, fetchFromPod } from 'leafway/demo';
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
