import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Page, readPage } from './page.ts';

/** Where the repository is on this machine. */
export const repository = fileURLToPath(new URL('../../../', import.meta.url));

const patterns = [
  '*.md',
  'docs/**/*.md',
  'charts/*/README.md',
  'examples/README.md',
  'packages/*/README.md',
  '{webhook,controller,e2e,images}/README.md',
];

/** Every page that people read, in the order of their paths. */
export function readDocumentation(): Page[] {
  return globSync(patterns, { cwd: repository })
    .toSorted()
    .map((path) => readPage(path, readFileSync(join(repository, path), 'utf8')));
}
