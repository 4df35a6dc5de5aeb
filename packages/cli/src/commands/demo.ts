import { labDown, labPrograms, labUp, parseLabArguments, type RunningLab, repositoryCharts } from '@leafway/lab';
import type { Command } from 'commander';
import {
  compareTable,
  createPaint,
  type DemoFacts,
  drawFleet,
  type FetchFacts,
  milliseconds,
  type Paint,
} from '../demo/report.ts';
import { type DemoListener, runDemo } from '../demo/run-demo.ts';
import { programMains } from '../program-mains.ts';
import type { Terminal } from '../terminal.ts';
import { untilInterrupted } from '../until-interrupted.ts';

interface DemoOptions {
  readonly dir: string;
  readonly keep?: boolean;
  readonly json?: boolean;
}

/** Adds `demo`: the main job, shown and measured on a lab of its own. */
export function addDemoCommand(program: Command, terminal: Terminal): void {
  program
    .command('demo')
    .description('start three clusters, link two of them directly, measure, and clean up')
    .option('--dir <dir>', 'where the lab of the demo keeps its files', terminal.demoDirectory)
    .option('--keep', 'leave the lab up at the end and print how to reach it')
    .option('--json', 'print the facts as one JSON document on standard output and nothing else there')
    .action((options: DemoOptions) => demo(options, terminal));
}

async function demo({ dir, keep, json }: DemoOptions, terminal: Terminal): Promise<void> {
  const print = json ? terminal.progress : terminal.print;
  const directory = terminal.resolve(dir);
  const paint = createPaint(json !== true && terminal.hasColour);
  const listener = createListener(print, paint);
  listener.step('Three real control planes, the same pod CIDR everywhere, tunnels from the centre to both leaves');
  const startedAt = terminal.monotonicMs();
  const lab = await labUp({
    directory,
    request: parseLabArguments({}),
    tools: await terminal.labTools(),
    programs: labPrograms(terminal.runtime, programMains()),
    charts: repositoryCharts(),
    environment: terminal.environment,
    onProgress: (text) => print(`  ${text}`),
    signal: terminal.signal,
  });
  print(`  up after ${((terminal.monotonicMs() - startedAt) / 1_000).toFixed(1)} s`);
  try {
    const facts = await untilInterrupted(
      terminal.signal,
      runDemo({ lab, listener, monotonicMs: terminal.monotonicMs }),
    );
    if (json) terminal.print(JSON.stringify(facts satisfies DemoFacts, null, 2));
  } finally {
    await end(lab, keep === true, listener, print);
  }
}

async function end(
  lab: RunningLab,
  keep: boolean,
  listener: DemoListener,
  print: (line: string) => void,
): Promise<void> {
  if (!keep) {
    listener.step('Everything is stopped and removed');
    await labDown(lab.directory);
    return;
  }
  listener.step('The lab stays up');
  for (const cluster of lab.clusters) print(`  export KUBECONFIG=${lab.kubeconfig(cluster)}   # ${cluster}`);
  print(`  export PATH=${lab.bin}:$PATH`);
  print(`  npx --no-install leafway lab status --dir ${lab.directory}`);
  print(`  npx --no-install leafway lab exec --dir ${lab.directory} rome/client -- ip address`);
  print(`  npx --no-install leafway lab down --dir ${lab.directory}`);
}

function createListener(print: (line: string) => void, paint: Paint): DemoListener {
  let steps = 0;
  let throughCentre: FetchFacts | undefined;
  return {
    step: (title) => {
      steps += 1;
      print('');
      print(paint.bold(`${steps}. ${title}`));
    },
    say: (line) => print(`   ${line}`),
    fetched: (name, facts) => {
      for (const line of fetchLines(facts, paint)) print(`   ${line}`.trimEnd());
      if (name === 'throughCentre') {
        throughCentre = facts;
      } else if (throughCentre !== undefined) {
        print('');
        for (const line of compareTable({ throughCentre, direct: facts }, paint)) print(`   ${line}`.trimEnd());
      }
    },
  };
}

function fetchLines(facts: FetchFacts, paint: Paint): string[] {
  return [
    ...drawFleet({ centre: 'central', from: 'rome', to: 'milan' }, facts.path, paint),
    '',
    `1 MiB and many small answers from ${facts.dialled}, seen there as ${facts.seenAs}`,
    `path ${facts.path.join(' → ')}, ${facts.tunnels} ${facts.tunnels === 1 ? 'tunnel' : 'tunnels'}, round trip ${milliseconds(facts.rttMs)}, ${facts.bytesThroughCentre.toLocaleString('en')} bytes forwarded by the centre`,
  ];
}
