import { FakeClock, silentLogger } from '@leafway/reconciler/testing';
import { describe, expect, it } from 'vitest';
import { fakeExec } from '../testing/fake-exec.ts';
import { decodeOrder, encodeReport, type ProbeReport } from './lines.ts';
import { createProber } from './prober.ts';

const milan = { remoteClusterID: 'milan', address: '10.71.0.0', mtu: 1340 };
const report: ProbeReport = { remoteClusterID: 'milan', small: 'Passed', large: 'Passed', mtu: 1340 };

function start() {
  const clock = new FakeClock();
  const { exec, children } = fakeExec();
  const reports: ProbeReport[] = [];
  const silent: string[] = [];
  const prober = createProber({
    exec,
    clock,
    log: silentLogger,
    namespace: 'node-rome',
    clusterID: 'rome',
    address: '10.244.0.0',
    onReport: (each) => reports.push(each),
    onSilence: (ids) => silent.push(...ids),
  });
  const orders = (index = 0) => children[index]?.heard.map(decodeOrder);
  return { clock, children, reports, silent, prober, orders };
}

describe('a prober', () => {
  it('tells its process of peers when something about them changes', () => {
    const { prober, orders } = start();
    prober.ensure(milan);
    prober.ensure(milan);
    prober.setConnected('milan', true);
    prober.setConnected('milan', true);
    prober.ensure({ ...milan, mtu: 1400 });
    prober.forget('milan');
    prober.forget('milan');
    expect(orders()).toEqual([
      { ...milan, isConnected: false },
      { ...milan, isConnected: true },
      { ...milan, mtu: 1400, isConnected: true },
      { forget: 'milan' },
    ]);
  });

  it('remembers that a tunnel is connected before it knows the name of the peer', () => {
    const { prober, orders } = start();
    prober.setConnected('milan', true);
    prober.ensure(milan);
    expect(orders()).toEqual([{ ...milan, isConnected: true }]);
  });

  it('tells a process that was started again of all peers', async () => {
    const { clock, children, prober, orders } = start();
    prober.ensure(milan);
    prober.ensure({ ...milan, remoteClusterID: 'paris' });
    prober.setConnected('milan', true);
    children[0]?.end();
    await clock.advance(500);
    expect(orders(1)).toEqual([
      { ...milan, isConnected: true },
      { ...milan, remoteClusterID: 'paris', isConnected: false },
    ]);
  });

  it('says of which peers nothing is known when its process hangs', async () => {
    const { clock, children, prober, silent } = start();
    prober.ensure(milan);
    await clock.advance(16_000);
    expect([silent, children.length]).toEqual([['milan'], 2]);
  });

  it('passes reports on, but none of a tunnel that fell silent while they were on their way', () => {
    const { children, prober, reports } = start();
    prober.ensure(milan);
    prober.setConnected('milan', true);
    children[0]?.print(encodeReport(report).trimEnd());
    prober.setConnected('milan', false);
    children[0]?.print(encodeReport(report).trimEnd());
    expect(reports).toEqual([report]);
  });
});
