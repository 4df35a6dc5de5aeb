import { execFile } from 'node:child_process';

/** What a command printed. */
export interface Printed {
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command and resolves with what it printed. Rejects, with all of that, when it fails or takes three minutes. */
export function runToEnd(
  command: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<Printed> {
  const limits = { maxBuffer: 64 * 1024 * 1024, timeout: 180_000, encoding: 'utf8' } as const;
  return new Promise((resolve, reject) => {
    const child = execFile(command, args, { ...options, ...limits }, (error, stdout, stderr) => {
      if (error === null) resolve({ stdout, stderr });
      else reject(new Error(`${[command, ...args].join(' ')}\n${stdout}\n${stderr}`, { cause: error }));
    });
    child.stdin?.end();
  });
}
