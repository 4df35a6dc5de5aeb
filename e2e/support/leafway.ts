import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type RunningLab, readLab } from '@leafway/lab';

const launcher = fileURLToPath(new URL('../../packages/cli/bin/leafway.js', import.meta.url));

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line as a user does. */
export function leafway(args: readonly string[]): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [launcher, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
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
}

export interface TestLab {
  readonly lab: RunningLab;
  /** Stops it and removes its files. */
  stop(): Promise<void>;
}

/** Starts a lab in a directory of its own; `podCIDRs` as on the command line, `rome=10.1.0.0/16`. */
export async function startLab(
  clusters: readonly string[],
  podCIDRs: readonly string[] = [],
  ...flags: readonly string[]
): Promise<TestLab> {
  const parent = await mkdtemp(join(tmpdir(), 'leafway-e2e-'));
  const dir = join(parent, 'lab');
  const args = [
    'lab',
    'up',
    '--dir',
    dir,
    '--clusters',
    clusters.join(','),
    ...podCIDRs.flatMap((cidr) => ['--pod-cidr', cidr]),
    ...flags,
  ];
  const stop = async (): Promise<void> => {
    await leafway(['lab', 'down', '--dir', dir]);
    await rm(parent, { recursive: true, force: true });
  };
  const { code, stderr } = await leafway(args);
  if (code !== 0) {
    await stop();
    throw new Error(`leafway ${args.join(' ')} exited with ${code}: ${stderr}`);
  }
  return { lab: await readLab(dir), stop };
}
