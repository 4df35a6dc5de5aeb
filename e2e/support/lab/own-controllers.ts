import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningLab, startPart, stopPart } from '@leafway/lab';
import { readLeafKubeconfig, writeLeafKubeconfig } from '../objects/leaf-kubeconfig.ts';
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
  /** `client` is what the plan knows it by, in what it writes on the centre; on the leaves all look the same. */
  start(client: string, ...flags: readonly string[]): Promise<OwnController>;
  /** Ends all of them, and puts the lab's own back. */
  stop(): Promise<void>;
}

/** Stops the lab's controller, and leads the credentials of every leaf, which are the lab's, to a proxy before it. */
export async function takeOverControllers(lab: RunningLab, plan: FaultPlan): Promise<OwnControllers> {
  await stopPart(lab, 'controller');
  const proxies: FaultProxy[] = [];
  const restore: (() => Promise<void>)[] = [];
  for (const leaf of lab.leaves) {
    const proxy = await startFaultProxy(lab, leaf, plan);
    proxies.push(proxy);
    const before = await readLeafKubeconfig(lab, leaf);
    await writeLeafKubeconfig(lab, leaf, leadTo(proxy, before));
    restore.push(() => writeLeafKubeconfig(lab, leaf, before));
  }
  const directory = mkdtempSync(join(tmpdir(), 'leafway-controllers-'));
  const kubeconfigOf = async (client: string): Promise<string> => {
    const path = join(directory, `${client}.kubeconfig`);
    if (existsSync(path)) return path;
    const proxy = await startFaultProxy(lab, lab.centre, plan, client);
    proxies.push(proxy);
    const own = readFileSync(lab.layout.cluster(lab.centre).credential('controller'), 'utf8');
    writeFileSync(path, leadTo(proxy, own), { mode: 0o600 });
    return path;
  };
  const started: OwnController[] = [];
  return {
    start: async (client, ...flags) => {
      const log = join(directory, `${started.length}.log`);
      const controller = startController(lab, log, [`--kubeconfig=${await kubeconfigOf(client)}`, ...flags]);
      started.push(controller);
      return controller;
    },
    stop: async () => {
      for (const { child } of started) child.kill('SIGKILL');
      await Promise.all(started.map(({ ended }) => ended));
      for (const proxy of proxies) proxy.close();
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

const leadTo = ({ server }: FaultProxy, kubeconfig: string): string =>
  kubeconfig.replace(/https:\/\/127\.0\.0\.1:\d+/, server);
