import { describe, expect, it } from 'vitest';
import type { RequestCount } from '../audit/count-requests.ts';
import { connectFigures, connectHeadline, medianRows } from './figures.ts';
import { reportConnect } from './report.ts';
import type { ConnectSample } from './sample.ts';

const counted = (total: number, writesOnLeaves: number): RequestCount => ({
  total,
  writesOnLeaves,
  rows: [{ cluster: 'central', verb: 'patch', resource: 'virtualnodeshortcuts/status', count: total }],
  watches: 0,
  leases: 1,
});

const sample = (over: Partial<ConnectSample> = {}): ConnectSample => ({
  setting: 'absent',
  readyMs: 500,
  goneMs: 100,
  controller: counted(18, 8),
  agents: counted(20, 4),
  webhook: counted(0, 0),
  trailing: counted(1, 0),
  ...over,
});
const present = sample({ setting: 'present', controller: counted(16, 6) });

describe('the figures of connect', () => {
  it('stand at the top for shortcuts that make their namespaces, as medians', () => {
    const samples = [sample({ readyMs: 400 }), sample({ readyMs: 626 }), sample({ readyMs: 900 }), present];
    const figures = connectFigures(samples);
    expect(connectHeadline(figures)).toEqual({ readyMs: 626, requestsPerShortcut: 18, writesPerShortcut: 8 });
    expect(figures.ratios.ready).toBeCloseTo(0.1);
  });

  it('meet their aims up to the last request, and miss them past it', () => {
    const judged = (absent: ConnectSample): boolean[] => connectFigures([absent, present]).aims.map(({ met }) => met);
    expect(judged(sample())).toEqual([true, true, true, true, true]);
    expect(judged(sample({ readyMs: 2_505 }))).toEqual([false, true, true, true, true]);
    expect(judged(sample({ controller: counted(19, 9) }))).toEqual([true, false, false, true, true]);
  });

  it('are never made from one setting alone', () => {
    expect(() => connectFigures([sample()])).toThrow(RangeError);
  });

  it('tell in words what was measured, and what was measured elsewhere', () => {
    const text = reportConnect(connectFigures([sample(), present])).join('\n');
    expect(text).toMatch(/create → Ready +500 ms/);
    expect(text).toMatch(/central {2}patch virtualnodeshortcuts\/status +18 +16/);
    expect(text).toContain('constants, measured elsewhere');
    expect(text).toContain('✓ met     requests: 18, aim at most 18');
  });
});

describe('the split of the middle run', () => {
  it('counts a request that some runs did not make as none there', () => {
    const row = { cluster: 'rome', verb: 'get', resource: 'secrets' };
    const run = (count: number): RequestCount => ({
      ...counted(count, 0),
      rows: count === 0 ? [] : [{ ...row, count }],
    });
    expect(medianRows([run(3), run(0), run(1)])).toEqual([{ ...row, count: 1 }]);
  });
});
