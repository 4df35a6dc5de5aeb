import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** How a block of shell ended; standard output and standard error in the order in which they came. */
export interface ShellResult {
  readonly code: number | null;
  readonly output: string;
}

/** Runs the blocks of one page, one after the other, as if they were typed into one shell. */
export interface PageShell {
  /** Ends it, and what it started, when it takes longer than `deadlineMs`. */
  run(text: string): Promise<ShellResult>;
}

// What a block assigns, and where it goes, is there for the next one, also when it failed.
const prologue = `exec 2>&1
set -aeuo pipefail
if [ -f "$1" ]; then . "$1"; cd "$PWD"; fi
trap 'export -p > "'"$1"'"' EXIT
`;
/** Long: a slow machine may install a chart. */
export const deadlineMs = 240_000;

/** A shell in `directory`, which belongs to the page. */
export function openShell(directory: string, environment: Readonly<Record<string, string | undefined>>): PageShell {
  const state = join(directory, '.state');
  return {
    run: (text) =>
      new Promise((resolve, reject) => {
        const child = spawn('bash', ['-c', `${prologue}${text}`, 'bash', state], {
          cwd: directory,
          env: { ...process.env, ...environment },
          stdio: ['ignore', 'pipe', 'inherit'],
          detached: true,
        });
        let output = '';
        child.stdout.setEncoding('utf8').on('data', (part: string) => {
          output += part;
        });
        const deadline = setTimeout(() => {
          output += `\n(not over after ${deadlineMs / 1_000} s)\n`;
          process.kill(-(child.pid ?? 0), 'SIGKILL');
        }, deadlineMs);
        child.once('error', reject);
        child.once('close', (code) => {
          clearTimeout(deadline);
          resolve({ code, output });
        });
      }),
  };
}
