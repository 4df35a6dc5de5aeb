/** Runs every check of the sources: `npm run lint`. */
import { join } from 'node:path';
import { allChecks } from './lib/checks.ts';
import { runCheck } from './lib/run-check.ts';

const root = join(import.meta.dirname, '..');
for (const check of allChecks(root)) {
  if (!(await runCheck(check, root))) process.exitCode = 1;
}
