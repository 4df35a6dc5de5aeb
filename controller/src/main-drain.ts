import { existsSync, writeFileSync } from 'node:fs';
import { type ClusterConnection, createKubeApi, systemClock, systemRandom } from '@leafway/reconciler';
import { pino } from 'pino';
import { drain } from './drain/drain.ts';
import { failureLines, successLines } from './drain/words.ts';
import { fieldManager } from './field-manager.ts';
import { centralName } from './operator.ts';

/** What the process is told by its flags. */
export interface DrainFlags {
  readonly leaseNamespace: string;
  readonly logLevel: string;
  readonly compatibility?: boolean;
  /** In milliseconds. */
  readonly timeout: number;
}

/** What is written there Kubernetes keeps in the status of the pod, when the container is gone. */
const lastWords = '/dev/termination-log';

/** Drains the central cluster; sets the exit code, and says on standard error what it has come to. */
export async function runDrain(flags: DrainFlags & { readonly connection: ClusterConnection }): Promise<void> {
  const log = pino(
    { level: flags.logLevel === 'info' ? 'error' : flags.logLevel },
    pino.destination({ dest: 2, sync: true }),
  );
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort());
  const central = createKubeApi(flags.connection, { cluster: centralName, userAgent: fieldManager });
  const lease = { namespace: flags.leaseNamespace, name: 'leafway-controller' };
  const ports = { central, clock: systemClock, random: systemRandom, log, progress: say };
  try {
    const report = await drain(
      ports,
      { timeoutMs: flags.timeout, lease, compatibility: flags.compatibility },
      stop.signal,
    );
    if (report.obstacles.length === 0) for (const line of successLines(report)) say(line);
    else fail(failureLines(report));
  } catch (error) {
    const why = stop.signal.aborted ? 'it was told to stop' : error instanceof Error ? error.message : String(error);
    fail([`not drained: ${why}`]);
  } finally {
    await central.close();
  }
}

function fail(lines: readonly string[]): void {
  for (const line of lines) say(line);
  if (existsSync(lastWords)) writeFileSync(lastWords, lines.join('\n'));
  process.exitCode = 1;
}

const say = (line: string): void => console.error(`leafway-controller: ${line}`);
