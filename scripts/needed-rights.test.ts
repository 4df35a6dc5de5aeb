import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { neededRights } from '@leafway/controller';
import { expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';

interface Role {
  readonly rules: readonly { readonly apiGroups: string[]; readonly resources: string[]; readonly verbs: string[] }[];
}

const file = join(import.meta.dirname, '..', 'charts/leafway-leaf/files/roles/centre.yaml');

it('the controller asks a leaf for exactly the rights that the role of the leaf chart gives', () => {
  const name = (verb: string, resource: string, group: string): string => `${verb} ${resource}.${group}`;
  const roles = parseAllDocuments(readFileSync(file, 'utf8')).map((document) => document.toJS() as Role);
  const granted = roles.flatMap(({ rules }) =>
    rules.flatMap(({ apiGroups, resources, verbs }) =>
      resources.flatMap((resource) => verbs.map((verb) => name(verb, resource, apiGroups[0] ?? ''))),
    ),
  );
  const { vital, useful } = neededRights('liqo');
  const needed = [...vital, ...useful].map(({ verb, resource, group }) => name(verb, resource, group));
  expect(new Set(needed)).toEqual(new Set(granted));
});
