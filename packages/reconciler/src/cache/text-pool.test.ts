import { expect, test } from 'vitest';
import { TextPool } from './text-pool.ts';

test('what is shared is the same text, whether it was there before, is long, or came when there were too many', () => {
  const pool = new TextPool();
  const texts = [...Array.from({ length: 25_000 }, (_, index) => `text-${index % 12_000}`), 'x'.repeat(500), ''];
  expect(texts.map((text) => pool.share(text))).toEqual(texts);
});
