/**
 * Two things by turns, `count` times each, in the order A B B A A B B A: whatever drifts meanwhile, the machine's
 * temperature for one, meets both alike.
 */
export function alternate<T>(a: T, b: T, count: number): T[] {
  return Array.from({ length: count }, (_, pair) => (pair % 2 === 0 ? [a, b] : [b, a])).flat();
}
