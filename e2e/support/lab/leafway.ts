import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type RunningLab, readLab } from '@leafway/lab';
import { type CommandResult, startCommand } from 'leafway/demo';
import { recordLab } from '../../rights/record.ts';

const program = fileURLToPath(new URL('../../../packages/cli/dist/main.js', import.meta.url));

/** What a user types `leafway` for, as installed: the launcher of a clone looks first whether something is to be built. */
export const leafwayCommand = [process.execPath, program] as const;

/**
 * Runs the command line as a user does, with those variables besides (`NAME=value`). What a lab tells of the rights that
 * were used is kept when it goes.
 */
export async function leafway(args: readonly string[], environment: readonly string[] = []): Promise<CommandResult> {
  if (args[0] === 'lab' && args[1] === 'down') await recordLab(args[args.indexOf('--dir') + 1] ?? '');
  const { stdin, result } = startCommand('env', [...environment, ...leafwayCommand, ...args]);
  stdin.end();
  return result;
}

export interface TestLab {
  readonly lab: RunningLab;
  /** Stops it and removes its files. */
  stop(): Promise<void>;
}

/** Starts a lab in a directory of its own; `podCIDRs` as on the command line, `rome=10.1.0.0/16`. */
export function startLab(
  clusters: readonly string[],
  podCIDRs: readonly string[] = [],
  ...flags: readonly string[]
): Promise<TestLab> {
  const ranges = podCIDRs.flatMap((cidr) => ['--pod-cidr', cidr]);
  return startLabIn([], ['--clusters', clusters.join(','), ...ranges, ...flags]);
}

/** The same with variables for the command line, and the flags of `lab up`. */
export async function startLabIn(environment: readonly string[], flags: readonly string[]): Promise<TestLab> {
  const parent = await mkdtemp(join(tmpdir(), 'leafway-e2e-'));
  const dir = join(parent, 'lab');
  const args = ['lab', 'up', '--dir', dir, ...flags];
  const stop = async (): Promise<void> => {
    await leafway(['lab', 'down', '--dir', dir]);
    await rm(parent, { recursive: true, force: true });
  };
  const { code, stderr } = await leafway(args, environment);
  if (code !== 0) {
    await stop();
    throw new Error(`leafway ${args.join(' ')} exited with ${code}: ${stderr}`);
  }
  return { lab: await readLab(dir), stop };
}
