import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createKubeApi } from '../api/create-kube-api.ts';
import { systemClock, systemRandom } from '../ports/system.ts';
import { eventually } from '../testing/own/eventually.ts';
import type { RealServer } from '../testing/own/real-servers.ts';
import { findTools, startRealServer } from '../testing/own/real-servers.ts';
import { installWidgets, type Widget, widgets } from '../testing/own/widgets.ts';
import { silentLogger } from '../testing/silent-logger.ts';
import { createLeaderElection } from './create-leader-election.ts';
import type { LeaderElection } from './leader-election.ts';
import { type Lease, leases } from './lease.ts';

const tools = findTools();
if ('missing' in tools) console.log(`Leader election is not tried with a real API server: ${tools.missing}.`);

const shortTimings = { leaseDurationMs: 3_000, renewDeadlineMs: 2_000, retryPeriodMs: 400 };
const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));

describe.runIf(!('missing' in tools))('leader election with a real API server', () => {
  let server: RealServer;
  let api: ReturnType<typeof createKubeApi>;
  beforeAll(async () => {
    if ('missing' in tools) return;
    server = await startRealServer(tools);
    api = createKubeApi(server.connection);
    await installWidgets(api);
  }, 120_000);
  afterAll(async () => {
    await api?.close();
    await server?.stop();
  }, 60_000);

  const candidate = (identity: string, name: string, timings = {}): LeaderElection =>
    createLeaderElection({
      api,
      lease: { namespace: 'default', name },
      identity,
      clock: systemClock,
      random: systemRandom,
      log: silentLogger,
      timings,
    });

  test('the lease goes from one to the other within a second of a clean stop, renewed meanwhile', async () => {
    const [a, b] = [candidate('a', 'hand-over'), candidate('b', 'hand-over')];
    const [stopA, stopB] = [new AbortController(), new AbortController()];
    const runningA = a.run(untilAborted, stopA.signal);
    await eventually('a leads', () => a.isLeader);
    const first = await api.get<Lease>(leases, { namespace: 'default', name: 'hand-over' });
    expect(first?.spec).toMatchObject({
      holderIdentity: 'a',
      renewTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/),
    });
    const runningB = b.run(untilAborted, stopB.signal);
    let renewed = first;
    await eventually('a has renewed the lease', () => {
      void api.get<Lease>(leases, first?.metadata ?? { name: '' }).then((found) => (renewed = found));
      return renewed?.spec?.renewTime !== first?.spec?.renewTime;
    });
    expect([a.isLeader, b.isLeader]).toEqual([true, false]);

    const stoppedMs = performance.now();
    stopA.abort();
    await eventually('b leads', () => b.isLeader);
    expect(performance.now() - stoppedMs).toBeLessThan(1_000);
    expect(await runningA).toBe('stopped');
    const second = await api.get<Lease>(leases, { namespace: 'default', name: 'hand-over' });
    expect(second?.spec).toMatchObject({ holderIdentity: 'b', leaseTransitions: 1 });
    stopB.abort();
    expect(await runningB).toBe('stopped');
  }, 60_000);

  test('a leader that is paused and wakes after another took over writes nothing more', async () => {
    const argument = JSON.stringify({ connection: server.connection, identity: 'paused', timings: shortTimings });
    const child = spawn(
      process.execPath,
      ['--conditions=@leafway/source', join(import.meta.dirname, '../testing/own/leader-process.ts'), argument],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    try {
      const said: string[] = [];
      createInterface({ input: child.stdout }).on('line', (line) => said.push(line));
      const count = async (): Promise<number> => (await api.list<Widget>(widgets)).items.length;
      await eventually('the child leads', () => said.includes('leading'));
      while ((await count()) < 5);
      child.kill('SIGSTOP');

      const b = candidate('b', 'leader-process', shortTimings);
      const stop = new AbortController();
      const running = b.run(untilAborted, stop.signal);
      await eventually('the other leads', () => b.isLeader);
      const before = await count();
      child.kill('SIGCONT');
      await eventually('the child knows that it lost', () => said.includes('lost'));
      expect(await count()).toBe(before);
      // Given up when it was under way, refused when it came later.
      expect(['Aborted', 'NotLeading']).toContain(said[1]);
      expect(b.isLeader).toBe(true);
      stop.abort();
      expect(await running).toBe('stopped');
    } finally {
      child.kill('SIGKILL');
    }
  }, 60_000);
});
