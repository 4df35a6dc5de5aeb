import { isDeepStrictEqual } from 'node:util';
import type { VirtualNodeShortcut } from '@leafway/core';
import type { JsonPatchOperation } from '@leafway/reconciler';
import type { Acceptance } from './conditions.ts';
import { type Connection, connectionLabels, isMadeFor, nameOfConnection, shortcutNameOf } from './connection.ts';
import { gatewayWithWanted, linksWanted, type MappingOptions, newShortcut, wantedLink } from './to-shortcut.ts';

/** What is to be done with the shortcut of a connection. */
export type ShortcutStep =
  | { readonly kind: 'create'; readonly shortcut: VirtualNodeShortcut }
  | {
      readonly kind: 'patch';
      readonly shortcut: VirtualNodeShortcut;
      readonly operations: readonly JsonPatchOperation[];
    }
  | { readonly kind: 'delete'; readonly shortcut: VirtualNodeShortcut };

/** What follows from a connection and the shortcut that has the name of its own. */
export interface ConnectionDecision {
  readonly acceptance: Acceptance;
  /** The connection's own shortcut, as it is. */
  readonly shortcut: VirtualNodeShortcut | undefined;
  readonly step: ShortcutStep | undefined;
}

/** Decides on a connection that is to stay; `found` is the shortcut with the name of its own, whoever made it. */
export function decideConnection(
  connection: Connection,
  found: VirtualNodeShortcut | undefined,
  options: MappingOptions,
): ConnectionDecision {
  const wanted = wantedLink(connection, options);
  const name = shortcutNameOf(connection);
  const nothing = { shortcut: undefined, step: undefined };
  if (found === undefined) {
    const step = { kind: 'create', shortcut: newShortcut(connection, wanted) } as const;
    return { ...nothing, acceptance: acceptance(name, wanted.withoutEffect), step };
  }
  if (!isMadeFor(found, connection)) return { ...nothing, acceptance: nameTaken(connection, name) };
  if (found.metadata.deletionTimestamp !== undefined)
    return { ...nothing, shortcut: found, acceptance: replacing(name, 'is being deleted') };
  if (!linksWanted(found, wanted)) {
    const pair = found.spec.clusters.map(({ id }) => id).join(' and ');
    const why = `links ${pair}, which cannot be changed: it is deleted`;
    return { shortcut: found, acceptance: replacing(name, why), step: { kind: 'delete', shortcut: found } };
  }
  const gateway = gatewayWithWanted(found, wanted);
  const isAsWanted = isDeepStrictEqual(gateway, found.spec.gateway);
  const operations = [{ op: 'add', path: '/spec/gateway', value: gateway }] as const;
  return {
    acceptance: acceptance(name, wanted.withoutEffect),
    shortcut: found,
    step: isAsWanted ? undefined : { kind: 'patch', shortcut: found, operations },
  };
}

function acceptance(name: string, withoutEffect: readonly string[]): Acceptance {
  const ignored = withoutEffect.length === 0 ? '' : `; without effect: ${withoutEffect.join(', ')}`;
  return { reason: 'Accepted', message: `carried out by the VirtualNodeShortcut "${name}"${ignored}` };
}

function nameTaken(connection: Connection, name: string): Acceptance {
  return {
    reason: 'NameTaken',
    message:
      `the VirtualNodeShortcut "${name}" was not made for this ${connection.kind}: delete it, or, if it is the one of ` +
      `${nameOfConnection(connection)} from before a restore, set its label ${connectionLabels.uid} to ${connection.metadata.uid}`,
  };
}

const replacing = (name: string, why: string): Acceptance => ({
  reason: 'Replacing',
  message: `the VirtualNodeShortcut "${name}" ${why}; when it is gone it is made anew`,
});
