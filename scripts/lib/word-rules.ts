import { numberedLines, type SourceFile, type Violation } from './source-files.ts';

/** Words that do not go into the main branch, and why. They are assembled so that this file does not hold them. */
const forbidden: readonly { readonly word: string; readonly reason: string }[] = [
  { word: ['TO', 'DO'].join(''), reason: 'finish it, or open an issue' },
  { word: ['FIX', 'ME'].join(''), reason: 'fix it, or open an issue' },
  { word: ['X', 'XX'].join(''), reason: 'say what it is about' },
  { word: ['@ts', 'ignore'].join('-'), reason: 'state the type' },
  { word: ['@ts', 'nocheck'].join('-'), reason: 'state the types' },
];

/** Finds words that promise work instead of doing it, or that silence the compiler. */
export function wordViolations({ path, text }: SourceFile): Violation[] {
  return numberedLines(text).flatMap(({ line, number }) =>
    forbidden
      .filter(({ word }) => new RegExp(`(?<!\\w)${word}(?!\\w)`).test(line))
      .map(({ word, reason }) => ({ path, line: number, message: `${word}: ${reason}` })),
  );
}
