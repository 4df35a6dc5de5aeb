import { type InstalledObject, nameOf } from '../uninstall/installed-objects.ts';
import type { Inventory } from '../uninstall/inventory.ts';
import { describeLeftover, type Leftover, removalCommand } from '../uninstall/leftovers.ts';

/** What goes with an installation, a line each: objects of one kind stand together. */
export function removalLines({ shortcuts, connections = [], leaves, ...found }: Inventory): string[] {
  const { gatekeepers, parts, definitions, rights, remains, ownSecrets } = found;
  const objects = [...gatekeepers, ...parts, ...definitions, ...rights, ...remains, ...ownSecrets];
  return [
    ...[...Map.groupBy(connections, ({ kind }) => kind)].flatMap(([kind, group]) =>
      kindLine(
        kind,
        group.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`),
      ),
    ),
    ...kindLine(
      'VirtualNodeShortcut',
      shortcuts.map(({ metadata }) => metadata.name),
    ),
    ...kindLine(
      'LeafCluster',
      leaves.map(({ metadata }) => metadata.name),
    ),
    ...[...Map.groupBy(objects, ({ type }) => type.kind)].flatMap(([kind, group]) =>
      kindLine(kind, group.map(placeOf)),
    ),
  ];
}

const placeOf = (object: InstalledObject): string => nameOf(object).slice(object.type.kind.length + 1);

function kindLine(kind: string, names: readonly string[]): string[] {
  return names.length === 0 ? [] : [`  ${kind} ${names.join(', ')}`];
}

/** What stays on the central cluster and on the leaves, and how a person removes it. */
export function stayingLines(
  { leaves, others, release }: Inventory,
  { namespace, leftovers }: { readonly namespace: string; readonly leftovers: readonly Leftover[] },
): string[] {
  const helm = release === undefined ? [] : [helmLine(release)];
  const onCentre = [...others, ...helm, `Namespace ${namespace}, which may hold things of others`];
  return [
    'What stays on the central cluster:',
    ...onCentre.map((line) => `  ${line}`),
    ...[...new Set([...leaves.map(({ metadata }) => metadata.name), ...leftovers.map(({ leaf }) => leaf)])].flatMap(
      (name) =>
        leafLines(
          name,
          leftovers.filter(({ leaf }) => leaf === name),
        ),
    ),
  ];
}

const helmLine = ({ name, namespace }: NonNullable<Inventory['release']>): string =>
  `Helm's record of the release ${name}: helm uninstall ${name} --namespace ${namespace} --no-hooks`;

function leafLines(leaf: string, leftovers: readonly Leftover[]): string[] {
  return [
    `What stays on ${leaf}:`,
    '  the account that the central cluster used: helm uninstall leafway-leaf, or what it was made by',
    ...leftovers.map((one) => `  ${describeLeftover(one)}`),
    ...(leftovers.length === 0 ? [] : [`  to remove these, with the kubeconfig of ${leaf}:`]),
    ...leftovers.map((one) => `    ${removalCommand(one)}`),
  ];
}
