import fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitLines } from './lines.ts';

async function linesOf(chunks: readonly Uint8Array[], maxBytes = 1_000_000): Promise<string[]> {
  const source = async function* () {
    yield* chunks;
  };
  const lines: string[] = [];
  for await (const line of splitLines(source(), maxBytes)) lines.push(line);
  return lines;
}

test('lines are the same however the bytes are cut, also inside a character', async () => {
  const line = fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\n', ''));
  await fc.assert(
    fc.asyncProperty(fc.array(line), fc.array(fc.nat({ max: 400 })), async (lines, cuts) => {
      const bytes = Buffer.from(lines.map((each) => `${each}\n`).join(''));
      const at = [0, ...cuts.sort((a, b) => a - b), bytes.length];
      const chunks = at.slice(1).map((end, i) => bytes.subarray(at[i], end));
      expect(await linesOf(chunks)).toEqual(lines);
    }),
    { numRuns: 200 },
  );
});

test('text after the last line end is a line', async () => {
  expect(await linesOf([Buffer.from('a\nb')])).toEqual(['a', 'b']);
});

test('a line that is too long ends the reading', async () => {
  await expect(linesOf([Buffer.from('aaaa\nbbb'), Buffer.from('bbb')], 5)).rejects.toThrow('longer than 5 bytes');
});
