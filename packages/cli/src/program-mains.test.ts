import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { mainBeside } from './program-mains.ts';

describe('mainBeside', () => {
  it.each([
    ['file:///x/src/index.ts', 'file:///x/src/main.ts'],
    ['file:///x/dist/index.js', 'file:///x/dist/main.js'],
  ])('finds the program beside %s', (index, main) => {
    expect(mainBeside(index)).toBe(main);
  });

  it.each(['packages/gateway', 'webhook', 'controller'])('leads to a program that exists in %s', (folder) => {
    const index = new URL(`../../../${folder}/src/index.ts`, import.meta.url).href;
    expect(existsSync(fileURLToPath(mainBeside(index)))).toBe(true);
  });
});
