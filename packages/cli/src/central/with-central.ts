import type { KubeApi } from '@leafway/reconciler';
import type { Command } from 'commander';
import { failed } from '../errors.ts';
import type { CentralOptions, Terminal } from '../terminal.ts';
import { explainError } from './explain-error.ts';

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
  const central = open(terminal, options);
  try {
    return await use(central.api);
  } catch (error) {
    throw explainError(error, { name: 'the central cluster', server: central.server });
  } finally {
    await central.close();
  }
}

function open(terminal: Terminal, options: CentralOptions): ReturnType<Terminal['connect']> {
  try {
    return terminal.connect(options);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw failed(`no way to the central cluster: ${why}`, error);
  }
}
