import type { VirtualNodeShortcut } from '@leafway/core';
import { isApiError, type KubeApi, type ResourceType } from '@leafway/reconciler';
import type { Command } from 'commander';
import { findShortcut, namingOf } from '../central/find-shortcut.ts';
import { listShortcuts } from '../central/fleet.ts';
import { addCentralOptions, withCentral } from '../central/with-central.ts';
import { describeShortcut } from '../output/describe-shortcut.ts';
import { eventsOf, type KubeEvent, type ShortcutEvent } from '../output/events.ts';
import type { CentralOptions, Terminal } from '../terminal.ts';

const examples = `
Examples:
  leafway describe milan-rome
  leafway describe rome milan

Shows both sides with their gateways and ranges, the objects on the leaves, the conditions and, when the link is not
Ready, what to do. For programs there is "leafway get milan-rome -o json".`;

/** Adds `describe`: everything about one shortcut. */
export function addDescribeCommand(program: Command, terminal: Terminal): void {
  const command = program
    .command('describe')
    .description('show everything about one shortcut, and what to do when it is not Ready')
    .argument('<name|leaf>', 'the shortcut, or one of its leaves')
    .argument('[other]', 'the other leaf')
    .addHelpText('after', examples);
  addCentralOptions(command).action((name: string, peer: string | undefined) =>
    withCentral(terminal, command.optsWithGlobals<CentralOptions>(), async (api) => {
      const shortcut = findShortcut(await listShortcuts(api, terminal.signal), namingOf(name, peer));
      const events = await readEvents(api, shortcut, terminal.signal);
      for (const line of describeShortcut(shortcut, events, terminal.clock.now())) terminal.print(line);
    }),
  );
}

const eventType: ResourceType = {
  group: 'events.k8s.io',
  version: 'v1',
  plural: 'events',
  kind: 'Event',
  namespaced: true,
};

/** Where Kubernetes keeps the events of objects that have no namespace. */
const eventNamespace = 'default';

/** What happened to it; nothing for a user who may not see that. */
async function readEvents(
  api: KubeApi,
  { metadata: { uid } }: VirtualNodeShortcut,
  signal: AbortSignal,
): Promise<ShortcutEvent[]> {
  try {
    const { items } = await api.list<KubeEvent>(eventType, { namespace: eventNamespace, signal });
    return eventsOf(items, uid);
  } catch (error) {
    if (isApiError(error, 'Forbidden')) return [];
    throw error;
  }
}
