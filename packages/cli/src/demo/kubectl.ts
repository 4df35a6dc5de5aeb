import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { RunningLab } from '@leafway/lab';

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the lab's kubectl as the admin of one of its clusters. */
export function kubectl(lab: RunningLab, cluster: string, args: readonly string[], input = ''): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(join(lab.bin, 'kubectl'), ['--kubeconfig', lab.kubeconfig(cluster), ...args]);
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
    child.stdin.on('error', () => undefined); // It may end before it has read everything.
    child.stdin.end(input);
  });
}

/** The same, for a command that must succeed. */
export async function mustKubectl(
  lab: RunningLab,
  cluster: string,
  args: readonly string[],
  input?: string,
): Promise<CommandResult> {
  const result = await kubectl(lab, cluster, args, input);
  if (result.code !== 0) throw new Error(`kubectl ${args.join(' ')} on ${cluster}: ${result.stderr.trim()}`);
  return result;
}

/** What an API server warned about while it answered: one entry a line, without kubectl's prefix. */
export function warningsIn(stderr: string): string[] {
  return stderr.split('\n').flatMap((line) => {
    const text = /^Warning: (.*)$/.exec(line)?.[1];
    return text === undefined ? [] : [text];
  });
}
