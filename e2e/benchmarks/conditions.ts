import { readFile } from 'node:fs/promises';
import { cpus, release } from 'node:os';
import type { RunningLab } from '@leafway/lab';
import { mustKubectl, startCommand } from 'leafway/demo';

/** Under what conditions figures were measured: without them they mean nothing. */
export interface Conditions {
  readonly cpu: string;
  readonly cores: number;
  readonly kernel: string;
  readonly wireGuard: string;
  readonly kubernetes: string;
  readonly node: string;
  /** Of this repository, with `+changes` when the files are not those of the commit. */
  readonly commit: string;
}

export async function readConditions(lab: RunningLab): Promise<Conditions> {
  const processors = cpus();
  return {
    cpu: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    kernel: await kernelOf(),
    wireGuard: await wireGuardOf(lab),
    kubernetes: await kubernetesOf(lab),
    node: process.version,
    commit: await commitOf(),
  };
}

/** One line for people. */
export function formatConditions(conditions: Conditions): string {
  const { cpu, cores, kernel, wireGuard, kubernetes, node, commit } = conditions;
  return `${cpu}, ${cores} cores · ${kernel} · ${wireGuard} · Kubernetes ${kubernetes} · Node ${node} · commit ${commit}`;
}

async function kernelOf(): Promise<string> {
  const name = await readFile('/proc/sys/kernel/ostype', 'utf8');
  return `${name.trim()} ${release()}`;
}

/** The lab has wireguard-go only where the kernel has no WireGuard. */
async function wireGuardOf(lab: RunningLab): Promise<string> {
  const { wireguardGo } = lab.plan.tools;
  if (wireguardGo === undefined) return 'WireGuard of the kernel';
  const printed = await output(wireguardGo, ['--version']);
  return /^wireguard-go \S+/.exec(printed)?.[0] ?? 'wireguard-go';
}

async function kubernetesOf(lab: RunningLab): Promise<string> {
  const { stdout } = await mustKubectl(lab, lab.centre, ['version', '--output=json']);
  return (JSON.parse(stdout) as { serverVersion: { gitVersion: string } }).serverVersion.gitVersion;
}

async function commitOf(): Promise<string> {
  const git = (...args: string[]): Promise<string> => output('git', ['-C', import.meta.dirname, ...args]);
  const commit = (await git('rev-parse', '--short', 'HEAD')).trim();
  if (commit === '') return 'unknown';
  return (await git('status', '--porcelain')).trim() === '' ? commit : `${commit}+changes`;
}

/** What a command printed; nothing when it is missing or failed. */
async function output(command: string, args: readonly string[]): Promise<string> {
  const { stdin, result } = startCommand(command, args);
  stdin.end();
  return result.then(
    ({ stdout }) => stdout,
    () => '',
  );
}
