import { safeParseAddress } from '../address/address.ts';
import type { ShortcutSpec, VirtualNodeShortcut } from '../api/index.ts';
import type { Pair } from './pair.ts';
import { seniorityOf } from './seniority.ts';
import type { TextPool } from './text-pool.ts';

/** What a shortcut wishes that others may wish as well; what is left at its default is absent. */
export interface Wishes {
  readonly server?: string;
  readonly nodePort?: number;
  readonly loadBalancerIP?: string;
  readonly mapping?: NonNullable<ShortcutSpec['ipMapping']>;
  /** It is being deleted, and keeps what it has until it is gone. */
  readonly isLeaving?: true;
}

/** What is kept of a shortcut: no more than what others are compared with. */
export class StoredShortcut {
  readonly name: string;
  readonly uid: string | undefined;
  readonly creationTimestamp: string | undefined;
  readonly isAccepted: boolean;
  readonly pair: Pair;
  /** The cluster that its spec names first. */
  readonly first: string;
  wishes: Wishes;
  /** The next younger one of the same pair. */
  next: StoredShortcut | undefined;

  constructor(shortcut: VirtualNodeShortcut, wishes: Wishes, pair: Pair, texts: TextPool) {
    const { metadata, spec } = shortcut;
    const { uid, creationTimestamp, isAccepted = false } = seniorityOf(shortcut);
    this.name = metadata.name;
    this.uid = uid;
    // Shortcuts of one fleet are often created in one go.
    this.creationTimestamp = creationTimestamp && texts.share(creationTimestamp);
    this.isAccepted = isAccepted;
    this.pair = pair;
    this.first = spec.clusters[0].id === pair.a.id ? pair.a.id : pair.b.id;
    this.wishes = wishes;
  }
}

const noWishes: Wishes = {};

/** The wishes of a shortcut; all of those with nothing but defaults share one object. */
export function wishesOf({ metadata, spec }: VirtualNodeShortcut): Wishes {
  const { server = 'Auto', service: { nodePort, loadBalancerIP } = {} } = spec.gateway ?? {};
  const mapping = (spec.ipMapping?.policy ?? 'Auto') === 'Auto' ? undefined : spec.ipMapping;
  const wishes: Wishes = {
    ...(server === 'Auto' ? {} : { server }),
    ...(nodePort === undefined ? {} : { nodePort }),
    ...(loadBalancerIP === undefined ? {} : { loadBalancerIP: canonical(loadBalancerIP) }),
    ...(mapping === undefined ? {} : { mapping }),
    ...(metadata.deletionTimestamp === undefined ? {} : { isLeaving: true }),
  };
  return Object.keys(wishes).length === 0 ? noWishes : wishes;
}

/** One text for each address, however it is written. */
function canonical(address: string): string {
  const parsed = safeParseAddress(address);
  return parsed.ok ? parsed.value.text : address;
}

/** Whether two mappings ask for the same names. */
export function isSameMapping(a: Wishes['mapping'], b: Wishes['mapping']): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
