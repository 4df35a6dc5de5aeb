import { mkdtempSync, readFileSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { aPod } from './testing.ts';
import { modeForUser, writeVolume } from './write-volume.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'leafway-volume-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const write = (generation: number, files: Record<string, string>): Promise<void> =>
  writeVolume(
    directory,
    new Map(Object.entries(files).map(([path, text]) => [path, { content: Buffer.from(text), mode: 0o644 }])),
    { pod: aPod(), generation },
  );
const read = (path: string): string => readFileSync(join(directory, path), 'utf8');

it('changes all files at once, behind one link', async () => {
  await write(1, { 'tls.crt': 'old', 'tls.key': 'old' });
  expect(readlinkSync(join(directory, '..data'))).toBe('..1');
  await write(2, { 'tls.crt': 'new', 'tls.key': 'new', 'ca.crt': 'new' });
  expect(readlinkSync(join(directory, '..data'))).toBe('..2');
  expect(['tls.crt', 'tls.key', 'ca.crt'].map(read)).toEqual(['new', 'new', 'new']);
});

it('leaves files alone that are as they shall be', async () => {
  await write(1, { a: 'x' });
  await write(2, { a: 'x' });
  expect(readlinkSync(join(directory, '..data'))).toBe('..1');
});

it('removes files that are no longer there', async () => {
  await write(1, { a: 'x', b: 'x' });
  await write(2, { a: 'x' });
  expect(() => statSync(join(directory, 'b'))).toThrow('ENOENT');
  expect(read('a')).toBe('x');
});

it('gives the user of a Pod the rights that he would have on a node', () => {
  const user = (fsGroup?: number) =>
    aPod({ securityContext: { runAsUser: 65_532, ...(fsGroup === undefined ? {} : { fsGroup }) } });
  expect(modeForUser(0o644, user())).toBe(0o400);
  expect(modeForUser(0o400, user())).toBe(0);
  expect(modeForUser(0o400, user(65_532))).toBe(0o400);
  expect(modeForUser(0o400, aPod())).toBe(0o400);
});
