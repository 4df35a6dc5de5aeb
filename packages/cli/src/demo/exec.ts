import { spawn } from 'node:child_process';
import type { Writable } from 'node:stream';

/** What a command left behind when it ended. */
export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that was started. Its standard input stays open until the caller ends it. */
export interface StartedCommand {
  readonly stdin: Writable;
  /** Resolves when it has printed something; never when it prints nothing. */
  readonly hasPrinted: Promise<void>;
  /** Rejects only when it could not be started. */
  readonly result: Promise<CommandResult>;
}

/** Starts a command and collects what it prints. */
export function startCommand(executable: string, args: readonly string[]): StartedCommand {
  const child = spawn(executable, args);
  const hasPrinted = new Promise<void>((resolve) => child.stdout.once('data', () => resolve()));
  const result = new Promise<CommandResult>((resolve, reject) => {
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
  child.stdin.on('error', () => undefined); // It may end before it has read everything.
  return { stdin: child.stdin, hasPrinted, result };
}
