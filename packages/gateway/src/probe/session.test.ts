import { describe, expect, it } from 'vitest';
import {
  nextTickMs,
  type ProbeEvent,
  type ProbeResults,
  type ProbeSession,
  type ProbeSize,
  probeSizes,
  restartLarge,
  startSession,
  stepSession,
} from './session.ts';

/** How long the answer to a probe takes that is sent at that time; `undefined` loses it. */
type Way = (size: ProbeSize, sentMs: number) => number | undefined;

const good: Way = () => 1;
const dead: Way = () => undefined;
const onlySmall: Way = (size) => (size === 'small' ? 1 : undefined);

/** Drives a session by a clock of its own; the probes of each round are named by its number. */
function simulate(way: Way = good) {
  let session: ProbeSession = startSession(0);
  let nowMs = 0;
  let current = way;
  const sent: number[] = [];
  const reports: (ProbeResults & { atMs: number })[] = [];
  const answers: { atMs: number; event: ProbeEvent }[] = [];
  const step = (event: ProbeEvent): void => {
    const token = String(sent.length);
    const result = stepSession(session, event, { nowMs, token });
    session = result.session;
    if (result.report !== undefined) reports.push({ ...result.report, atMs: nowMs });
    if (!result.send) return;
    sent.push(nowMs);
    for (const size of probeSizes) {
      const takesMs = current(size, nowMs);
      if (takesMs !== undefined) answers.push({ atMs: nowMs + takesMs, event: { kind: 'answer', size, token } });
    }
  };
  return {
    sent,
    reports,
    runUntil(endMs: number, newWay: Way = current): void {
      current = newWay;
      for (;;) {
        answers.sort((a, b) => a.atMs - b.atMs);
        const tickMs = Math.max(nowMs, nextTickMs(session));
        const [answer] = answers;
        const atMs = Math.min(tickMs, answer?.atMs ?? Number.POSITIVE_INFINITY);
        if (atMs > endMs) break;
        nowMs = atMs;
        if (answer?.atMs === atMs) step((answers.shift() ?? answer).event);
        else step({ kind: 'tick' });
      }
      nowMs = endMs;
    },
    answer: (size: ProbeSize, token: string) => step({ kind: 'answer', size, token }),
    changeLargeSize: () => {
      session = restartLarge(session, nowMs);
    },
  };
}

const passed = { small: 'Passed', large: 'Passed' };
const failed = { small: 'Failed', large: 'Failed' };

describe('a probe session', () => {
  it('passes with the first answer to each size, says so once, and then probes every two seconds', () => {
    const run = simulate();
    run.runUntil(9_000);
    expect(run.reports).toEqual([{ ...passed, atMs: 1 }]);
    expect(run.sent).toEqual([0, 2_000, 4_000, 6_000, 8_000]);
  });

  it('probes often at first, since the other side may learn of this one a moment later', () => {
    const run = simulate((_, sentMs) => (sentMs < 120 ? undefined : 2));
    run.runUntil(1_000);
    expect(run.sent).toEqual([0, 50, 150]);
    expect(run.reports).toEqual([{ ...passed, atMs: 152 }]);
  });

  it('passes over a way that takes longer than the probes are apart', () => {
    const run = simulate(() => 600);
    run.runUntil(60_000);
    expect(run.reports).toEqual([{ ...passed, atMs: 600 }]);
  });

  it('fails after three probes in a row were lost, within six seconds of the last answer, and says so once', () => {
    const run = simulate();
    run.runUntil(20_500);
    const before = run.sent.length;
    run.runUntil(60_000, dead);
    expect(run.reports.slice(1)).toEqual([{ ...failed, atMs: 25_000 }]);
    expect(run.sent.slice(before, before + 4)).toEqual([22_000, 23_000, 24_000, 25_000]);
  });

  it.each([1, 2])('does not fail when %d probes in a row were lost', (lost) => {
    const run = simulate();
    run.runUntil(20_500);
    run.runUntil(21_500 + lost * 1_000, dead);
    run.runUntil(60_000, good);
    expect(run.reports).toEqual([{ ...passed, atMs: 1 }]);
  });

  it('fails when nobody ever answers, says so once, and goes on rarely', () => {
    const run = simulate(dead);
    run.runUntil(100_000);
    expect(run.reports).toEqual([{ ...failed, atMs: 3_000 }]);
    expect(run.sent.filter((atMs) => atMs >= 3_000).length).toBeLessThanOrEqual(50);
  });

  it('tells the sizes apart', () => {
    const run = simulate();
    run.runUntil(10_500);
    run.runUntil(30_500, onlySmall);
    run.runUntil(60_000, good);
    expect(run.reports.map(({ small, large }) => [small, large])).toEqual([
      ['Passed', 'Passed'],
      ['Passed', 'Failed'],
      ['Passed', 'Passed'],
    ]);
  });

  it('passes again with the second answer in a row, soon asked for, and reports both sizes together', () => {
    const run = simulate(dead);
    run.runUntil(9_500);
    run.runUntil(20_000, good);
    expect(run.reports.slice(1)).toEqual([{ ...passed, atMs: 9_602 }]);
  });

  it('does not pass when only every other probe is answered', () => {
    const run = simulate(dead);
    run.runUntil(9_500);
    let count = 0;
    run.runUntil(60_000, (size) => (size === 'large' || count++ % 2 === 0 ? undefined : 1));
    expect(run.reports).toEqual([{ ...failed, atMs: 3_000 }]);
  });

  it('finds out anew whether large packets pass when their size changes, and reports it even if they do', () => {
    const run = simulate();
    run.runUntil(10_500);
    run.changeLargeSize();
    run.runUntil(10_600);
    expect(run.reports.slice(1)).toEqual([{ ...passed, atMs: 10_501 }]);
    run.changeLargeSize();
    run.runUntil(20_000, onlySmall);
    expect(run.reports.at(-1)).toMatchObject({ small: 'Passed', large: 'Failed' });
  });

  it('counts no answer twice, and none that it does not wait for', () => {
    const run = simulate(dead);
    run.runUntil(4_000);
    run.answer('small', 'foreign');
    const before = run.sent.length;
    run.answer('small', '0');
    run.answer('small', '0');
    run.answer('small', '1');
    run.runUntil(4_900);
    expect(run.sent.length).toBe(before + 1);
    expect(run.reports).toEqual([{ ...failed, atMs: 3_000 }]);
  });

  it.each<[string, Way]>([
    ['is good', good],
    ['is dead', dead],
    ['is slow', () => 1_700],
    ['comes and goes', (_, sentMs) => (sentMs % 7_000 < 3_500 ? undefined : (sentMs % 900) + 1)],
    ['loses every other packet', (size, sentMs) => ((sentMs + (size === 'large' ? 1 : 0)) % 2 < 1 ? undefined : 1)],
  ])('sends little when the way %s', (_, way) => {
    const run = simulate(way);
    run.runUntil(100_000);
    const gaps = run.sent.slice(1).map((atMs, index) => atMs - (run.sent[index] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(50);
    expect(run.sent.length).toBeLessThanOrEqual(120);
  });
});
