import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** What the load saw in one run; see `e2e/tools/admission-benchmark/load`. */
export interface LoadFacts {
  /** In the measured time, which the times and `seconds` are about. */
  readonly requests: number;
  /** With those before. */
  readonly total: number;
  readonly wrong: number;
  readonly firstWrong?: string;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly cpuSeconds: number;
}

export interface LoadOptions {
  /** The command line of the program. */
  readonly command: readonly string[];
  readonly url: string;
  readonly caFile: string;
  readonly reviewsFile: string;
  readonly inFlight: number;
  readonly warmUpMs: number;
  readonly durationMs: number;
}

/** Sends reviews to a webhook. Throws when an answer was not the right one: a fast wrong answer is worth nothing. */
export async function sendLoad(options: LoadOptions): Promise<LoadFacts> {
  const [executable = '', ...args] = options.command;
  const { stdout } = await promisify(execFile)(executable, [
    ...args,
    `-url=${options.url}`,
    `-ca=${options.caFile}`,
    `-reviews=${options.reviewsFile}`,
    `-in-flight=${options.inFlight}`,
    `-warm-up=${options.warmUpMs}ms`,
    `-duration=${options.durationMs}ms`,
  ]);
  const facts = JSON.parse(stdout) as LoadFacts;
  if (facts.wrong > 0) throw new Error(`${facts.wrong} answers of ${options.url} were wrong: ${facts.firstWrong}`);
  return facts;
}
