import { rmSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CertifiedKey, createCertificateAuthority } from '@leafway/lab';
import { type FleetSize, leafID, linkOf, shortcutName } from '../fleet/shape.ts';
import { type Programs, type Side, sides, type WebhookFiles, webhookCommand } from './programs.ts';
import { startWebhook, type WebhookProcess } from './serving/server-process.ts';

/** A directory with what both webhooks need, which is gone afterwards. */
export interface Workplace {
  readonly directory: string;
  /** The authority of the certificate, PEM, and its file. */
  readonly ca: string;
  readonly caFile: string;
  /** For every server on loopback. */
  readonly pair: CertifiedKey;
  /** Starts both webhooks on what is in a kubeconfig; each command line behind the given prefix. */
  startBoth(start: { kubeconfig: string; prefix: readonly string[] }): Promise<Record<Side, WebhookProcess>>;
}

/** Runs `work` in a new workplace; what it started is stopped, however it ends. */
export async function inWorkplace<T>(
  programs: Programs,
  size: FleetSize,
  work: (place: Workplace) => Promise<T>,
): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'leafway-bench-'));
  // Also when the benchmark is interrupted, which ends without waiting for anybody.
  const remove = (): void => rmSync(directory, { recursive: true, force: true });
  process.once('exit', remove);
  const started: WebhookProcess[] = [];
  const file = (name: string): string => join(directory, name);
  try {
    const authority = await createCertificateAuthority('Leafway benchmark', new Date());
    const pair = await authority.issueServer('leafway-webhook', ['127.0.0.1']);
    const files = { cert: file('tls.crt'), key: file('tls.key'), pairs: file('pairs') };
    await Promise.all([
      writeFile(files.cert, pair.cert),
      writeFile(files.key, pair.key, { mode: 0o600 }),
      writeFile(file('ca.crt'), authority.cert),
      writeFile(files.pairs, pairsOf(size)),
    ]);
    const start = async (side: Side, all: WebhookFiles, prefix: readonly string[]): Promise<WebhookProcess> => {
      const webhook = await startWebhook({
        name: side,
        command: (port) => [...prefix, ...webhookCommand(side, programs, all, port)],
        logFile: file(`${side}.log`),
        ca: authority.cert,
      });
      started.push(webhook);
      return webhook;
    };
    return await work({
      directory,
      ca: authority.cert,
      caFile: file('ca.crt'),
      pair,
      startBoth: async ({ kubeconfig, prefix }) => {
        const [ours, go] = await Promise.all(sides.map((side) => start(side, { ...files, kubeconfig }, prefix)));
        return { ours: ours as WebhookProcess, go: go as WebhookProcess };
      },
    });
  } finally {
    await Promise.all(started.map((webhook) => webhook.stop()));
    process.off('exit', remove);
    remove();
  }
}

/** The pairs of a fleet as the peer reads them. */
function pairsOf(size: FleetSize): string {
  return Array.from({ length: size.shortcuts }, (_, number) => {
    const { a, b } = linkOf(number, size);
    return `${shortcutName(number)} ${leafID(a)} ${leafID(b)}\n`;
  }).join('');
}
