import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import { childrenOf, identify, isAlive, parseInnermostPid, parseStat } from './processes.ts';

describe('parseStat', () => {
  it('reads past a name with blanks and brackets', () => {
    const fields = ['S', '7', ...Array.from({ length: 17 }, () => '0'), '12345', '0'];
    expect(parseStat(`42 (a) b (c)) ${fields.join(' ')}`)).toEqual({ state: 'S', parent: 7, startTime: '12345' });
  });
});

describe('parseInnermostPid', () => {
  it('takes the number in the innermost namespace', () => {
    expect(parseInnermostPid('Name:\tx\nNSpid:\t4711\t23\t5\nNSsid:\t1')).toBe(5);
  });
});

describe('isAlive', () => {
  it('is true while that process runs and false once it has ended', async () => {
    const child = spawn('sleep', ['60']);
    await once(child, 'spawn');
    const identity = identify(child.pid ?? 0);
    expect(identity).toBeDefined();
    if (identity === undefined) return;
    expect(isAlive(identity)).toBe(true);
    expect(childrenOf(process.pid)).toContain(child.pid);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(isAlive(identity)).toBe(false);
  });

  it('is false for a process that has ended and waits for a parent that never looks', async () => {
    const parent = spawn('sh', ['-c', 'sleep 0.01 & exec sleep 60']);
    const zombie = await vi.waitUntil(() => childrenOf(parent.pid ?? 0).map(identify)[0], { timeout: 10_000 });
    await vi.waitUntil(() => !isAlive(zombie), { timeout: 10_000 });
    expect(identify(zombie.pid)).toEqual(zombie);
    parent.kill('SIGKILL');
    await once(parent, 'exit');
  });

  it('is false for another process that has got the same number', () => {
    expect(isAlive({ pid: process.pid, startTime: '1' })).toBe(false);
  });
});
