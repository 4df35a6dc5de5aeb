import type { SourceFile, Violation } from './source-files.ts';

/** Past this a file answers more than one question. */
export const longestFile = 400;

/** Finds a file that has grown too long. */
export function lengthViolations({ path, text }: SourceFile): Violation[] {
  const lines = text.trimEnd().split('\n').length;
  return lines > longestFile ? [{ path, line: 0, message: `${lines} lines; split it at ${longestFile}` }] : [];
}
