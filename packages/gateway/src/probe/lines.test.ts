import { describe, expect, it } from 'vitest';
import { decodeOrder, decodeReport, encodeOrder, encodeReport, type ProbeOrder, type ProbeReport } from './lines.ts';

describe('a line between the agent and the probe process', () => {
  it.each<ProbeOrder>([
    { remoteClusterID: 'milan', address: '10.71.0.0', mtu: 1340, isConnected: true },
    { forget: 'milan' },
  ])('gives an order: %o', (order) => {
    expect(decodeOrder(encodeOrder(order))).toEqual(order);
  });

  it('gives a report', () => {
    const report: ProbeReport = { remoteClusterID: 'milan', small: 'Passed', large: 'Failed', mtu: 1340 };
    expect(decodeReport(encodeReport(report).trimEnd())).toEqual(report);
  });

  it.each(['', 'milan', 'milan {}', ' {"small":"Passed","large":"Passed","mtu":1340}'])(
    'is no report when it says something else: %s',
    (line) => {
      expect(decodeReport(line)).toBeUndefined();
    },
  );
});
