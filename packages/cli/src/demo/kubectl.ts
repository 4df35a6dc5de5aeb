import { join } from 'node:path';
import type { RunningLab } from '@leafway/lab';
import { type CommandResult, startCommand } from './exec.ts';

/** Runs the lab's kubectl as the admin of one of its clusters. */
export function kubectl(lab: RunningLab, cluster: string, args: readonly string[], input = ''): Promise<CommandResult> {
  const { stdin, result } = startCommand(join(lab.bin, 'kubectl'), ['--kubeconfig', lab.kubeconfig(cluster), ...args]);
  stdin.end(input);
  return result;
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
