import { createHash } from 'node:crypto';

/**
 * The first free number of 0 to `count` - 1, counting round from one that follows from `key` alone: so a key gets the
 * same number again unless somebody else has it by then. `undefined` when none is free.
 */
export function chooseFreeNumber(
  key: string,
  count: number,
  isFree: (candidate: number) => boolean,
): number | undefined {
  const start = createHash('sha256').update(key).digest().readUInt32BE(0) % count;
  for (let step = 0; step < count; step += 1) {
    const candidate = (start + step) % count;
    if (isFree(candidate)) return candidate;
  }
  return undefined;
}
