import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { type ClusterConnection, loadConnection, parseKubeconfig } from '@leafway/reconciler';
import type { CentralOptions } from './terminal.ts';

/** The connection that kubectl would use with these options. Throws when there is none. */
export function connectionOf(options: CentralOptions, environment: NodeJS.ProcessEnv): ClusterConnection {
  return plainConnection(options, environment) ?? loadConnection(options);
}

/**
 * The connection of a kubeconfig that has everything in itself. Reading one strictly takes a tenth of the time of the
 * full loader, which is needed for credential programs, files, several kubeconfigs, and to say what is wrong.
 */
function plainConnection(
  { kubeconfig, context }: CentralOptions,
  { KUBECONFIG }: NodeJS.ProcessEnv,
): ClusterConnection | undefined {
  const file = kubeconfig ?? (KUBECONFIG || join(homedir(), '.kube', 'config'));
  if (context !== undefined || file.includes(delimiter)) return undefined;
  try {
    return parseKubeconfig(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
