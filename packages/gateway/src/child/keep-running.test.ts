import { FakeClock, silentLogger } from '@leafway/reconciler/testing';
import { describe, expect, it } from 'vitest';
import { fakeExec } from '../testing/fake-exec.ts';
import { keepRunning } from './keep-running.ts';

function start() {
  const clock = new FakeClock();
  const { exec, children } = fakeExec();
  const lines: string[] = [];
  let isGreeted = false;
  const kept = keepRunning(
    { exec, clock, log: silentLogger },
    {
      what: 'the program',
      file: 'main.js',
      args: ['a'],
      namespace: 'node-rome',
      onLine: (line) => lines.push(line),
      onStart: (send) => {
        if (isGreeted) send('hello again');
        isGreeted = true;
      },
      onSilence: () => lines.push('(silence)'),
    },
  );
  return { clock, children, lines, kept };
}

describe('a program that is kept running', () => {
  it('runs in its namespace, is spoken to in lines, and listened to', () => {
    const { children, kept, lines } = start();
    kept.send('hello');
    children[0]?.print('thanks');
    expect(children[0]?.command.slice(0, 4)).toEqual(['ip', 'netns', 'exec', 'node-rome']);
    expect(children[0]?.command.slice(-2)).toEqual(['main.js', 'a']);
    expect([children[0]?.heard, lines]).toEqual([['hello'], ['thanks']]);
  });

  it('is started again when it ends, and told again what it must know', async () => {
    const { clock, children, kept } = start();
    children[0]?.end();
    await clock.advance(500);
    expect(children).toHaveLength(2);
    kept.send('news');
    expect(children[1]?.heard).toEqual(['hello again', 'news']);
  });

  it('is started more and more rarely while it only ends, and soon again once it said something', async () => {
    const { clock, children } = start();
    const endUntil = async (minutes: number): Promise<number> => {
      const before = children.length;
      for (let second = 0; second < minutes * 60; second += 1) {
        children.at(-1)?.end();
        await clock.advance(1_000);
      }
      return children.length - before;
    };
    expect(await endUntil(10)).toBeLessThanOrEqual(30);
    const count = children.length + 1;
    while (children.length < count) await clock.advance(1_000);
    children.at(-1)?.print('well');
    children.at(-1)?.end();
    await clock.advance(500);
    expect(children).toHaveLength(count + 1);
  });

  it('is killed when it hangs, which is told, and started again', async () => {
    const { clock, children, lines } = start();
    children[0]?.print('well');
    await clock.advance(14_000);
    expect([children[0]?.isKilled(), lines]).toEqual([false, ['well']]);
    await clock.advance(2_000);
    expect([children[0]?.isKilled(), lines, children.length]).toEqual([true, ['well', '(silence)'], 2]);
  });

  it('is left alone as long as it says anything', async () => {
    const { clock, children } = start();
    for (let beat = 0; beat < 30; beat += 1) {
      children[0]?.print('');
      await clock.advance(2_000);
    }
    expect(children).toHaveLength(1);
  });

  it('is not started again after it was stopped, and not listened to any more', async () => {
    const { clock, children, kept, lines } = start();
    kept.stop();
    children[0]?.print('too late');
    await clock.advance(60_000);
    expect([children.length, lines, clock.pendingTimers]).toEqual([1, [], 0]);
  });
});
