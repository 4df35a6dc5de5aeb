import { describe, expect, it } from 'vitest';
import type { RequestCount } from '../audit/count-requests.ts';
import { type SteadySample, steadyFigures, steadyHeadline } from './figures.ts';
import { reportSteady } from './report.ts';

const none: RequestCount = { total: 0, writesOnLeaves: 0, rows: [], watches: 0, leases: 0 };
const oneGet: RequestCount = {
  ...none,
  total: 1,
  rows: [{ cluster: 'rome', verb: 'get', resource: 'secrets', count: 1 }],
};
const sample = (shortcuts: number, controller: RequestCount): SteadySample => ({
  shortcuts,
  seconds: 60,
  controller,
  agents: none,
  webhook: none,
});

describe('the figures of steady', () => {
  it('stand at the top for the most shortcuts, and miss their aim by the first request', () => {
    const figures = steadyFigures([sample(1, none), sample(3, oneGet)]);
    expect(steadyHeadline(figures)).toEqual({ steadyRequests: 1 });
    expect(figures.aims.map(({ met }) => met)).toEqual([true, false]);
  });

  it('name the requests that should not have been', () => {
    expect(reportSteady(steadyFigures([sample(1, none), sample(3, oneGet)])).join('\n')).toMatch(
      /rome {2}get secrets +0 +1/,
    );
    expect(reportSteady(steadyFigures([sample(1, none)])).join('\n')).not.toContain('the requests of the');
  });
});
