/** Checks that no source file is longer than a reader can hold. */
import { join } from 'node:path';
import { lengthViolations } from './lib/length-rules.ts';
import { readSourceFiles, report } from './lib/source-files.ts';

report(readSourceFiles(join(import.meta.dirname, '..')).flatMap(lengthViolations));
