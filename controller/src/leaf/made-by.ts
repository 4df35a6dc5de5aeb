import { type LiqoObject, labelKeys } from '@leafway/liqo';

/** An object of a link with the one thing that is kept of its `managedFields`. */
export interface Made {
  /** The field manager that made it, as far as they tell: `liqoctl`, `kubectl-create`. */
  readonly madeBy?: string;
}

interface ManagedFieldsEntry {
  readonly manager?: string;
  readonly fieldsV1?: { readonly 'f:metadata'?: { readonly 'f:labels'?: Readonly<Record<string, unknown>> } };
}

/** Names, of which every object would else have a copy of its own. */
const known = new Map<string, string>();
const mostKnown = 1_000;

/**
 * Keeps who made an object: whoever owns the label without which Liqo does not take it for a part of a link. Others, Liqo's
 * own controllers among them, write only beside that.
 */
export function withMaker<T extends LiqoObject>(object: T): T & Made {
  const entries = (object.metadata.managedFields ?? []) as readonly ManagedFieldsEntry[];
  const label = `f:${labelKeys.remoteClusterID}`;
  const manager = entries.find(
    ({ fieldsV1 }) => fieldsV1?.['f:metadata']?.['f:labels']?.[label] !== undefined,
  )?.manager;
  // A leaf's words go into messages of ours.
  if (manager === undefined || !/^[\w./-]{1,64}$/.test(manager)) return object;
  return { ...object, madeBy: shared(manager) };
}

function shared(manager: string): string {
  const found = known.get(manager);
  if (found === undefined && known.size < mostKnown) known.set(manager, manager);
  return found ?? manager;
}
