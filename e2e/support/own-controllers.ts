import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningLab, startPart, stopPart } from '@leafway/lab';
import { mustKubectl } from 'leafway/demo';
import { type FaultPlan, type FaultProxy, startFaultProxy } from './fault-proxy.ts';

/** A controller that runs in the place of the lab's. */
export interface OwnController {
  readonly child: ChildProcess;
  /** Resolves when it has ended, however. */
  readonly ended: Promise<void>;
  /** What it printed. */
  log(): string;
}

/** Controllers that a test starts and ends itself; all that they say to any cluster goes through fault proxies. */
export interface OwnControllers {
  start(...flags: readonly string[]): OwnController;
  /** Ends all of them, and puts the lab's own back. */
  stop(): Promise<void>;
}

/**
 * Stops the lab's controller and leads every leaf's credentials, which are the lab's, to a proxy in front of that leaf.
 */
export async function takeOverControllers(lab: RunningLab, plan: FaultPlan): Promise<OwnControllers> {
  await stopPart(lab, 'controller');
  const proxies = new Map<string, FaultProxy>();
  for (const cluster of lab.clusters) proxies.set(cluster, await startFaultProxy(lab, cluster, plan));
  const serverOf = (cluster: string): string => proxies.get(cluster)?.server ?? '';
  const restore: (() => Promise<void>)[] = [];
  for (const leaf of lab.leaves) {
    const before = await readLeafKubeconfig(lab, leaf);
    await writeLeafKubeconfig(lab, leaf, leadTo(serverOf(leaf), before));
    restore.push(() => writeLeafKubeconfig(lab, leaf, before));
  }
  const directory = mkdtempSync(join(tmpdir(), 'leafway-controllers-'));
  const kubeconfig = join(directory, 'kubeconfig');
  const own = readFileSync(lab.layout.cluster(lab.centre).credential('controller'), 'utf8');
  writeFileSync(kubeconfig, leadTo(serverOf(lab.centre), own), { mode: 0o600 });
  const started: OwnController[] = [];
  return {
    start: (...flags) => {
      const log = join(directory, `${started.length}.log`);
      started.push(startController(lab, log, [`--kubeconfig=${kubeconfig}`, ...flags]));
      return started.at(-1) as OwnController;
    },
    stop: async () => {
      for (const { child } of started) child.kill('SIGKILL');
      await Promise.all(started.map(({ ended }) => ended));
      for (const proxy of proxies.values()) proxy.close();
      for (const step of restore) await step();
      await startPart(lab, 'controller');
      await rm(directory, { recursive: true });
    },
  };
}

function startController(lab: RunningLab, log: string, flags: readonly string[]): OwnController {
  const [executable = '', ...args] = lab.plan.programs.controller;
  const output = openSync(log, 'a');
  const common = [`--cluster-id=${lab.centre}`, '--health-listen=127.0.0.1:0'];
  const child = spawn(executable, [...args, ...common, ...flags], { stdio: ['ignore', output, output] });
  closeSync(output);
  return { child, ended: once(child, 'exit').then(() => undefined), log: () => readFileSync(log, 'utf8') };
}

const leadTo = (server: string, kubeconfig: string): string =>
  kubeconfig.replace(/https:\/\/127\.0\.0\.1:\d+/, server);

const secretOf = (leaf: string): readonly string[] => ['secret', `leaf-${leaf}`, '--namespace=leafway-system'];

/** The kubeconfig with which the centre reaches a leaf. */
export async function readLeafKubeconfig(lab: RunningLab, leaf: string): Promise<string> {
  const args = ['get', ...secretOf(leaf), '--output=jsonpath={.data.kubeconfig}'];
  return Buffer.from((await mustKubectl(lab, lab.centre, args)).stdout, 'base64').toString();
}

export async function writeLeafKubeconfig(lab: RunningLab, leaf: string, text: string): Promise<void> {
  const patch = JSON.stringify({ data: { kubeconfig: Buffer.from(text).toString('base64') } });
  await mustKubectl(lab, lab.centre, ['patch', ...secretOf(leaf), '--type=merge', '--patch', patch]);
}
