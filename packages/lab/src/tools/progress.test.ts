import { beforeEach, describe, expect, test } from 'vitest';
import { createProgress, type Progress } from './progress.ts';
import { FakeMachine } from './testing/fake-machine.ts';

const clearLine = '\r\u001b[K';
let clock: FakeMachine;
let written: string[];

beforeEach(() => {
  clock = new FakeMachine();
  written = [];
});

function progressOn(isTerminal: boolean, columns = 80): Progress {
  return createProgress({ isTerminal, columns, write: (text) => written.push(text) }, clock);
}

describe('in a log', () => {
  test('a step is a line when it begins, one each half minute, and one at its end', () => {
    const step = progressOn(false).begin('etcd', 'building with Go');
    for (let second = 0; second < 61; second += 1) clock.advance(1_000);
    step.end('built');
    expect(written).toEqual([
      'etcd: building with Go …\n',
      'etcd: building with Go, 30 s\n',
      'etcd: building with Go, 60 s\n',
      'etcd: built (61 s)\n',
    ]);
  });
});

describe('on a terminal', () => {
  test('the line in place shows all that runs, with bytes where they are known', () => {
    const progress = progressOn(true);
    progress.begin('etcd', 'downloading').advance(5_000_000, 20_000_000);
    progress.begin('kubectl', 'downloading').advance(7_000_000, undefined);
    clock.advance(2_000);
    expect(written.at(-1)).toBe(`${clearLine}etcd: downloading 5 MB of 20 MB, 2 s · kubectl: downloading 7 MB, 2 s`);
  });

  test('a line in place never wraps, or it could not be cleared', () => {
    progressOn(true, 30).begin('kube-controller-manager', 'downloading from dl.k8s.io');
    expect(written.at(-1)?.length).toBe(clearLine.length + 29);
  });

  test('the end of a step stays as a line of its own', () => {
    progressOn(true).begin('etcd', 'downloading').end('downloaded');
    expect(written.at(-1)).toBe(`${clearLine}etcd: downloaded (0 s)\n`);
  });
});

test('no timer is left when nothing runs', () => {
  const progress = progressOn(true);
  const first = progress.begin('etcd', 'downloading');
  const second = progress.begin('kubectl', 'downloading');
  first.end('downloaded');
  expect(clock.isWaiting).toBe(true);
  second.end('downloaded');
  expect(clock.isWaiting).toBe(false);
});
