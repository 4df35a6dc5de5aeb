import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { LeafCluster, VirtualNodeShortcut } from '../api/index.ts';
import { createFleetIndex } from './fleet-index.ts';
import type { Review } from './review.ts';

const directory = join(import.meta.dirname, '../../../../examples');

type Document = LeafCluster | VirtualNodeShortcut;

const read = (file: string): string => readFileSync(join(directory, file), 'utf8');
const documentsOf = (text: string): Document[] =>
  parseAllDocuments(text).map((document) => document.toJS() as Document);
const comments = (text: string, key: string): string[] =>
  [...text.matchAll(new RegExp(`^# ${key}: (.*)$`, 'gm'))].map(([, words = '']) => words);

/** The files of a folder whose last document is a shortcut that only the webhook judges. */
function shortcutsIn(folder: 'valid' | 'invalid'): [string, string][] {
  return readdirSync(join(directory, folder))
    .map((file): [string, string] => [file, read(`${folder}/${file}`)])
    .filter(([, text]) => documentsOf(text).at(-1)?.kind === 'VirtualNodeShortcut')
    .filter(([, text]) => folder === 'valid' || comments(text, 'without-webhook')[0] === 'webhook-needed');
}

/** What is said of the last document, where the fleet of the examples and all documents before it are there. */
function reviewOf(text: string): Review {
  const index = createFleetIndex({ centralClusterID: () => 'central', now: () => new Date('2026-06-01T00:00:00Z') });
  const documents = documentsOf(text);
  for (const object of [...documentsOf(read('fleet.yaml')), ...documents.slice(0, -1)]) {
    if (object.kind === 'LeafCluster') index.putLeaf(object);
    else index.putShortcut(asStored(object));
  }
  const last = documents.at(-1) as VirtualNodeShortcut;
  const isStored = documents.slice(0, -1).some(({ metadata }) => metadata.name === last.metadata.name);
  return index.review(isStored ? asStored(last) : last, { isStored });
}

function asStored(shortcut: VirtualNodeShortcut): VirtualNodeShortcut {
  const { metadata } = shortcut;
  return { ...shortcut, metadata: { ...metadata, uid: metadata.name, creationTimestamp: '2026-01-01T00:00:00Z' } };
}

describe('the examples', () => {
  test.each(shortcutsIn('invalid'))('%s has the problems that it states', (_, text) => {
    const lines = reviewOf(text).problems.map(({ path, message }) => `* ${path}: ${message}`);
    const expected = comments(text, 'expect');
    expect(lines).toHaveLength(expected.length);
    for (const words of expected) expect(lines.join('\n')).toContain(words);
  });

  test.each(shortcutsIn('valid'))('%s has the warnings that it states', (_, text) => {
    const { problems, warnings } = reviewOf(text);
    expect([problems, warnings]).toEqual([[], comments(text, 'warns')]);
  });
});
