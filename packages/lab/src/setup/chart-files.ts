import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KubeObject } from '@leafway/reconciler';
import { parseAllDocuments } from 'yaml';

/** All objects of one YAML file, in their order. */
export async function readManifests<T extends KubeObject = KubeObject>(file: string): Promise<T[]> {
  return parseAllDocuments(await readFile(file, 'utf8')).map((document) => document.toJS() as T);
}

/** All objects of the YAML files in a directory, in the order of the files' names. */
export async function readManifestsIn<T extends KubeObject = KubeObject>(directory: string): Promise<T[]> {
  const files = (await readdir(directory)).filter((file) => file.endsWith('.yaml')).sort();
  return (await Promise.all(files.map((file) => readManifests<T>(join(directory, file))))).flat();
}
