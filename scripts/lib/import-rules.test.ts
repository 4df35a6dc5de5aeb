import { describe, expect, test } from 'vitest';
import { importViolations, type Manifest } from './import-rules.ts';

const manifests: readonly (readonly [string, Manifest])[] = [
  ['packages/core', { name: '@leafway/core', exports: { '.': {} }, devDependencies: { 'fast-check': '4' } }],
  ['packages/reconciler', { name: '@leafway/reconciler', exports: { '.': {}, './testing': {} } }],
  ['packages/lab', { name: '@leafway/lab', exports: { '.': {} }, dependencies: { yaml: '2' } }],
  ['controller', { name: '@leafway/controller', exports: { '.': {} }, dependencies: { pino: '10' } }],
  ['e2e', { name: '@leafway/e2e' }],
];

/** The messages for a file with one import of that name. */
function check(path: string, specifier: string): string[] {
  const text = `import { thing } from '${specifier}';\n`;
  return importViolations({ path, text }, new Map(manifests)).map(({ message }) => message);
}

describe('directions between packages', () => {
  test.each([
    ['controller/src/setup.ts', '@leafway/core'],
    ['controller/src/setup.ts', '@leafway/reconciler'],
    ['packages/lab/src/lab.ts', '@leafway/reconciler'],
    ['e2e/scenarios/demo.test.ts', '@leafway/lab'],
  ])('%s may import %s', (path, specifier) => {
    expect(check(path, specifier)).toEqual([]);
  });

  test.each([
    ['packages/core/src/plan.ts', '@leafway/lab'],
    ['packages/reconciler/src/queue.ts', '@leafway/core'],
    ['packages/lab/src/lab.ts', '@leafway/controller'],
    ['controller/src/setup.ts', '@leafway/lab'],
    ['packages/lab/src/lab.ts', '@leafway/e2e'],
  ])('%s must not import %s', (path, specifier) => {
    expect(check(path, specifier)).toEqual([`${path.split('/src')[0]} must not import '${specifier}'`]);
  });

  test('a dynamic import counts as well as a static one, a comment does not', () => {
    const path = 'packages/core/src/plan.ts';
    const name = '@leafway/lab';
    const lines = (text: string): number[] =>
      importViolations({ path, text }, new Map(manifests)).map(({ line }) => line);
    expect(lines(`\nconst lab = await import('${name}');`)).toEqual([2]);
    expect(lines(`// as in import('${name}')\n/* import '${name}' */\n`)).toEqual([]);
  });
});

describe('entries of packages', () => {
  test('a sub-path that a package exports is an entry, its files are not', () => {
    expect(check('controller/src/setup.test.ts', '@leafway/reconciler/testing')).toEqual([]);
    expect(check('controller/src/setup.ts', '@leafway/reconciler/src/queue.ts')).toEqual([
      "'@leafway/reconciler/src/queue.ts' is not an entry of @leafway/reconciler",
    ]);
  });

  test('a relative import stays in its package and names the file', () => {
    expect(check('packages/lab/src/lab.ts', '../../core/src/index.ts')).toEqual([
      "'../../core/src/index.ts' leaves its package: import it by name",
    ]);
    expect(check('packages/lab/src/lab.ts', './plan.js')).toEqual(["'./plan.js' must end in .ts"]);
    expect(check('packages/lab/src/lab.ts', './plan')).toEqual(["'./plan' must end in .ts"]);
    expect(check('packages/lab/src/lab.ts', './plan.ts')).toEqual([]);
  });
});

describe('other packages', () => {
  test('what is imported is declared in the manifest', () => {
    expect(check('controller/src/setup.ts', 'pino')).toEqual([]);
    expect(check('controller/src/setup.ts', 'yaml')).toEqual(["'yaml' is not a dependency of @leafway/controller"]);
  });

  test('only tests use what is for development', () => {
    expect(check('packages/core/src/plan.test.ts', 'fast-check')).toEqual([]);
    expect(check('packages/core/src/plan.ts', 'fast-check')).toHaveLength(1);
    expect(check('packages/core/src/plan.ts', 'vitest')).toHaveLength(1);
  });

  test('the model imports nothing of Node, its tests may', () => {
    expect(check('packages/core/src/plan.ts', 'node:fs')).toHaveLength(1);
    expect(check('packages/core/src/plan.test.ts', 'node:fs')).toEqual([]);
    expect(check('controller/src/setup.ts', 'node:fs')).toEqual([]);
  });
});

test('a folder without a rule is itself a violation', () => {
  expect(check('packages/new/src/index.ts', 'yaml')).toEqual(['no rule on imports covers this folder']);
});
