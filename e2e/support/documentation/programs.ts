import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from './repository.ts';

/** As strict as a user of our packages can be. */
const compilerOptions = {
  target: 'esnext',
  module: 'nodenext',
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  verbatimModuleSyntax: true,
  noEmit: true,
  types: ['node'],
  typeRoots: [join(repository, 'node_modules/@types')],
};

/** Compiles a program of a page against the built packages, and runs it until it ends. */
export async function runProgram(text: string, page: string, must: (command: string) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(join(page, 'program-'));
  writeFileSync(join(directory, 'package.json'), JSON.stringify({ type: 'module' }));
  writeFileSync(join(directory, 'program.ts'), text);
  writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['program.ts'] }));
  await must(`node_modules/.bin/tsc --project ${directory}`);
  await must(`${process.execPath} ${join(directory, 'program.ts')}`);
}
