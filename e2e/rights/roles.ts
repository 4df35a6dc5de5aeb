import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';

/** One verb on one resource that one role of a chart gives, to objects of that name or, without one, to all. */
export interface Grant {
  /** The file, from the root of the workspace. */
  readonly file: string;
  readonly kind: 'Role' | 'ClusterRole';
  readonly role: string;
  /** As in the file; the chart may put another in its place. */
  readonly namespace?: string;
  readonly group: string;
  readonly resource: string;
  readonly verb: string;
  readonly name?: string;
}

interface RoleManifest {
  readonly kind: 'Role' | 'ClusterRole';
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly rules: readonly {
    readonly apiGroups: readonly string[];
    readonly resources: readonly string[];
    readonly resourceNames?: readonly string[];
    readonly verbs: readonly string[];
  }[];
}

/** Roles for people are given to whoever administrators choose: no test shows what these will do. */
const forPeople = ['people.yaml', 'people-compatibility.yaml'];

/** Everything that the charts' roles give to our processes, each verb on each resource by itself. */
export function readGrants(root: string): Grant[] {
  return ['leafway', 'leafway-leaf'].flatMap((chart) => {
    const folder = join('charts', chart, 'files', 'roles');
    return readdirSync(join(root, folder))
      .filter((name) => name.endsWith('.yaml') && !forPeople.includes(name))
      .flatMap((name) => grantsIn(join(folder, name), readFileSync(join(root, folder, name), 'utf8')));
  });
}

/** The grants of one file with roles. */
export function grantsIn(file: string, text: string): Grant[] {
  const roles = parseAllDocuments(text).flatMap((document) => (document.toJS() as RoleManifest | null) ?? []);
  return roles.flatMap(({ kind, metadata: { name: role, namespace }, rules }) =>
    rules.flatMap(({ apiGroups, resources, resourceNames = [undefined], verbs }) =>
      apiGroups.flatMap((group) =>
        resources.flatMap((resource) =>
          resourceNames.flatMap((name) =>
            verbs.map(
              (verb): Grant => ({
                ...{ file, kind, role, group, resource, verb },
                ...(namespace === undefined ? {} : { namespace }),
                ...(name === undefined ? {} : { name }),
              }),
            ),
          ),
        ),
      ),
    ),
  );
}
