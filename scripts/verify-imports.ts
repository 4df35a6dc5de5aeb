/** Checks that imports point in the one direction that they may, between packages by name, and inside them by file. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { importViolations, type Manifest } from './lib/import-rules.ts';
import { readSourceFiles, report } from './lib/source-files.ts';

const root = join(import.meta.dirname, '..');
const files = readSourceFiles(root);
const folders = new Set(files.map(({ path }) => path.split('/', path.startsWith('packages/') ? 2 : 1).join('/')));
const packages = new Map(
  [...folders].map((folder) => {
    // The scripts use what the workspace's own manifest names.
    const path = join(root, folder === 'scripts' ? '.' : folder, 'package.json');
    return [folder, JSON.parse(readFileSync(path, 'utf8')) as Manifest];
  }),
);

report(files.flatMap((file) => importViolations(file, packages)));
