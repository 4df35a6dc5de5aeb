import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunningLab } from '@leafway/lab';
import { kubectl, mustKubectl } from 'leafway/demo';
import { vi } from 'vitest';
import { parseAllDocuments } from 'yaml';

/** Any object, with fields that nothing here knows. */
export interface AnyObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Readonly<Record<string, unknown>> & { readonly name: string; readonly namespace?: string };
  readonly spec?: unknown;
  readonly status?: unknown;
}

/** A CustomResourceDefinition with one version, as all of Liqo's are. */
export interface Definition extends AnyObject {
  readonly spec: {
    readonly group: string;
    readonly names: { readonly plural: string };
    readonly versions: readonly [{ readonly name: string; readonly schema: { readonly openAPIV3Schema: Schema } }];
  };
}

interface Schema {
  readonly description: string;
}

/** The definitions that an installation of Liqo applies, out of a directory with the data of a real one. */
export function readDefinitions(directory: string): Definition[] {
  const folder = join(directory, 'liqo-1.2.0/crds');
  return readdirSync(folder).flatMap((file) => documentsOf<Definition>(join(folder, file)));
}

/** All objects that one cluster of a real connection had. */
export function readConnectionObjects(directory: string, cluster: string): AnyObject[] {
  const file = join(directory, 'liqo-1.2.0/connection', `${cluster}.yaml`);
  const documents = documentsOf<AnyObject & { readonly items?: AnyObject[] }>(file);
  // One document is the remainder of a list, and no object.
  return documents.flatMap((document) => document.items ?? document).filter(({ kind }) => kind !== undefined);
}

function documentsOf<T>(file: string): T[] {
  return parseAllDocuments(readFileSync(file, 'utf8')).flatMap((document) => (document.toJS() as T | null) ?? []);
}

/** The same kind without a schema: an API server keeps what it is sent, the unknown and the forbidden included. */
export function withoutSchema(definition: Definition): Definition {
  const [version] = definition.spec.versions;
  const openAPIV3Schema = {
    type: 'object',
    description: `${definition.metadata.name}, whatever is in it.`,
    'x-kubernetes-preserve-unknown-fields': true,
  };
  return { ...definition, spec: { ...definition.spec, versions: [{ ...version, schema: { openAPIV3Schema } }] } };
}

/** Puts definitions in the place of those that a cluster has, and waits until its API server goes by them. */
export async function installDefinitions(
  lab: RunningLab,
  cluster: string,
  definitions: readonly Definition[],
): Promise<void> {
  const { stdout } = await mustKubectl(lab, cluster, ['get', 'customresourcedefinitions', '--output=name']);
  const present = new Set(stdout.trim().split('\n'));
  const isPresent = ({ metadata }: Definition): boolean =>
    present.has(`customresourcedefinition.apiextensions.k8s.io/${metadata.name}`);
  for (const [command, items] of [
    ['replace', definitions.filter(isPresent)],
    ['create', definitions.filter((definition) => !isPresent(definition))],
  ] as const) {
    if (items.length === 0) continue;
    await mustKubectl(
      lab,
      cluster,
      [command, '--filename=-'],
      JSON.stringify({ apiVersion: 'v1', kind: 'List', items }),
    );
  }
  for (const definition of definitions) await untilServed(lab, cluster, definition);
}

async function untilServed(lab: RunningLab, cluster: string, { spec }: Definition): Promise<void> {
  const [{ name, schema }] = spec.versions;
  const path = `/openapi/v3/apis/${spec.group}/${name}`;
  const isServed = async (): Promise<boolean> => {
    const { stdout } = await kubectl(lab, cluster, ['get', '--raw', path]);
    return stdout.includes(JSON.stringify(schema.openAPIV3Schema.description));
  };
  await vi.waitUntil(isServed, { timeout: 60_000, interval: 500 });
}
