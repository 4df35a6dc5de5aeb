import { join, normalize } from 'node:path';
import { numberedLines, type SourceFile, type Violation, withoutComments } from './source-files.ts';

/** What a package's manifest says about imports. */
export interface Manifest {
  readonly name: string;
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** The workspace's packages by their folders. */
export type Packages = ReadonlyMap<string, Manifest>;

/**
 * Which folder may import which of our packages. Imports point one way: the model knows nobody, the processes do not
 * know each other, the lab starts them without importing them, and nothing imports the end-to-end tests.
 */
const allowed: Readonly<Record<string, readonly string[]>> = {
  'packages/core': [],
  'packages/reconciler': [],
  'packages/liqo': ['@leafway/core'],
  'packages/gateway': ['@leafway/core', '@leafway/liqo', '@leafway/reconciler'],
  'packages/lab': ['@leafway/core', '@leafway/liqo', '@leafway/reconciler'],
  'packages/cli': [
    '@leafway/controller',
    '@leafway/core',
    '@leafway/lab',
    '@leafway/liqo',
    '@leafway/reconciler',
    '@leafway/webhook',
  ],
  webhook: ['@leafway/core', '@leafway/liqo', '@leafway/reconciler'],
  controller: ['@leafway/core', '@leafway/liqo', '@leafway/reconciler'],
  e2e: [
    '@leafway/controller',
    '@leafway/core',
    '@leafway/gateway',
    '@leafway/lab',
    '@leafway/liqo',
    '@leafway/reconciler',
    '@leafway/webhook',
    'leafway',
  ],
  scripts: [
    '@leafway/controller',
    '@leafway/core',
    '@leafway/lab',
    '@leafway/liqo',
    '@leafway/reconciler',
    '@leafway/webhook',
    'leafway',
  ],
};

/** Tools of the workspace that tests use without naming them in each manifest. */
const testTools = new Set(['vitest']);

const importPattern = /(?:\bfrom|\bimport|\bimport\()\s*['"]([\w@./:#-]+)['"]/g;

/** Finds every import of a file that breaks a rule on directions, on packages, or on how a path is written. */
export function importViolations(file: SourceFile, packages: Packages): Violation[] {
  const folder = Object.keys(allowed).find((candidate) => file.path.startsWith(`${candidate}/`));
  if (folder === undefined) return [{ path: file.path, line: 0, message: 'no rule on imports covers this folder' }];
  return numberedLines(withoutComments(file.text)).flatMap(({ line, number }) =>
    [...line.matchAll(importPattern)].flatMap(([, specifier = '']) => {
      const message = specifier.startsWith('.')
        ? relativeProblem(specifier, file, folder)
        : packageProblem(specifier, file, folder, packages);
      return message === undefined ? [] : [{ path: file.path, line: number, message }];
    }),
  );
}

function relativeProblem(specifier: string, file: SourceFile, folder: string): string | undefined {
  const target = normalize(join(file.path, '..', specifier));
  // The launcher works in a clone by the same set-up code as the workspace's own tasks.
  const isLauncher = file.path === 'packages/cli/bin/leafway.js' && target.startsWith('scripts/lib/');
  if (!target.startsWith(`${folder}/`) && !isLauncher) return `'${specifier}' leaves its package: import it by name`;
  if (file.path.endsWith('.ts') && !/\.(ts|js)$/.test(specifier)) return `'${specifier}' must end in .ts`;
  if (file.path.endsWith('.ts') && specifier.endsWith('.js') && folder !== 'scripts') {
    return `'${specifier}' must end in .ts`;
  }
  return undefined;
}

function packageProblem(specifier: string, file: SourceFile, folder: string, packages: Packages): string | undefined {
  const isTest = isTestFile(file.path);
  if (specifier.startsWith('node:')) {
    return folder === 'packages/core' && !isTest
      ? `the model has no I/O: it must not import '${specifier}'`
      : undefined;
  }
  const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
  const ours = [...packages.values()].find((manifest) => manifest.name === name);
  if (ours === undefined) return undeclaredProblem(name, isTest, packages.get(folder));
  if (!allowed[folder]?.includes(name)) return `${folder} must not import '${name}'`;
  const subPath = `.${specifier.slice(name.length)}`;
  return ours.exports?.[subPath] === undefined ? `'${specifier}' is not an entry of ${name}` : undefined;
}

function undeclaredProblem(name: string, isTest: boolean, manifest: Manifest | undefined): string | undefined {
  if (manifest?.dependencies?.[name] !== undefined) return undefined;
  if (isTest && (manifest?.devDependencies?.[name] !== undefined || testTools.has(name))) return undefined;
  return `'${name}' is not a dependency of ${manifest?.name ?? 'the workspace'}`;
}

/** Also what only serves development. */
function isTestFile(path: string): boolean {
  return /\.test(-d)?\.ts$/.test(path) || path.includes('/testing/') || /^(e2e|scripts)\//.test(path);
}
