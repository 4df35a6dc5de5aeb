/** Checks that the lock file is complete for every platform, so that `npm ci` works on each. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LockFile, lockViolations } from './lib/lock-rules.ts';
import { report } from './lib/source-files.ts';

const path = join(import.meta.dirname, '..', 'package-lock.json');
report(lockViolations(JSON.parse(readFileSync(path, 'utf8')) as LockFile));
