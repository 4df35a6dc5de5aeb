/** The identity of a pair of clusters, the same for both orders. A cluster ID has no slash. */
export function pairKey(a: string, b: string): string {
  return a < b ? `${a}/${b}` : `${b}/${a}`;
}
