import { type ClusterConnection, createKubeApi, systemClock } from '@leafway/reconciler';
import { check } from './check/check.ts';
import { fieldManager } from './field-manager.ts';
import { centralName } from './operator.ts';

/** What the process is told by its flags. */
export interface CheckFlags {
  readonly leaseNamespace: string;
  /** In milliseconds. */
  readonly timeout: number;
}

/** Checks the installation; sets the exit code, and says on standard error what it has come to. */
export async function runCheck(flags: CheckFlags & { readonly connection: ClusterConnection }): Promise<void> {
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort());
  const central = createKubeApi(flags.connection, { cluster: centralName, userAgent: fieldManager });
  const lease = { namespace: flags.leaseNamespace, name: 'leafway-controller' };
  try {
    const problems = await check({ central, clock: systemClock }, { timeoutMs: flags.timeout, lease }, stop.signal);
    if (problems.length > 0) fail(problems);
    else say('the webhook refuses a shortcut whose leaves do not exist, and a controller leads');
  } catch (error) {
    fail([`not checked: ${error instanceof Error ? error.message : String(error)}`]);
  } finally {
    await central.close();
  }
}

function fail(lines: readonly string[]): void {
  for (const line of lines) say(line);
  process.exitCode = 1;
}

const say = (line: string): void => console.error(`leafway-controller: ${line}`);
