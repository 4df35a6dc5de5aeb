import { FakeClock } from '@leafway/reconciler/testing';
import { describe, expect, it } from 'vitest';
import { goodRunMs, type PartReport, type PartSpec, restartDelayMs, stopGraceMs } from './part.ts';
import { createSupervisor } from './supervisor.ts';

const part: PartSpec = { name: 'agent-rome', cluster: 'rome', kind: 'agent', command: ['agent'] };

function aSupervisor() {
  const clock = new FakeClock();
  const endings: ((how: string) => void)[] = [];
  const failures: number[] = [];
  const signals: string[] = [];
  let latest: readonly PartReport[] = [];
  let startable = true;
  const supervisor = createSupervisor({
    clock,
    startProcess: () => {
      if (!startable) throw new Error('no such file');
      const { promise, resolve } = Promise.withResolvers<string>();
      endings.push(resolve);
      return { pid: 100 + endings.length, ended: promise, signal: (name) => signals.push(name) };
    },
    onChange: (reports) => {
      latest = reports;
    },
    onEnd: (_, __, failuresInARow) => failures.push(failuresInARow),
  });
  const end = async (): Promise<void> => {
    endings.at(-1)?.('SIGKILL');
    await Promise.resolve();
    await Promise.resolve();
  };
  return {
    supervisor,
    clock,
    end,
    failures,
    signals,
    report: () => latest[0],
    started: () => endings.length,
    breakStart: () => (startable = false),
  };
}

describe('createSupervisor', () => {
  it('reports a started part with its process', () => {
    const { supervisor, report } = aSupervisor();
    supervisor.start(part);
    expect(report()).toEqual({
      name: 'agent-rome',
      cluster: 'rome',
      kind: 'agent',
      pid: 101,
      state: 'running',
      restarts: 0,
    });
  });

  it('starts a killed part again after a pause and counts that', async () => {
    const { supervisor, clock, end, report } = aSupervisor();
    supervisor.start(part);
    await end();
    expect(report()).toMatchObject({ pid: null, state: 'restarting', restarts: 0 });
    await clock.advance(restartDelayMs(1));
    expect(report()).toMatchObject({ pid: 102, state: 'running', restarts: 1 });
  });

  it('waits longer after each short run and starts anew after a good one', async () => {
    const { supervisor, clock, end, failures } = aSupervisor();
    supervisor.start(part);
    for (let round = 0; round < 3; round += 1) {
      await end();
      await clock.advance(restartDelayMs(failures.at(-1) ?? 1));
    }
    await clock.advance(goodRunMs);
    await end();
    expect(failures).toEqual([1, 2, 3, 1]);
  });

  it('keeps trying a part whose program cannot be started', async () => {
    const { supervisor, clock, failures, report, breakStart } = aSupervisor();
    breakStart();
    supervisor.start(part);
    await clock.advance(restartDelayMs(1) + restartDelayMs(2));
    expect(failures).toEqual([1, 2, 3]);
    expect(report()).toMatchObject({ pid: null, state: 'restarting' });
  });

  it('refuses to start one name twice', () => {
    const { supervisor } = aSupervisor();
    supervisor.start(part);
    expect(() => supervisor.start(part)).toThrow(/started already/);
  });
});

describe('a part that shall be stopped', () => {
  const kept = new Set(['agent-rome']);

  it('is told to end, and stays stopped', async () => {
    const { supervisor, clock, end, report, signals, started } = aSupervisor();
    supervisor.start(part);
    supervisor.keepStopped(kept);
    expect(signals).toEqual(['SIGTERM']);
    await end();
    await clock.advance(60_000);
    expect(report()).toMatchObject({ pid: null, state: 'stopped', restarts: 0 });
    expect([signals, started(), clock.pendingTimers]).toEqual([['SIGTERM'], 1, 0]);
  });

  it('is killed when it does not end', async () => {
    const { supervisor, clock, signals } = aSupervisor();
    supervisor.start(part);
    supervisor.keepStopped(kept);
    await clock.advance(stopGraceMs);
    expect(signals).toEqual(['SIGTERM', 'SIGKILL']);
  });

  it('is not started again when it was about to be', async () => {
    const { supervisor, clock, end, report, started } = aSupervisor();
    supervisor.start(part);
    await end();
    supervisor.keepStopped(kept);
    await clock.advance(60_000);
    expect([report()?.state, started()]).toEqual(['stopped', 1]);
  });

  it('does not start at all when it is known before', () => {
    const { supervisor, report, started } = aSupervisor();
    supervisor.keepStopped(kept);
    supervisor.start(part);
    expect([report()?.state, started()]).toEqual(['stopped', 0]);
  });

  it('starts again when it may, also when it had not ended yet', async () => {
    const { supervisor, clock, end, report } = aSupervisor();
    supervisor.start(part);
    supervisor.keepStopped(kept);
    await end();
    supervisor.keepStopped(new Set());
    expect(report()).toMatchObject({ pid: 102, state: 'running', restarts: 1 });
    supervisor.keepStopped(kept);
    supervisor.keepStopped(new Set());
    await end();
    await clock.advance(restartDelayMs(1));
    expect(report()).toMatchObject({ pid: 103, state: 'running', restarts: 2 });
  });
});

describe('restartDelayMs', () => {
  it('doubles and never exceeds five seconds', () => {
    expect([1, 2, 3, 50].map(restartDelayMs)).toEqual([100, 200, 400, 5_000]);
  });
});
