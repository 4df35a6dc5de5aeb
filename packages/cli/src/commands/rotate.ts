import { rotateKeysAnnotation } from '@leafway/controller';
import { kinds, type VirtualNodeShortcut } from '@leafway/core';
import { guardedPatch } from '@leafway/reconciler';
import type { Command } from 'commander';
import { explainTrouble } from '../central/explain-error.ts';
import { findShortcut, namingOf } from '../central/find-shortcut.ts';
import { listShortcuts } from '../central/fleet.ts';
import { waitFor } from '../central/wait-for.ts';
import { addCentralOptions, withCentral } from '../central/with-central.ts';
import { failed } from '../errors.ts';
import { formatSeconds, parseDuration } from '../output/duration.ts';
import type { CentralOptions, Terminal } from '../terminal.ts';

interface RotateOptions extends CentralOptions {
  readonly wait?: boolean;
  readonly timeout: string;
}

const examples = `
Examples:
  leafway rotate rome milan           by the two leaves, in either order
  leafway rotate milan-rome --wait    by the name, and stay until both gateways have other keys

The link works meanwhile. On schedule: spec.gateway.keyRotation.interval of the shortcut.`;

/** Adds `rotate`: other keys for both gateways of a shortcut. */
export function addRotateCommand(program: Command, terminal: Terminal): void {
  const command = program
    .command('rotate')
    .description('give both gateways of a link other keys')
    .argument('<name|leaf>', 'the shortcut, or one of its leaves')
    .argument('[other]', 'the other leaf')
    .option('--wait', 'stay until they have them')
    .option('--timeout <time>', 'how long to wait', '60s')
    .addHelpText('after', examples);
  addCentralOptions(command).action((name: string, peer: string | undefined) =>
    rotate(name, peer, command.optsWithGlobals<RotateOptions>(), terminal),
  );
}

async function rotate(
  name: string,
  peer: string | undefined,
  options: RotateOptions,
  terminal: Terminal,
): Promise<void> {
  const timeoutMs = parseDuration(options.timeout, '--timeout');
  await withCentral(terminal, options, async (api) => {
    const { clock, random, signal, progress } = terminal;
    const shortcut = findShortcut(await listShortcuts(api, signal), namingOf(name, peer));
    const { metadata } = shortcut;
    const request = clock.now().toISOString();
    const value = { ...metadata.annotations, [rotateKeysAnnotation]: request };
    const operations = [{ op: 'add', path: '/metadata/annotations', value }] as const;
    await guardedPatch(api, kinds.shortcuts, shortcut, operations, { signal });
    if (options.wait !== true) {
      terminal.print(
        `${metadata.name} gets other keys: "leafway get ${metadata.name} -o yaml" shows when, in status.keyRotation`,
      );
      return;
    }
    const startMs = clock.monotonicMs();
    let told = '';
    const isDone = await waitFor<VirtualNodeShortcut, true>(
      { api, clock, random, signal },
      {
        type: kinds.shortcuts,
        name: metadata.name,
        timeoutMs,
        goesOn: `${metadata.name} gets other keys without you`,
        until: (now) => {
          if (now === undefined) throw failed(`${metadata.name} was deleted meanwhile`);
          const { keyRotation } = now.status ?? {};
          if (keyRotation?.request === request) return true;
          told = keyRotation?.message ?? told;
          return undefined;
        },
        onTrouble: (problem) => progress(explainTrouble(problem)),
      },
    );
    if (!isDone)
      throw failed(
        `${metadata.name} has no other keys after ${timeoutMs / 1_000} s: ${told || 'the controller has not begun; does it run?'}`,
      );
    terminal.print(
      `both gateways of ${metadata.name} have other keys after ${formatSeconds(clock.monotonicMs() - startMs)}`,
    );
  });
}
