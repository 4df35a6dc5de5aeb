import { describe, expect, it } from 'vitest';
import { nextTickMs, type PingEvent, type PingReport, type PingSession, startSession, stepSession } from './session.ts';

/** Drives a session by a clock of its own; every PING is stamped with its number. */
function simulate() {
  let session: PingSession = startSession(0);
  let nowMs = 0;
  const sent: { atMs: number; stamp: string }[] = [];
  const reports: (PingReport & { atMs: number })[] = [];
  const step = (event: PingEvent): void => {
    const stamp = String(sent.length);
    const result = stepSession(session, event, { nowMs, stamp });
    session = result.session;
    if (result.send) sent.push({ atMs: nowMs, stamp });
    if (result.report !== undefined) reports.push({ ...result.report, atMs: nowMs });
  };
  return {
    sent,
    reports,
    step,
    get value() {
      return session.value;
    },
    /** Lets time pass; each PING is answered after `answerMs`, or not at all. */
    runUntil(endMs: number, answerMs?: number): void {
      for (;;) {
        const answer = answerMs === undefined ? undefined : sent.find(({ atMs }) => atMs + answerMs > nowMs);
        const answerAtMs = answer === undefined ? Number.POSITIVE_INFINITY : answer.atMs + (answerMs ?? 0);
        const tickAtMs = nextTickMs(session);
        const next = Math.min(answerAtMs, tickAtMs);
        if (next > endMs) break;
        nowMs = next;
        if (answer !== undefined && answerAtMs <= tickAtMs) step({ kind: 'pong', stamp: answer.stamp });
        else step({ kind: 'tick' });
      }
      nowMs = endMs;
    },
  };
}

describe('a ping session', () => {
  it('pings at once and often, then more and more rarely, until the first answer', () => {
    const run = simulate();
    run.runUntil(600);
    expect(run.sent.map(({ atMs }) => atMs)).toEqual([0, 100, 250, 475]);
    run.runUntil(9_999);
    const gaps = run.sent.slice(1).map(({ atMs }, index) => atMs - (run.sent[index]?.atMs ?? 0));
    expect(Math.max(...gaps)).toBe(2_000);
  });

  it('is connected with the second answer, asked for at once, then pings every two seconds', () => {
    const run = simulate();
    run.runUntil(9_000, 3);
    expect(run.reports).toEqual([{ value: 'Connected', latencyMs: 3, atMs: 6 }]);
    expect(run.sent.map(({ atMs }) => atMs)).toEqual([0, 3, 2_006, 4_006, 6_006, 8_006]);
  });

  it('does not take the wait for the handshake for the latency of the tunnel', () => {
    const run = simulate();
    run.runUntil(700);
    run.step({ kind: 'pong', stamp: '0' });
    run.step({ kind: 'pong', stamp: '1' });
    expect(run.reports).toEqual([]);
    run.runUntil(710, 2);
    expect(run.reports).toEqual([{ value: 'Connected', latencyMs: 2, atMs: 702 }]);
  });

  it('reports a live latency no more often than every ten seconds', () => {
    const run = simulate();
    run.runUntil(25_000, 1);
    expect(run.reports.map(({ atMs }) => atMs)).toEqual([2, 10_003, 20_003]);
  });

  it('is in error ten seconds after the last answer, says so once, and recovers with the next answer', () => {
    const run = simulate();
    run.runUntil(2_500, 1);
    run.runUntil(40_000);
    expect(run.reports.slice(1)).toEqual([{ value: 'Error', atMs: 12_003 }]);
    run.runUntil(45_000, 1);
    expect(run.value).toBe('Connected');
    expect(run.reports.at(-1)).toMatchObject({ value: 'Connected', latencyMs: 1 });
  });

  it('says once a minute that it is still in error', () => {
    const run = simulate();
    run.runUntil(140_000);
    expect(run.reports.map(({ value, atMs }) => [value, Math.floor(atMs / 10_000)])).toEqual([
      ['Error', 1],
      ['Error', 7],
      ['Error', 13],
    ]);
  });

  it('is in error when there was never an answer', () => {
    const run = simulate();
    run.runUntil(10_000);
    expect(run.reports).toEqual([{ value: 'Error', atMs: 10_000 }]);
  });

  it('pings back at once when the other side speaks first, and not when it is connected anyway', () => {
    const run = simulate();
    run.runUntil(7_300);
    const before = run.sent.length;
    run.step({ kind: 'ping' });
    expect(run.sent.slice(before)).toEqual([{ atMs: 7_300, stamp: String(before) }]);
    run.step({ kind: 'pong', stamp: String(before) });
    run.step({ kind: 'pong', stamp: String(before + 1) });
    expect(run.value).toBe('Connected');
    run.step({ kind: 'ping' });
    expect(run.sent).toHaveLength(before + 2);
  });

  it('does not ping back faster than it pings at first', () => {
    const run = simulate();
    run.runUntil(7_300);
    const before = run.sent.length;
    for (const kind of ['ping', 'ping', 'ping'] as const) run.step({ kind });
    run.runUntil(7_450);
    expect(run.sent.slice(before).map(({ atMs }) => atMs)).toEqual([7_300, 7_400]);
  });

  it('ignores an answer that it does not wait for, and one to a PING that was answered already', () => {
    const run = simulate();
    run.step({ kind: 'tick' });
    run.step({ kind: 'pong', stamp: 'foreign' });
    expect(run.value).toBe('Connecting');
    run.step({ kind: 'pong', stamp: '0' });
    run.step({ kind: 'pong', stamp: '0' });
    expect(run.value).toBe('Connecting');
    run.step({ kind: 'pong', stamp: '1' });
    expect(run.value).toBe('Connected');
  });
});
