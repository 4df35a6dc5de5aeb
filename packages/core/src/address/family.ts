/** The version of the Internet Protocol. */
export type Family = 4 | 6;

/** How many bits an address of the family has. */
export function bitsOf(family: Family): 32 | 128 {
  return family === 4 ? 32 : 128;
}

/** The mask that selects the host bits behind a prefix of that length. */
export function hostMask(family: Family, length: number): bigint {
  return (1n << BigInt(bitsOf(family) - length)) - 1n;
}
