import type { KubeApi } from '@leafway/reconciler';
import type { Command } from 'commander';
import { failed } from '../errors.ts';
import type { CentralOptions, OpenApi, Terminal } from '../terminal.ts';
import { explainError } from './explain-error.ts';
import { isFileError, reasonOf } from './read-file.ts';

/** Adds the options that say which cluster is the central one, as kubectl has them. */
export function addCentralOptions(command: Command): Command {
  return command
    .option('--kubeconfig <file>', 'kubeconfig of the central cluster (default: KUBECONFIG, or ~/.kube/config)')
    .option('--context <name>', 'context of the kubeconfig (default: its current one)');
}

/** Does something with the central cluster's API. Whatever goes wrong is thrown as a `CliError` for the user. */
export async function withCentral<R>(
  terminal: Terminal,
  options: CentralOptions,
  use: (api: KubeApi) => Promise<R>,
): Promise<R> {
  const central = openForUser(terminal, options, 'the central cluster');
  try {
    return await use(central.api);
  } catch (error) {
    throw explainError(error, { name: 'the central cluster', server: central.server });
  } finally {
    await central.close();
  }
}

/** Connects as kubectl does. Throws a `CliError` that says what is wrong with the kubeconfig, and of which cluster. */
export function openForUser(terminal: Terminal, options: CentralOptions, cluster: string): OpenApi {
  try {
    return terminal.connect(options);
  } catch (error) {
    throw failed(`no way to ${cluster}: ${explainKubeconfig(error, options.kubeconfig)}`, error);
  }
}

/** Why the user's own kubeconfig is of no use, in one line, and which one it is. */
function explainKubeconfig(error: unknown, file: string | undefined): string {
  const where = file ?? 'the default kubeconfig';
  const { path = where } = error as NodeJS.ErrnoException;
  const [why = ''] = reasonOf(error).split('\n', 1);
  if (isFileError(error)) return `${path} cannot be read: ${why}; set --kubeconfig or KUBECONFIG`;
  return why.startsWith(where) ? why : `${where}: ${why}`;
}
