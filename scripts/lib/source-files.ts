import { type Dirent, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** A source file: its path from the root of the workspace, with `/`, and its text. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** A breach of a rule; line 0 stands for the file as a whole. */
export interface Violation {
  readonly path: string;
  readonly line: number;
  readonly message: string;
}

const folders = ['packages', 'webhook', 'controller', 'e2e', 'scripts'];
const skippedFolders = new Set(['node_modules', 'dist', 'generated', 'coverage']);

/** Reads every TypeScript and JavaScript file of the workspace that a person wrote. */
export function readSourceFiles(root: string): SourceFile[] {
  return folders
    .flatMap((folder) => [...walk(join(root, folder))])
    .map((path) => ({
      path: relative(root, path),
      text: readFileSync(path, 'utf8'),
    }));
}

function* walk(folder: string): Generator<string> {
  for (const entry of entriesOf(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && !skippedFolders.has(entry.name)) yield* walk(path);
    if (entry.isFile() && /\.[cm]?[jt]s$/.test(entry.name)) yield path;
  }
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

/** The lines of a text with their numbers, counted from 1. */
export function numberedLines(text: string): { readonly number: number; readonly line: string }[] {
  return text.split('\n').map((line, index) => ({ number: index + 1, line }));
}

/**
 * The text with every comment blanked out, line breaks kept, so that a rule on code does not trip over prose. Comments
 * are found as this code base writes them: at the beginning of a line, or `//` behind code and a space.
 */
export function withoutComments(text: string): string {
  const blank = (comment: string): string => comment.replaceAll(/[^\n]/g, ' ');
  return text.replaceAll(/^\s*\/\*[\s\S]*?\*\//gm, blank).replaceAll(/(^|\s)\/\/ .*$/gm, blank);
}

/** Prints the violations of a rule and sets the exit code; for the scripts that check one rule each. */
export function report(violations: readonly Violation[]): void {
  for (const { path, line, message } of violations) {
    console.error(`${line === 0 ? path : `${path}:${line}`}: ${message}`);
  }
  if (violations.length > 0) process.exitCode = 1;
}
