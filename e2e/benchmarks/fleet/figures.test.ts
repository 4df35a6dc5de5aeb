import { describe, expect, it } from 'vitest';
import { fleetFigures, fleetHeadline } from './figures.ts';
import type { RealFacts } from './real/run-real.ts';
import { reportFleet } from './report.ts';
import type { IsolationFacts, SimulatedFacts } from './simulated/facts.ts';

const calm: IsolationFacts = { aloneMs: [40, 50, 60], besideMs: [50, 55, 60], requestsInOneSecond: 4 };

function simulated(shortcuts: number, over: Partial<SimulatedFacts> = {}): SimulatedFacts {
  return {
    size: { leaves: 20, shortcuts },
    build: { seconds: 3, requestsPerShortcut: 12 },
    operations: { readyMs: 20, goneMs: 10, requestsToReady: 11, requestsToGone: 9 },
    steady: { seconds: 20, requests: 0, idleCpuPercent: 0.1, renewalUs: 5 },
    cold: { seconds: 2, requests: 50, objects: 1_000 },
    memory: { cachesMibPer10k: 6, operatorMib: 90 },
    isolation: { hung: calm, failing: calm },
    ...over,
  };
}

const real: RealFacts = {
  size: { leaves: 20, shortcuts: 100 },
  seconds: 30,
  requestsPerShortcut: 15,
  writesOnLeavesPerShortcut: 8,
  steady: { seconds: 60, requests: 0 },
  controllerMib: 150,
  isolation: { aloneMs: [700, 800, 900], besideMs: [720, 800, 880] },
};

describe('the figures of a fleet', () => {
  it('compare what a shortcut costs beside many with what it costs beside few', () => {
    const operations = { readyMs: 20, goneMs: 10, requestsToReady: 21, requestsToGone: 9 };
    const figures = fleetFigures({ real, few: simulated(20), many: simulated(100, { operations }) });
    expect(figures.requestsRatio).toBe(1.5);
    expect(figures.aims.filter(({ met }) => !met).map(({ what }) => what)).toEqual([
      'requests for one shortcut, beside many / beside few',
    ]);
  });

  it('miss their aims by leaves that are out of order, and by one request in the quiet', () => {
    const isolation = { ...real.isolation, besideMs: [900, 1_000, 1_100] };
    const hung = { ...calm, besideMs: [80, 90, 100], requestsInOneSecond: 11 };
    const many = simulated(100, { isolation: { hung, failing: calm } });
    const figures = fleetFigures({
      real: { ...real, isolation, steady: { seconds: 60, requests: 1 } },
      few: simulated(20),
      many,
    });
    expect(figures.aims.filter(({ met }) => !met)).toHaveLength(4);
    expect(fleetHeadline(figures)).toMatchObject({ fleetHungRatio: 1.25, fleetRequestsRatio: 1 });
    expect(figures.realIsolation).toMatchObject({ ratio: 1.25, low: 1_100 / 900, high: 900 / 700, pairs: 3 });
    expect(reportFleet(figures).join('\n')).toContain('hangs: 90 ms (p95 99 ms), alone 50 ms; it got');
  });
});
