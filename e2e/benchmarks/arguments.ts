import { parseArgs } from 'node:util';
import type { Benchmark } from './benchmark.ts';
import { formatTable } from './report/table.ts';

/** What the user asked for. */
export type BenchRequest =
  | { readonly kind: 'help' }
  /** The command line cannot be understood; `message` says why. */
  | { readonly kind: 'mistake'; readonly message: string }
  | {
      readonly kind: 'run';
      readonly benchmarks: readonly Benchmark[];
      readonly json: boolean;
      readonly quick: boolean;
    };

/** Reads the command line: names of benchmarks, all of them when there is none, and `--json`, `--quick`, `--help`. */
export function parseBenchArguments(args: readonly string[], catalogue: readonly Benchmark[]): BenchRequest {
  const flag = { type: 'boolean', default: false } as const;
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { json: flag, quick: flag, help: { ...flag, short: 'h' } },
    });
    if (values.help) return { kind: 'help' };
    const unknown = positionals.filter((name) => !catalogue.some((benchmark) => benchmark.name === name));
    if (unknown.length > 0) return { kind: 'mistake', message: `there is no benchmark '${unknown.join("', '")}'` };
    const chosen = catalogue.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
    return { kind: 'run', benchmarks: chosen, json: values.json, quick: values.quick };
  } catch (error) {
    return { kind: 'mistake', message: (error as Error).message };
  }
}

/** The text of `--help`, with what each benchmark costs in time. */
export function helpText(catalogue: readonly Benchmark[]): string[] {
  const width = Math.max(...catalogue.map(({ name }) => name.length));
  const rows = catalogue.map(({ name, seconds, summary }) => [
    `  ${name.padEnd(width)}  ${summary}`,
    formatDuration(seconds.full),
    formatDuration(seconds.quick),
  ]);
  const total = (length: 'full' | 'quick'): string =>
    formatDuration(catalogue.reduce((sum, { seconds }) => sum + seconds[length], 0));
  return [
    'npm run bench -- [name …] [--json] [--quick]',
    '',
    'Measures Leafway on labs of its own. Without a name all of these run, one after another:',
    ...formatTable([['', 'takes', '--quick'], ...rows, ['  together', total('full'), total('quick')]]),
    '',
    '  --json    print one JSON document on standard output (npm run --silent bench -- --json)',
    '  --quick   as few repetitions as show that it works; the figures mean nothing',
    '',
    'The times are those of two cores, without the set-up of a fresh machine.',
  ];
}

function formatDuration(seconds: number): string {
  return seconds < 90 ? `${seconds} s` : `${(seconds / 60).toFixed(1)} min`;
}
