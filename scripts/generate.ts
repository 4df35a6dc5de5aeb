/**
 * Writes what is derived from the code: the chart's CRDs and the reference pages.
 * With `--check` nothing is written; a file that differs is named and the exit code is 1.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { generatedFiles } from './generated-files.ts';

const root = join(import.meta.dirname, '..');

function isCurrent(path: string, content: string): boolean {
  try {
    return readFileSync(path, 'utf8') === content;
  } catch {
    return false;
  }
}

const check = process.argv.includes('--check');
const stale = generatedFiles(root).filter((file) => !isCurrent(join(root, file.path), file.content));

for (const { path, content } of stale) {
  if (check) {
    console.error(`${path} is not what the code says: run \`npm run generate\``);
    process.exitCode = 1;
  } else {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
    console.log(`wrote ${path}`);
  }
}
