import type { Condition, VirtualNodeShortcut } from '../api/index.ts';

/** What tells which of two shortcuts comes first. */
export interface Seniority {
  /** The controller carries it out. */
  readonly isAccepted?: boolean | undefined;
  readonly creationTimestamp?: string | undefined;
  readonly uid?: string | undefined;
}

/** The seniority of a shortcut, as its metadata and its status tell it. */
export function seniorityOf({ metadata, status }: VirtualNodeShortcut): Seniority {
  const { uid, creationTimestamp } = metadata;
  return { isAccepted: status?.conditions?.some(isAcceptance) === true, creationTimestamp, uid };
}

const isAcceptance = ({ type, status }: Condition): boolean => type === 'Accepted' && status === 'True';

/**
 * Whether `a` comes before `b`: what is carried out before what is not, then by the second of creation, then by the
 * UID, which differs. What is not stored yet has no second of creation and is younger than everything. Of two stored
 * shortcuts that want the same, the younger one yields (docs/architecture.md), and what is carried out stays.
 */
export function isOlder(a: Seniority, b: Seniority): boolean {
  if ((a.isAccepted ?? false) !== (b.isAccepted ?? false)) return a.isAccepted === true;
  const [createdA, createdB] = [a.creationTimestamp ?? notStored, b.creationTimestamp ?? notStored];
  return createdA === createdB ? (a.uid ?? '') < (b.uid ?? '') : createdA < createdB;
}

/** Sorts behind every time. */
const notStored = '~';
