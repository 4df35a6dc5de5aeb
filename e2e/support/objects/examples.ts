import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';
import type { OurObject } from '../admission/admission-fleet.ts';

/** Where users find them. */
export const examplesDirectory = fileURLToPath(new URL('../../../examples/', import.meta.url));

/** One file of `examples`, see the README there. */
export interface Example {
  readonly file: string;
  /** What has to be there first. */
  readonly prelude: readonly OurObject[];
  /** What it is about: the last document, as it is written. */
  readonly text: string;
  /** How `kubectl apply` is told what of it is meant: of an invalid one with a status, that. */
  readonly flags: readonly string[];
  readonly object: OurObject;
  /** Words of the refusal, of each of its problems; none for a valid one. */
  readonly expected: readonly string[];
  /** Whether it is refused with those words when there is no webhook. */
  readonly holdsWithoutWebhook: boolean;
  readonly warnings: readonly string[];
}

/** All files of a folder. Throws for an invalid one that does not say what it expects: nothing could fail of it. */
export function readExamples(folder: 'valid' | 'invalid'): Example[] {
  return readdirSync(`${examplesDirectory}${folder}`).map((file) => {
    const text = readFileSync(`${examplesDirectory}${folder}/${file}`, 'utf8');
    const comments = (key: string): string[] =>
      [...text.matchAll(new RegExp(`^# ${key}: (.*)$`, 'gm'))].map(([, words = '']) => words);
    const objects = parseObjects(text);
    const { status, ...object } = objects.at(-1) as OurObject;
    const expected = comments('expect');
    if (folder === 'invalid' && expected.length === 0) throw new Error(`invalid/${file} has no line "# expect: …"`);
    const isOfStatus = folder === 'invalid' && status !== undefined;
    return {
      file,
      prelude: [...objects.slice(0, -1), ...(isOfStatus ? [object] : [])],
      text: text.split(/^---$/m).at(-1) ?? '',
      flags: isOfStatus ? ['--server-side', '--subresource=status'] : [],
      object: objects.at(-1) as OurObject,
      expected,
      holdsWithoutWebhook: comments('without-webhook')[0] === 'refused',
      warnings: comments('warns'),
    };
  });
}

/** The leaves that the examples speak of. */
export function readFleet(): OurObject[] {
  return parseObjects(readFileSync(`${examplesDirectory}fleet.yaml`, 'utf8'));
}

function parseObjects(text: string): OurObject[] {
  return parseAllDocuments(text).map((document) => document.toJS() as OurObject);
}
