import type { Command } from 'commander';
import { findShortcut, namingOf } from '../central/find-shortcut.ts';
import { listLeaves, listShortcuts } from '../central/fleet.ts';
import { addCentralOptions, withCentral } from '../central/with-central.ts';
import { asList, asPrinted, type Format, formatValue, outputOption } from '../output/format.ts';
import { leafTable } from '../output/leaf-table.ts';
import { shortcutTable } from '../output/shortcut-table.ts';
import type { CentralOptions, Terminal } from '../terminal.ts';

export interface GetOptions extends CentralOptions {
  readonly output: Format;
}

const examples = `
Examples:
  leafway get                     all shortcuts
  leafway get milan-rome          one, by its name
  leafway get rome milan -o json  one, by its leaves, as the API server has it
  leafway get leaves              all leaves

With -o json or yaml one shortcut is the VirtualNodeShortcut, all of them a List, as kubectl prints them.`;

/** Adds `get`: shortcuts or leaves as a table, or as they are. */
export function addGetCommand(program: Command, terminal: Terminal): void {
  const command = program
    .command('get')
    .description('show shortcuts, or leaves')
    .argument('[name|leaf]', 'a shortcut, one of its leaves, or the word "leaves"')
    .argument('[other]', 'the other leaf')
    .addOption(outputOption())
    .addHelpText('after', examples);
  addCentralOptions(command).action((name: string | undefined, peer: string | undefined) => {
    const options = command.optsWithGlobals<GetOptions>();
    if (name === 'leaves' && peer === undefined) return getLeaves(options, terminal);
    return getShortcuts(name, peer, options, terminal);
  });
}

async function getShortcuts(
  name: string | undefined,
  peer: string | undefined,
  options: GetOptions,
  terminal: Terminal,
): Promise<void> {
  const { output } = options;
  const all = await withCentral(terminal, options, (api) => listShortcuts(api, terminal.signal));
  const one = name === undefined ? undefined : findShortcut(all, namingOf(name, peer));
  if (output !== 'table') {
    terminal.print(formatValue(one === undefined ? asList(all) : asPrinted(one), output));
    return;
  }
  if (one === undefined && all.length === 0) {
    terminal.progress('there are no shortcuts: "leafway connect LEAF LEAF" makes one');
    return;
  }
  for (const line of shortcutTable(one === undefined ? all : [one], terminal.clock.now())) terminal.print(line);
}

/** Shows all leaves; also `leaf list`. */
export async function getLeaves(options: GetOptions, terminal: Terminal): Promise<void> {
  const { output } = options;
  const [leaves, shortcuts] = await withCentral(terminal, options, (api) =>
    Promise.all([listLeaves(api, terminal.signal), listShortcuts(api, terminal.signal)]),
  );
  if (output !== 'table') terminal.print(formatValue(asList(leaves), output));
  else if (leaves.length === 0)
    terminal.progress('there are no leaves: "leafway leaf add NAME --kubeconfig FILE" registers one');
  else for (const line of leafTable(leaves, shortcuts, terminal.clock.now())) terminal.print(line);
}
