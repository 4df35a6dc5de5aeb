import type { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { RunningLab } from '@leafway/lab';
import { enterNetwork, networkOf } from '@leafway/lab/internal';
import { type CommandResult, startCommand } from './exec.ts';

const program = fileURLToPath(
  new URL(`./main-probe${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url),
);

export interface FetchResult {
  /** Bytes of the large answer. */
  readonly received: number;
  /** The client's address as the server saw it. */
  readonly seenAs: string;
  readonly rttMs: number;
}

export interface WatchResult {
  readonly sent: number;
  readonly answered: number;
  /** The longest time in which no answer came. */
  readonly longestSilenceMs: number;
}

/** Fetches from a pod: one large answer, then small ones. Throws when one is not answered. */
export async function fetchFromPod(lab: RunningLab, pod: string, url: string, bytes: number): Promise<FetchResult> {
  return (await startProbe(lab, pod, ['fetch', url, String(bytes)]).result) as FetchResult;
}

export interface Watch {
  /** Resolves when the first datagram has come back: what happens from then on is seen. */
  readonly flowing: Promise<void>;
  finish(): Promise<WatchResult>;
}

/** Sends datagrams from a pod to the echo service at an address all the time, until `finish` is called. */
export function watchFromPod(lab: RunningLab, pod: string, address: string, everyMs = 10): Watch {
  const { stdin, hasPrinted, result } = startProbe(lab, pod, ['watch', address, String(everyMs)]);
  result.catch(() => undefined); // Reported by `finish`.
  return {
    flowing: hasPrinted,
    finish: async () => {
      stdin.end();
      return (await result) as WatchResult;
    },
  };
}

function startProbe(
  lab: RunningLab,
  pod: string,
  args: readonly string[],
): { stdin: Writable; hasPrinted: Promise<void>; result: Promise<unknown> } {
  const command = [process.execPath, program, ...args];
  const [executable = '', ...rest] = enterNetwork(lab.frame, networkOf(lab.clusters, pod), command, process.cwd());
  const { result, ...started } = startCommand(executable, rest);
  return { ...started, result: result.then((ended) => readResult(pod, ended)) };
}

function readResult(pod: string, { code, stdout, stderr }: CommandResult): unknown {
  if (code === 0) return JSON.parse(stdout);
  throw new Error(`${pod}: ${/^\s*(?:Error|\[?\w*Error).*$/m.exec(stderr)?.[0]?.trim() ?? stderr.trim()}`);
}
