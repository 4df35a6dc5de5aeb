import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { prepareGoProgram } from '@leafway/lab/internal';

/** The two that are compared. */
export const sides = ['ours', 'go'] as const;
export type Side = (typeof sides)[number];

/** The programs of the comparison. */
export interface Programs {
  /** Starts our webhook. */
  readonly ours: readonly string[];
  /** The peer, and what asks both. */
  readonly go: string;
  readonly load: string;
}

/** Our webhook as it is built, and the Go programs, built when they are not there. */
export async function preparePrograms(signal: AbortSignal): Promise<Programs> {
  const sources = fileURLToPath(new URL('../../tools/admission-benchmark', import.meta.url));
  const options = { environment: process.env, output: process.stderr, signal };
  const build = (name: string): Promise<string> =>
    prepareGoProgram({ name: `leafway-bench-${name}`, sources, package: `./${name}` }, options);
  const index = fileURLToPath(import.meta.resolve('@leafway/webhook'));
  return {
    ours: [process.execPath, index.replace(/index\.(js|ts)$/, 'main.$1')],
    go: await build('peer'),
    load: await build('load'),
  };
}

/** How a command runs on two processors, so that the figures of a larger machine can be compared; nothing on two. */
export const onTwoCores: readonly string[] = availableParallelism() > 2 ? ['taskset', '--cpu-list', '0,1'] : [];

/** Where a webhook finds what it is started with. */
export interface WebhookFiles {
  /** PEM, each in a file of the same directory. */
  readonly cert: string;
  readonly key: string;
  /** Of the API server that ours follows. */
  readonly kubeconfig: string;
  /** The pairs that the peer's map has. */
  readonly pairs: string;
}

/** The command lines of both sides for a port of loopback. */
export function webhookCommand(side: Side, programs: Programs, files: WebhookFiles, port: number): readonly string[] {
  const listen = `127.0.0.1:${port}`;
  if (side === 'go') {
    const { cert, key, pairs } = files;
    return [programs.go, `-listen=${listen}`, `-tls-cert=${cert}`, `-tls-key=${key}`, `-pairs=${pairs}`];
  }
  return [
    ...programs.ours,
    `--kubeconfig=${files.kubeconfig}`,
    `--listen=${listen}`,
    `--tls-cert=${files.cert}`,
    `--tls-key=${files.key}`,
    '--cluster-id=central',
  ];
}
