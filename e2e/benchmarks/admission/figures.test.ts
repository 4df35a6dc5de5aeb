import { describe, expect, it } from 'vitest';
import type { CreateSample } from './creating/run-creating.ts';
import { type AdmissionSamples, admissionFigures, admissionHeadline } from './figures.ts';
import type { FleetSample } from './index/run-index.ts';
import { reportAdmission } from './report.ts';
import type { ServingSample } from './serving/run-serving.ts';

function aFleet(shortcuts: number, meanUs: readonly number[], mib: { leaves: number; shortcuts: number }): FleetSample {
  return {
    size: { leaves: 2_000, shortcuts },
    load: { loadMs: 900, leavesMib: mib.leaves, shortcutsMib: mib.shortcuts },
    decisions: meanUs.map((mean) => ({ meanUs: mean, p99Us: 3 * mean, wrong: 0 })),
    prefixes: meanUs.map(() => ({ meanNs: 90, farNs: 300 })),
    changes: meanUs.map(() => ({ addUs: 4, updateUs: 3, removeUs: 2 })),
  };
}

const served = (side: 'ours' | 'go', inFlight: number, perSecond: number, p99Ms: number): ServingSample => ({
  side,
  inFlight,
  perSecond,
  p50Ms: 1,
  p99Ms,
  maxMs: 20,
  cpuUs: 1e6 / perSecond,
  residentMib: side === 'ours' ? 200 : 30,
});

const created = (side: 'ours' | 'go', p99Ms: number): CreateSample => ({ side, p50Ms: 6, p99Ms, count: 200 });

/** By turns, A B B A, as they are taken. */
const samples: AdmissionSamples = {
  few: aFleet(100, [50, 52, 54], { leaves: 10, shortcuts: 1 }),
  many: aFleet(100_100, [60, 63, 65], { leaves: 60, shortcuts: 71 }),
  serving: [
    ...[
      served('ours', 32, 12_000, 5),
      served('go', 32, 10_000, 20),
      served('go', 32, 8_000, 20),
      served('ours', 32, 8_800, 5),
    ],
    ...[
      served('ours', 8, 9_000, 2),
      served('go', 8, 7_000, 8),
      served('go', 8, 7_000, 10),
      served('ours', 8, 9_000, 3),
    ],
  ],
  creates: [created('ours', 11), created('go', 10), created('ours', 13), created('go', 10)],
};

describe('the figures of admission', () => {
  const figures = admissionFigures(samples);

  it('stand at the top by the names that are followed over time', () => {
    const headline = admissionHeadline(figures);
    expect(headline).toEqual({
      throughputRatio: expect.closeTo(1.15),
      p99Ratio: expect.closeTo(0.275),
      createP99Ratio: expect.closeTo(1.2),
      decisionRatio100kTo100: expect.closeTo(1.204, 3),
      prefixCheckNs: 90,
      mibPer10k: expect.closeTo(7),
    });
  });

  it('compare what was taken one after the other, not the n-th in time', () => {
    expect(figures.throughputRatio).toMatchObject({ low: expect.closeTo(1.1), high: expect.closeTo(1.2), pairs: 2 });
  });

  it('tell the memory of names apart from that of the shortcuts', () => {
    expect(figures.namesMibPer10k).toBeCloseTo(5);
  });

  it('judge throughput by what it should be at least and everything else by what it may be at most', () => {
    expect(figures.aims.map(({ met }) => met)).toEqual([true, true, false, true, true, true]);
    const slower = {
      ...samples,
      serving: samples.serving.map((each) => ({ ...each, perSecond: each.side === 'ours' ? 1 : 2 })),
    };
    expect(admissionFigures(slower).aims[0]).toMatchObject({ measured: 0.5, atLeast: 1, met: false });
  });

  it('are told with the absolute figures of both sides', () => {
    const report = reportAdmission(figures).join('\n');
    expect(report).toMatch(/admissions per second +10400 \(8800 – 12000\) +9000 \(8000 – 10000\) +1\.15/);
    expect(report).toMatch(/✗ missed {2}p99 of a create .*: 1\.2, aim at most 1\.1/);
    expect(report).toMatch(/✓ met {5}throughput .*: 1\.15, aim at least 1/);
  });

  it('need samples of both sides', () => {
    expect(() => admissionFigures({ ...samples, creates: samples.creates.slice(1) })).toThrow('1 samples against 2');
  });
});
