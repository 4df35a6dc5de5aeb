import { kinds, type LeafCluster, type VirtualNodeShortcut } from '@leafway/core';
import { isApiError } from '@leafway/reconciler';
import type { Command } from 'commander';
import { findShortcut, namingOf } from '../central/find-shortcut.ts';
import { listLeaves, listShortcuts } from '../central/fleet.ts';
import { untilGone } from '../central/until-gone.ts';
import { addCentralOptions, withCentral } from '../central/with-central.ts';
import { failed } from '../errors.ts';
import { formatSeconds, parseDuration } from '../output/duration.ts';
import type { CentralOptions, Terminal } from '../terminal.ts';

interface DisconnectOptions extends CentralOptions {
  readonly wait?: boolean;
  readonly timeout: string;
}

const examples = `
Examples:
  leafway disconnect rome milan           by the two leaves, in either order
  leafway disconnect milan-rome --wait    by the name, and stay until every object on both leaves is gone

Traffic between the two goes through the central cluster again. Nothing is removed but what was made for this link.`;

/** Adds `disconnect`: deletes a shortcut. */
export function addDisconnectCommand(program: Command, terminal: Terminal): void {
  const command = program
    .command('disconnect')
    .description('remove the direct link of two leaves')
    .argument('<name|leaf>', 'the shortcut, or one of its leaves')
    .argument('[other]', 'the other leaf')
    .option('--wait', 'stay until it is gone')
    .option('--timeout <time>', 'how long to wait', '60s')
    .addHelpText('after', examples);
  addCentralOptions(command).action((name: string, peer: string | undefined) =>
    disconnect(name, peer, command.optsWithGlobals<DisconnectOptions>(), terminal),
  );
}

async function disconnect(
  name: string,
  peer: string | undefined,
  options: DisconnectOptions,
  terminal: Terminal,
): Promise<void> {
  const timeoutMs = parseDuration(options.timeout, '--timeout');
  await withCentral(terminal, options, async (api) => {
    const { clock, random, signal, progress } = terminal;
    const shortcut = findShortcut(await listShortcuts(api, signal), namingOf(name, peer));
    const { metadata } = shortcut;
    if (metadata.deletionTimestamp === undefined) {
      try {
        await api.delete(kinds.shortcuts, metadata, { uid: metadata.uid, signal });
      } catch (error) {
        if (isApiError(error, 'Conflict')) throw failed(`${metadata.name} was made anew just now: try again`, error);
        throw error;
      }
    } else {
      progress(`${metadata.name} is being deleted already`);
    }
    if (options.wait !== true) {
      terminal.print(`shortcut ${metadata.name} is being deleted; ${ids(shortcut)} talk through the centre`);
      return;
    }
    const { elapsedMs } = await untilGone({ api, clock, random, signal, progress }, shortcut, timeoutMs);
    terminal.print(`${ids(shortcut)} are disconnected after ${formatSeconds(elapsedMs)}`);
    for (const line of remainderLines(await listLeaves(api, signal), metadata.uid)) terminal.print(line);
  });
}

const ids = ({ spec }: VirtualNodeShortcut): string => spec.clusters.map(({ id }) => id).join(' and ');

/** What could not be removed because its leaf does not answer. */
function remainderLines(leaves: readonly LeafCluster[], uid: string | undefined): string[] {
  return leaves.flatMap(({ metadata, status }) => {
    const left = status?.pendingCleanup?.filter((object) => object.shortcut.uid === uid) ?? [];
    const names = left.map((object) => `${object.kind} ${object.name}`).join(', ');
    return left.length === 0 ? [] : [`  ${metadata.name} does not answer: removed when it returns: ${names}`];
  });
}
