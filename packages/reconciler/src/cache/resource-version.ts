/**
 * Negative when `a` is older than `b`, positive when it is newer, 0 when they are the same. `undefined` when that
 * cannot be told: resource versions have an order only where both are decimal numbers (KEP-5504).
 */
export function compareResourceVersions(a: string | undefined, b: string | undefined): number | undefined {
  if (a === undefined || b === undefined) return undefined;
  if (a === b) return 0;
  if (!isOrdered(a) || !isOrdered(b)) return undefined;
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : 1;
}

/** `a` is surely newer than `b`. */
export function isNewer(a: string | undefined, b: string | undefined): boolean {
  return (compareResourceVersions(a, b) ?? 0) > 0;
}

function isOrdered(version: string): boolean {
  return /^[1-9]\d*$/.test(version);
}
