import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { enterNetwork, networkOf, type RunningLab } from '@leafway/lab';

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
}

/** Fetches from a pod: one large answer, then small ones. Throws when one is not answered. */
export async function fetchFromPod(lab: RunningLab, pod: string, url: string, bytes: number): Promise<FetchResult> {
  return (await startProbe(lab, pod, ['fetch', url, String(bytes)]).result) as FetchResult;
}

/** Sends datagrams from a pod to the echo service at an address all the time, until `finish` is called. */
export function watchFromPod(lab: RunningLab, pod: string, address: string): { finish(): Promise<WatchResult> } {
  const { child, result } = startProbe(lab, pod, ['watch', address]);
  result.catch(() => undefined); // Reported by `finish`.
  return {
    finish: async () => {
      child.stdin?.end();
      return (await result) as WatchResult;
    },
  };
}

function startProbe(
  lab: RunningLab,
  pod: string,
  args: readonly string[],
): { child: ChildProcess; result: Promise<unknown> } {
  const command = [process.execPath, program, ...args];
  const [executable = '', ...rest] = enterNetwork(lab.frame, networkOf(lab.clusters, pod), command, process.cwd());
  const child = spawn(executable, rest, { stdio: ['pipe', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  const result = new Promise<unknown>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(JSON.parse(out));
      else reject(new Error(`${pod}: ${/^\s*(?:Error|\[?\w*Error).*$/m.exec(err)?.[0]?.trim() ?? err.trim()}`));
    });
  });
  return { child, result };
}
