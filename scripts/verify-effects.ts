/** Checks that only programs and adapters touch time, randomness, timers and processes. */
import { join } from 'node:path';
import { effectViolations } from './lib/effect-rules.ts';
import { readSourceFiles, report } from './lib/source-files.ts';

report(readSourceFiles(join(import.meta.dirname, '..')).flatMap(effectViolations));
