import { describe, expect, test } from 'vitest';
import { effectViolations } from './effect-rules.ts';
import { lengthViolations, longestFile } from './length-rules.ts';
import { lockViolations } from './lock-rules.ts';
import { withoutComments } from './source-files.ts';
import { wordViolations } from './word-rules.ts';

describe('effects', () => {
  const inModel = (text: string): string[] =>
    effectViolations({ path: 'packages/core/src/plan.ts', text }).map(({ message }) => message);

  test.each([
    'const now = Date.now();',
    'const now = new Date();',
    'const now = performance.now();',
    'const luck = Math.random();',
    'setTimeout(run, 10);',
    'globalThis.setTimeout(run, 10);',
    'const home = process.env.HOME;',
    "import { spawn } from 'node:child_process';",
  ])('`%s` is found outside the adapters', (text) => {
    expect(inModel(text)).toHaveLength(1);
  });

  test.each(['// Date.now() would differ', ' * uses Date.now()', 'new Date(text)', 'clock.now()'])(
    '`%s` is no effect',
    (text) => {
      expect(inModel(text.startsWith(' *') ? `/**\n${text}\n */` : text)).toEqual([]);
    },
  );

  test.each(['controller/src/main.ts', 'packages/lab/src/tools/system-machine.ts', 'packages/gateway/src/exec.ts'])(
    '%s may have effects',
    (path) => {
      expect(effectViolations({ path, text: 'setTimeout(run, Date.now());' })).toEqual([]);
    },
  );

  test('the time limit of a socket is no timer', () => {
    expect(inModel('socket.setTimeout(10);')).toEqual([]);
  });

  test('a domain file is no program although its name ends alike', () => {
    expect(effectViolations({ path: 'packages/core/src/domain.ts', text: 'Date.now()' })).toHaveLength(1);
  });
});

test('comments are blanked out and lines keep their numbers', () => {
  expect(withoutComments('a // b\n/* c\n d */ e\nurl("http://f")').split('\n')).toEqual([
    'a     ',
    '    ',
    '      e',
    'url("http://f")',
  ]);
});

describe('words', () => {
  test.each([
    ['TO', 'DO'],
    ['FIX', 'ME'],
  ])('%s%s is found, with its line', (...parts) => {
    const text = `const a = 1;\n// ${parts.join('')}: later\n`;
    expect(wordViolations({ path: 'a.ts', text })).toEqual([expect.objectContaining({ line: 2 })]);
  });

  test('a word that only contains one is fine', () => {
    expect(wordViolations({ path: 'a.ts', text: 'const TODOS_DONE = 1;' })).toEqual([]);
  });
});

test('a file is too long from one line past the limit', () => {
  const file = (lines: number) => ({ path: 'a.ts', text: 'x\n'.repeat(lines) });
  expect(lengthViolations(file(longestFile))).toEqual([]);
  expect(lengthViolations(file(longestFile + 1))).toHaveLength(1);
});

test('an optional package without an entry in the lock file is found', () => {
  const packages = {
    'node_modules/tool': { optionalDependencies: { 'tool-linux': '1.0.0', 'tool-darwin': '1.0.0' } },
    'node_modules/tool-linux': {},
  };
  expect(lockViolations({ packages }).map(({ message }) => message)).toEqual([
    'node_modules/tool names tool-darwin, which has no entry: `npm ci` fails without it',
  ]);
});
