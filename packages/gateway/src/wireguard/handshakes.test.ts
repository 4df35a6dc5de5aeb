import { FakeClock } from '@leafway/reconciler/testing';
import { describe, expect, it } from 'vitest';
import { createHandshakes } from './handshakes.ts';

/** Asks as often as it is told to, and tells when the handshake was restarted. */
async function drive(connectedAtMs = Number.POSITIVE_INFINITY): Promise<number[]> {
  const clock = new FakeClock();
  const handshakes = createHandshakes(clock);
  const restarts: number[] = [];
  handshakes.begin('milan');
  for (;;) {
    const next = handshakes.next('milan', clock.monotonicMs() >= connectedAtMs);
    if (next === undefined) return restarts;
    if (next.restart) restarts.push(Math.round(clock.monotonicMs()));
    await clock.advance(next.waitMs);
  }
}

describe('handshakes', () => {
  it('are restarted at growing distances for some seconds, then left to WireGuard', async () => {
    const restarts = await drive();
    expect(restarts).toHaveLength(6);
    expect(restarts[0]).toBe(200);
    expect(restarts.at(-1)).toBeLessThan(6_000);
  });

  it('are left alone as soon as the tunnel is connected', async () => {
    expect(await drive(300)).toEqual([200]);
  });

  it('are not restarted without a reason', () => {
    expect(createHandshakes(new FakeClock()).next('milan', false)).toBeUndefined();
  });
});
