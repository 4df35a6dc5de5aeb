import { describe, expect, it } from 'vitest';
import { matchesOutput, readDialogues } from './output.ts';

const matches = (expected: string, actual: string): boolean => matchesOutput(expected.split('\n'), actual.split('\n'));

describe('a console block', () => {
  it('is commands and what each prints', () => {
    expect(readDialogues('$ echo a\na\n$ printf \\\n  b\n')).toEqual([
      { command: 'echo a', output: ['a'] },
      { command: 'printf \\\n  b', output: [''] },
    ]);
  });

  it('begins with a command', () => {
    expect(() => readDialogues('a\n$ echo a')).toThrow('begins with "$ "');
  });
});

describe('the output of a command', () => {
  it.each([
    ['a\nb', 'a\nb\n'],
    ['a  b', 'a     b'],
    ['a\n…\nz', 'a\nz'],
    ['a\n…\nz', 'a\nb\nc\nz'],
    ['a … z', 'a b c z'],
    ['done after 0.71 s', 'done after 12.3 s'],
    ['NAME   AGE\nrome   2m5s', 'NAME   AGE\nrome   12s'],
    ['at 172.30.3.176:51840', 'at 172.30.1.9:51840'],
  ])('%j is %j', (expected, actual) => {
    expect(matches(expected, actual)).toBe(true);
  });

  it.each([
    ['a', 'b'],
    ['a', 'a\nb'],
    ['a\nb', 'a'],
    ['a … z', 'a\nz'],
    ['', 'error'],
    ['10.69.0.0/16', '10.70.0.0/16'],
  ])('%j is not %j', (expected, actual) => {
    expect(matches(expected, actual)).toBe(false);
  });
});
