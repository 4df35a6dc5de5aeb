import { type LiqoObject, labelKeys, resources } from '@leafway/liqo';
import { managedByUs } from '../desired.ts';
import { describeObject, isOwnedBy, isTerminating, type ObservedLeaf } from '../observation.ts';
import { nameTexts, type Side, type Sides } from '../side.ts';
import { placesOf } from '../side-step.ts';
import type { ExistingLink, LinkObject } from './link.ts';
import { makerOf } from './maker.ts';
import { wishDifferences } from './wish-differences.ts';

/**
 * Why a link cannot be taken over, each with what to do. What carries traffic is taken over only as it is: nothing of it
 * may have to be changed or removed. What carries none is brought to what the shortcut asks for afterwards.
 */
export function adoptionObstacles(link: ExistingLink, sides: Sides): string[] {
  const unread = sides.find(({ leaf }) => !leaf.isRead);
  if (unread !== undefined) return [`what ${unread.leaf.id} has of it was not read yet`];
  return [
    ...severalOfAKind(link, sides),
    ...link.foreign.flatMap((found) => objectObstacles(found, sides)),
    ...(link.carries ? changesOfWorkingLink(link, sides) : []),
  ];
}

function severalOfAKind({ state }: ExistingLink, sides: Sides): string[] {
  const ambiguous = sides.filter(({ leaf }) => leaf.objects.namespaces.length > 1);
  const namespaces = ambiguous.map(
    ({ leaf, peer }) => `${leaf.id} has several tenant namespaces for ${peer}: remove the label of all but one`,
  );
  return state === 'Several'
    ? ['keep one object of each kind on each leaf, and remove the others', ...namespaces]
    : namespaces;
}

/** Who else would go on deciding about an object, or is about to remove it. */
function objectObstacles({ leaf, object }: LinkObject, sides: Sides): string[] {
  const what = describeObject(object, leaf);
  const tenant = sides.find((side) => side.leaf.id === leaf)?.input.namespace;
  const { labels = {}, namespace, ownerReferences = [] } = object.metadata;
  const tool = labels[labelKeys.managedBy];
  const controller = ownerReferences.find((owner) => owner.controller === true);
  return [
    ...(isTerminating(object) ? [`${what} is being deleted: wait until it is gone`] : []),
    ...(labels[labelKeys.shortcutUID] === undefined
      ? []
      : [`${what} is ${makerOf(object)}: delete that one first, or take the label off where there is none any more`]),
    ...(tool === undefined || tool === managedByUs
      ? []
      : [`${what} is managed by ${tool}, which would change it again: take it out of there, and take the label off`]),
    ...(controller === undefined
      ? []
      : [`${what} belongs to ${controller.kind} ${controller.name}, which would change it again`]),
    ...(namespace === tenant ? [] : [`${what} is not in the tenant namespace ${tenant}`]),
  ];
}

function changesOfWorkingLink(link: ExistingLink, sides: Sides): string[] {
  const roles = [...wrongRoles(link, sides)];
  return roles.length > 0 ? roles : [...sides.flatMap(otherNames), ...otherWishes(sides)];
}

/** Nothing of a link whose roles would have to change can stay. */
function wrongRoles({ state, server }: ExistingLink, sides: Sides): string[] {
  if (state === 'BothRoles' || state === 'SameRole') {
    const idle = sides.flatMap(({ leaf }) => idleGateways(leaf).map((object) => describeObject(object, leaf.id)));
    return [
      'a Connection says Connected, and nothing that may carry traffic is removed: remove by hand what it does not need',
      ...idle.map((gateway) => `no Connection belongs to ${gateway}`),
    ];
  }
  const serving = sides.find(({ leaf }) => leaf.id === server);
  if (serving === undefined || serving.role === 'Server') return [];
  return [
    `its server is on ${server}, and this shortcut wants it on ${serving.peer}: set spec.gateway.server to ${server}, and let its LeafCluster serve (spec.gateway.mayServe)`,
  ];
}

function idleGateways({ objects }: ObservedLeaf): LiqoObject[] {
  const owners = objects.connections.flatMap(({ object }) => object.metadata.ownerReferences ?? []);
  return [...objects.servers, ...objects.clients].filter(
    ({ metadata }) => !owners.some(({ uid }) => uid === metadata.uid),
  );
}

function otherNames({ leaf, peer, reading, namesAgree, input }: Side): string[] {
  if (namesAgree || !reading?.ready) return [];
  const [given, wanted] = [nameTexts(reading), nameTexts(input.side.names)].map((texts) => texts.join(', '));
  return [
    `${leaf.id} calls ${peer}'s ranges ${given}, and this shortcut wants ${wanted}: ask for those that are there`,
  ];
}

function otherWishes([a, b]: Sides): string[] {
  const found = [...differences(a, b), ...differences(b, a)];
  return [...new Set(found)];
}

function differences(side: Side, peer: Side): string[] {
  const uid = side.input.shortcut.metadata.uid ?? '';
  const isForeign = (object: LiqoObject | undefined): object is LiqoObject =>
    object !== undefined && !isOwnedBy(object, uid);
  return placesOf(side, peer).flatMap(({ resource, wanted, found }) =>
    isForeign(found) && resource !== resources.namespaces ? wishDifferences(wanted, found, side.leaf.id) : [],
  );
}
