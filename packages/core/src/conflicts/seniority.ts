/** What tells the older of two objects: fields of their metadata. */
export interface Seniority {
  readonly creationTimestamp?: string | undefined;
  readonly uid?: string | undefined;
}

/**
 * Whether `a` is older than `b`: by the second of its creation, then by its UID, which differs. What is not stored yet
 * has no second of creation and is younger than everything. Of two stored shortcuts that want the same, the younger one
 * yields (design, "Two shortcuts at once").
 */
export function isOlder(a: Seniority, b: Seniority): boolean {
  const [createdA, createdB] = [a.creationTimestamp ?? notStored, b.creationTimestamp ?? notStored];
  return createdA === createdB ? (a.uid ?? '') < (b.uid ?? '') : createdA < createdB;
}

/** Sorts behind every time. */
const notStored = '~';
