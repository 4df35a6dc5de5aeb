import type { Command } from 'commander';
import { createProgram } from './program.ts';
import type { Terminal } from './terminal.ts';

/** What the command line says of itself, command by command. */
export interface CommandReference {
  /** As it is typed: `leafway leaf add`; `leafway` alone for what all commands share. */
  readonly name: string;
  readonly usage: string;
  readonly description: string;
  readonly arguments: readonly Term[];
  readonly options: readonly Term[];
  /** What stands below the options in its help: examples, and what is printed. */
  readonly notes: string;
}

/** One argument or option, and what it means. */
export interface Term {
  readonly term: string;
  readonly description: string;
}

/** Every command with what `--help` shows of it, in the order of the help. */
export function commandReference(): CommandReference[] {
  // Only what is done with a command needs the rest of a terminal.
  const terminal = {
    version: '0',
    defaultLabDirectory: '~/.cache/leafway/labs/default',
    demoDirectory: '~/.cache/leafway/labs/demo',
  };
  return describe(createProgram(terminal as Terminal), '');
}

function describe(command: Command, parent: string): CommandReference[] {
  const help = command.createHelp();
  const name = `${parent} ${command.name()}`.trim();
  const own: CommandReference = {
    name,
    usage: help.commandUsage(command),
    description: command.description(),
    arguments: help
      .visibleArguments(command)
      .map((one) => ({ term: help.argumentTerm(one), description: help.argumentDescription(one) })),
    options: help
      .visibleOptions(command)
      .map((one) => ({ term: help.optionTerm(one), description: help.optionDescription(one) })),
    notes: notesOf(command),
  };
  return [own, ...command.commands.flatMap((inner) => describe(inner, name))];
}

/** What the help ends with. */
function notesOf(command: Command): string {
  let text = '';
  command.configureOutput({
    writeOut: (part) => {
      text += part;
    },
  });
  command.outputHelp();
  return text.slice(command.helpInformation().length).trim();
}
