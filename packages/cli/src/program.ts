import { Command } from 'commander';
import { addConnectCommand } from './commands/connect.ts';
import { addDemoCommand } from './commands/demo.ts';
import { addDescribeCommand } from './commands/describe.ts';
import { addDisconnectCommand } from './commands/disconnect.ts';
import { addGetCommand } from './commands/get.ts';
import { addLabCommands } from './commands/lab.ts';
import { addLeafCommands } from './commands/leaf.ts';
import { addPlanCommand } from './commands/plan.ts';
import { addRotateCommand } from './commands/rotate.ts';
import { addTraceCommand } from './commands/trace.ts';
import { addUninstallCommand } from './commands/uninstall.ts';
import type { Terminal } from './terminal.ts';

const footer = `
Exit codes: 0 done; 1 failed or refused, and standard error says why; 2 not called as it has to be; 130 interrupted.
Also as a plugin of kubectl: kubectl leafway ...`;

/** The whole command line. It throws instead of ending the process: `CommanderError` and `CliError` carry exit codes. */
export function createProgram(terminal: Terminal): Command {
  const program = new Command('leafway')
    .description('Direct tunnels between the leaf clusters of a hub-and-spoke fleet.')
    .option('--kubeconfig <file>', 'kubeconfig of the central cluster (default: KUBECONFIG, or ~/.kube/config)')
    .option('--context <name>', 'context of the kubeconfig (default: its current one)')
    .version(terminal.version, '--version', 'print the version of this command line')
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .addHelpText('after', footer)
    .exitOverride();
  program.commandsGroup('Links:');
  addConnectCommand(program, terminal);
  addDisconnectCommand(program, terminal);
  addPlanCommand(program, terminal);
  addGetCommand(program, terminal);
  addDescribeCommand(program, terminal);
  addTraceCommand(program, terminal);
  addRotateCommand(program, terminal);
  program.commandsGroup('Leaves:');
  addLeafCommands(program, terminal);
  program.commandsGroup('Installation:');
  addUninstallCommand(program, terminal);
  program.commandsGroup('Trying it out:');
  addLabCommands(program, terminal);
  addDemoCommand(program, terminal);
  return program;
}
