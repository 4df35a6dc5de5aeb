import { describe, expect, it } from 'vitest';
import { choosePorts } from './ports.ts';

describe('choosePorts', () => {
  it('chooses different ports and leaves those in use alone', async () => {
    const values = [0, 0, 0.5, 0.5, 0.25];
    const random = (): number => values.shift() ?? 0.75;
    const ports = await choosePorts({ random, isFree: async (port) => port !== 20_000 }, 3);
    expect(ports).toEqual([26_000, 23_000, 29_000]);
  });

  it('gives up with a sentence when nothing is free', async () => {
    await expect(choosePorts({ random: () => 0, isFree: async () => false }, 2)).rejects.toThrow(/2 free TCP ports/);
  });
});
