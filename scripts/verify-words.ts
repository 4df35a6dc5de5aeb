/** Checks that no source file promises work instead of doing it, or silences the compiler. */
import { join } from 'node:path';
import { readSourceFiles, report } from './lib/source-files.ts';
import { wordViolations } from './lib/word-rules.ts';

report(readSourceFiles(join(import.meta.dirname, '..')).flatMap(wordViolations));
