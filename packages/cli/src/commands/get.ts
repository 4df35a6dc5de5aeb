import type { VirtualNodeShortcut } from '@leafway/core';
import type { KubeApi } from '@leafway/reconciler';
import type { Command } from 'commander';
import { findShortcut, findShortcuts, namingOf } from '../central/find-shortcut.ts';
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
  leafway get rome                all of one leaf
  leafway get leaves              all leaves

With -o json or yaml one shortcut is the VirtualNodeShortcut, all of them or of a leaf a List, as kubectl prints them.`;

/** Adds `get`: shortcuts or leaves as a table, or as they are. */
export function addGetCommand(program: Command, terminal: Terminal): void {
  const command = program
    .command('get')
    .description('show shortcuts, or leaves')
    .argument('[name|leaf]', 'a shortcut, a leaf, or the word "leaves"')
    .argument('[other]', 'the other leaf, for the shortcut that links the two')
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
  const found = await withCentral(terminal, options, (api) => find(api, name, peer, terminal.signal));
  const shortcuts = 'metadata' in found ? [found] : found;
  if (output !== 'table') terminal.print(formatValue('metadata' in found ? asPrinted(found) : asList(found), output));
  else if (shortcuts.length === 0) terminal.progress(nothingLine(name));
  else for (const line of shortcutTable(shortcuts, terminal.clock.now())) terminal.print(line);
}

/** One shortcut, where the user asks for one; else those that there are. */
async function find(
  api: KubeApi,
  name: string | undefined,
  peer: string | undefined,
  signal: AbortSignal,
): Promise<VirtualNodeShortcut | readonly VirtualNodeShortcut[]> {
  if (name !== undefined && peer === undefined) return findShortcuts(api, name, signal);
  const all = await listShortcuts(api, signal);
  return name === undefined ? all : findShortcut(all, namingOf(name, peer));
}

function nothingLine(leaf: string | undefined): string {
  return leaf === undefined
    ? 'there are no shortcuts: "leafway connect LEAF LEAF" makes one'
    : `there is no shortcut of the leaf ${leaf}: "leafway connect ${leaf} LEAF" makes one`;
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
