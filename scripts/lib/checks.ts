import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** A check of the sources: a program for Node, which exits with 0 when all is well and else says what is not. */
export interface Check {
  readonly name: string;
  readonly command: readonly string[];
}

/** Every check of the workspace at `root`: the types, each `verify-<rule>.ts`, the two linters, and the generated files. */
export function allChecks(root: string): Check[] {
  const rules = readdirSync(join(root, 'scripts'))
    .map((file) => ({ file, rule: /^verify-(.+)\.ts$/.exec(file)?.[1] }))
    .flatMap(({ file, rule }) => (rule === undefined ? [] : [{ name: rule, command: [join('scripts', file)] }]));
  return [
    // Also what the build leaves out: the end-to-end tests, the scripts, and every package's tests.
    { name: 'types', command: ['node_modules/typescript/bin/tsc', '-b', '.'] },
    ...rules,
    {
      name: 'biome',
      command: ['node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '--diagnostic-level=warn'],
    },
    { name: 'oxlint', command: ['node_modules/oxlint/bin/oxlint', '--deny-warnings'] },
    { name: 'unused code', command: ['node_modules/knip/bin/knip.js', '--no-progress'] },
    {
      name: 'generated files',
      command: ['--conditions=@leafway/source', 'scripts/generate.ts', '--check'],
    },
  ];
}
