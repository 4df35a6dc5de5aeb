import { contains, parseAddress, parseCidr } from '@leafway/core';
import { describe, expect, it } from 'vitest';
import { type TrafficFacts, type TunnelRound, tunnelFigures, tunnelHeadline } from './figures.ts';
import { addresses, ends } from './link-plan.ts';
import { reportTunnel } from './report.ts';

const facts = (megabytesPerSecond: number, rttMs: number): TrafficFacts => ({
  megabytesPerSecond,
  rttMs,
  rttP99Ms: rttMs * 3,
});
/** A machine that gets slower and slower: the ratios stay. */
const rounds: TunnelRound[] = [1, 2, 4].map((slow) => ({
  raw: facts(200 / slow, 0.2 * slow),
  remap: facts(190 / slow, 0.21 * slow),
  centre: facts(100 / slow, 0.5 * slow),
  direct: facts(200 / slow, 0.25 * slow),
}));

describe('the figures of tunnel', () => {
  it('compare what was measured in the same round', () => {
    const { ratios } = tunnelFigures(rounds);
    expect(ratios.remapToRaw.throughput).toMatchObject({ ratio: 0.95, low: 0.95, high: 0.95, pairs: 3 });
    expect(ratios.directToCentre.rtt.ratio).toBeCloseTo(0.5);
    expect(tunnelHeadline(tunnelFigures(rounds))).toMatchObject({ remapThroughputRatio: 0.95, directRttRatio: 0.5 });
  });

  it('tell the spread beside each median', () => {
    const text = reportTunnel(tunnelFigures(rounds)).join('\n');
    expect(text).toMatch(/a link without rules +100\.0 \(75\.0 – 150\.0\)/);
    expect(text).toMatch(/direct \/ through the centre +2\.00 \(95 %: 2\.00 – 2\.00\) +0\.50 \(95 %: 0\.50 – 0\.50\)/);
  });
});

describe('the link that is built for it', () => {
  it('has ends that know each other: what one calls its pods is what the other sends to', () => {
    for (const [index, end] of ends.entries()) {
      const other = ends[index === 0 ? 1 : 0];
      expect(end.remote.real).toBe(other.podCIDR);
      expect(contains(parseCidr(end.podCIDR), parseCidr(`${end.podAddress}/32`))).toBe(true);
      expect(end.remote.name).not.toBe(end.remote.real);
    }
    expect(addresses.raw).toBe(ends[1].podAddress);
    expect(parseAddress(addresses.remap).text).toMatch(/^10\.204\./);
    expect(contains(parseCidr(ends[0].remote.name), parseCidr(`${addresses.remap}/32`))).toBe(true);
  });
});
