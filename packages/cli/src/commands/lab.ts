import {
  formatStatus,
  labDown,
  labExec,
  labPrograms,
  labStatus,
  labUp,
  parseLabArguments,
  type RunningLab,
  readLab,
  repositoryCharts,
  startPart,
  stopPart,
} from '@leafway/lab';
import type { Command } from 'commander';
import { programMains } from '../program-mains.ts';
import type { Terminal } from '../terminal.ts';

interface DirectoryOption {
  readonly dir: string;
}

interface UpOptions extends DirectoryOption {
  readonly clusters?: string;
  readonly podCidr?: string[];
  readonly bare?: boolean;
}

/** Adds `lab up|status|exec|stop|start|down`. */
export function addLabCommands(program: Command, terminal: Terminal): void {
  const lab = program.command('lab').description('a whole fleet on this machine: real control planes, real tunnels');
  const directory = ['--dir <dir>', 'where the lab keeps its files', terminal.defaultLabDirectory] as const;

  lab
    .command('up')
    .description('start a lab; it runs on until "lab down"')
    .option(...directory)
    .option('--clusters <ids>', 'comma-separated cluster IDs, the centre first (default: central,rome,milan)')
    .option(
      '--pod-cidr <cluster=cidr...>',
      'pod CIDR of a cluster, may be repeated (default: 10.244.0.0/16 for every cluster)',
    )
    .option('--bare', "only the fleet, without Leafway's kinds, webhook and controller")
    .action((options: UpOptions) => up(options, terminal));

  lab
    .command('status')
    .description('show every part of the lab')
    .option(...directory)
    .option('-o, --output <format>', 'json, or a table')
    .action(async ({ dir, output }: DirectoryOption & { readonly output?: string }) => {
      if (output !== undefined && output !== 'json')
        throw new RangeError(`-o ${output}: the only other format is json`);
      const status = await labStatus(terminal.resolve(dir));
      terminal.print(output === 'json' ? JSON.stringify(status, null, 2) : formatStatus(status));
    });

  lab
    .command('exec')
    .description("run a command of this machine in a pod's network")
    .argument('<cluster/pod>', 'for example rome/client; also rome/web, rome/node, rome/gateway-central')
    .argument('<command...>', 'the command and its arguments, after --')
    .option(...directory)
    .action(async (target: string, command: string[], { dir }: DirectoryOption) => {
      const running = await readLab(terminal.resolve(dir));
      terminal.exitWith(await labExec(running, target, command, terminal.environment));
    });

  const addPartCommand = (name: string, description: string, act: (lab: RunningLab, part: string) => Promise<void>) =>
    lab
      .command(name)
      .description(description)
      .argument('<part>', 'its name in "lab status", for example apiserver-rome')
      .option(...directory)
      .action(async (part: string, { dir }: DirectoryOption) => act(await readLab(terminal.resolve(dir)), part));
  addPartCommand('stop', 'end one part and keep it stopped', stopPart);
  addPartCommand('start', 'start a stopped part again', startPart);

  lab
    .command('down')
    .description('stop a lab and remove what it made')
    .option(...directory)
    .action(async ({ dir }: DirectoryOption) => {
      const path = terminal.resolve(dir);
      terminal.print(
        (await labDown(path)) ? `the lab in ${path} is stopped and removed` : `there is no lab in ${path}`,
      );
    });
}

async function up({ dir, clusters, podCidr, bare }: UpOptions, terminal: Terminal): Promise<void> {
  const request = parseLabArguments({ clusters, podCIDRs: podCidr });
  const startedAt = terminal.monotonicMs();
  const lab = await labUp({
    directory: terminal.resolve(dir),
    request,
    bare: bare ?? false,
    tools: await terminal.labTools(),
    programs: labPrograms(terminal.runtime, programMains()),
    charts: repositoryCharts(),
    environment: terminal.environment,
    onProgress: (text) => terminal.progress(text),
    signal: terminal.signal,
  });
  const seconds = ((terminal.monotonicMs() - startedAt) / 1000).toFixed(1);
  terminal.print(`the lab is ready after ${seconds} s`);
  for (const cluster of lab.clusters) terminal.print(`  ${cluster.padEnd(12)} KUBECONFIG=${lab.kubeconfig(cluster)}`);
  terminal.print(`  tools        PATH=${lab.bin}:$PATH`);
}
