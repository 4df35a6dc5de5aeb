/** `npm run bench`: measures Leafway on labs of its own; see docs/benchmarks.md. */
import { prepareMachine } from '@leafway/lab';
import { helpText, parseBenchArguments } from './arguments.ts';
import { benchmarks } from './catalogue.ts';
import { formatConditions } from './conditions.ts';
import { type BenchmarkRun, runBenchmark } from './run-benchmark.ts';

const exitCodes = { failure: 1, mistake: 2, interrupted: 130 } as const;

const interrupted = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => interrupted.abort());

const print = (line: string): void => console.log(line);
const progress = (line: string): void => console.error(line);

const request = parseBenchArguments(process.argv.slice(2), benchmarks);
if (request.kind === 'help') {
  for (const line of helpText(benchmarks)) print(line);
} else if (request.kind === 'mistake') {
  progress(`bench: ${request.message}; there are: ${benchmarks.map(({ name }) => name).join(', ')}`);
  process.exitCode = exitCodes.mistake;
} else {
  await run(request);
}

async function run({ benchmarks: chosen, json, quick }: Extract<typeof request, { kind: 'run' }>): Promise<void> {
  const { signal } = interrupted;
  const runs = new Map<string, BenchmarkRun>();
  const failures: Record<string, string> = {};
  try {
    // What is missing is got here, where everybody sees how it goes; the labs find it.
    await prepareMachine({ environment: process.env, output: process.stderr, signal });
    for (const benchmark of chosen) {
      try {
        const result = await runBenchmark(benchmark, { quick, progress, signal });
        runs.set(benchmark.name, result);
        if (!json) printRun(benchmark.name, result, quick);
      } catch (error) {
        if (signal.aborted) throw error;
        failures[benchmark.name] = messageOf(error);
        progress(`bench: ${benchmark.name} failed: ${messageOf(error)}`);
      }
    }
  } catch (error) {
    if (!signal.aborted) {
      progress(`bench: ${messageOf(error)}`);
      process.exitCode = exitCodes.failure;
      return;
    }
    progress('bench: interrupted; everything is stopped');
    // What was left in the middle may still wait for something.
    process.exit(exitCodes.interrupted);
  }
  if (json) print(JSON.stringify(documentOf(runs, quick, failures), null, 2));
  if (Object.keys(failures).length > 0) process.exitCode = exitCodes.failure;
}

function printRun(name: string, { outcome, conditions }: BenchmarkRun, isQuick: boolean): void {
  const remark = isQuick ? ' (quick: the figures mean nothing)' : '';
  for (const line of ['', `── ${name}${remark}`, formatConditions(conditions), '', ...outcome.report]) print(line);
}

/** The headline numbers of all benchmarks stand at the top, the rest under the benchmark's name. */
function documentOf(runs: ReadonlyMap<string, BenchmarkRun>, isQuick: boolean, failures: object): object {
  const [first] = runs.values();
  return {
    ...Object.assign({}, ...[...runs.values()].map(({ outcome }) => outcome.headline)),
    quick: isQuick,
    conditions: first?.conditions,
    benchmarks: Object.fromEntries([...runs].map(([name, { outcome }]) => [name, outcome.figures])),
    failures,
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
