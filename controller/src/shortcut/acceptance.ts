import {
  type CompleteShortcutSpec,
  defaultShortcutSpec,
  type LeafFacts,
  leafFacts,
  type Plan,
  type Problem,
  type VirtualNodeShortcut,
} from '@leafway/core';
import { annotationKeys, type LiqoObject, labelKeys } from '@leafway/liqo';
import type { Verdict } from './conditions.ts';
import { describeObject, isOwnedBy, type Observation, type ObservedLeaf } from './observation.ts';

/** A shortcut that may be carried out, with everything that follows from its spec and the facts. */
export interface Accepted {
  readonly spec: CompleteShortcutSpec;
  readonly facts: readonly [LeafFacts, LeafFacts];
  readonly plan: Plan;
}

type Refusal = Extract<Verdict, { type: 'Accepted' }>;

export type Acceptance =
  | { readonly ok: true; readonly accepted: Accepted }
  | {
      readonly ok: false;
      readonly verdict: Refusal;
      /** Names of the shortcuts without which there would be no refusal, or another one. */
      readonly rivals: readonly string[];
    };

/**
 * Judges a shortcut again, without the webhook: two webhook calls cannot see each other, and a webhook can be down. Of
 * several that want the same the review knows who has to yield (docs/architecture.md).
 */
export function judge({ shortcut, leaves, review, isCarriedOut }: Observation): Acceptance {
  const { uid } = shortcut.metadata;
  const rivals = [...new Set(review.problems.flatMap(({ rival }) => rival?.name ?? []))];
  if (rivals.length > 0) return { ...refuse('Conflicted', conflict(review.problems, isCarriedOut)), rivals };
  if (review.problems.length > 0) {
    const isWithoutWay = review.problems.every(({ code }) => code === 'CORE_NO_SERVER');
    return refuse(isWithoutWay ? 'DirectPathUnavailable' : 'Invalid', sentences(review.problems));
  }
  const facts = bothFacts(leaves);
  if (!facts.ok) return facts;
  if (review.plan === undefined) return refuse('FactsUnknown', review.warnings.join(' '));
  const owed = leaves.find((leaf) => isOwed(leaf, leaves));
  if (owed !== undefined) {
    return refuse(
      'CleanupPending',
      `An earlier link of ${pairOf(shortcut)} is not removed from ${owed.id} yet; it is as soon as ${owed.id} answers.`,
    );
  }
  const foreign = foreignGateway(leaves, uid ?? '');
  if (foreign !== undefined) return refuse('LinkExists', linkExists(foreign, shortcut));
  return { ok: true, accepted: { spec: defaultShortcutSpec(shortcut.spec), facts: facts.value, plan: review.plan } };
}

function refuse(reason: Refusal['reason'], message: string): Extract<Acceptance, { ok: false }> {
  return { ok: false, verdict: { type: 'Accepted', status: 'False', reason, message }, rivals: [] };
}

function conflict(problems: readonly Problem[], isCarriedOut: boolean): string {
  const outlook = isCarriedOut
    ? 'The link stays as it was before; the change is carried out by itself when nothing stands in its way.'
    : 'Nothing is done for this shortcut until nothing stands in its way; then it is carried out by itself.';
  return `${sentences(problems)}. ${outlook}`;
}

const sentences = (problems: readonly { path: string; message: string }[]): string =>
  problems.map(({ path, message }) => `${path}: ${message}`).join('; ');

const pairOf = ({ spec }: VirtualNodeShortcut): string => spec.clusters.map(({ id }) => id).join(' and ');

function bothFacts(
  leaves: Observation['leaves'],
): { ok: true; value: [LeafFacts, LeafFacts] } | Extract<Acceptance, { ok: false }> {
  const read = leaves.map(({ leafCluster }) =>
    leafCluster?.status?.networks === undefined ? undefined : leafFacts(leafCluster),
  );
  const [a, b] = read;
  if (a?.ok && b?.ok) return { ok: true, value: [a.value, b.value] };
  const words = leaves.flatMap(({ id }, index) => {
    const facts = read[index];
    if (facts === undefined) return [`the networks of ${id} are not known yet`];
    return facts.ok ? [] : [`LeafCluster ${id}: ${sentences(facts.problems)}`];
  });
  return refuse('FactsUnknown', `${words.join('; ')}.`);
}

function isOwed({ leafCluster }: ObservedLeaf, leaves: readonly ObservedLeaf[]): boolean {
  const pending = leafCluster?.status?.pendingCleanup ?? [];
  return pending.some(({ remoteClusterID }) => leaves.some(({ id }) => id === remoteClusterID));
}

/** The leaf whose gateway server of ours was seen: a running link keeps its roles. Unseen, the facts tell. */
export function runningServer(leaves: readonly ObservedLeaf[], shortcutUID: string): string | undefined {
  return leaves.find(({ objects }) => objects.servers.some((server) => isOwnedBy(server, shortcutUID)))?.id;
}

interface ForeignGateway {
  readonly leaf: string;
  readonly gateway: LiqoObject;
}

function foreignGateway(leaves: readonly ObservedLeaf[], shortcutUID: string): ForeignGateway | undefined {
  for (const { id, objects } of leaves) {
    const gateway = [...objects.servers, ...objects.clients].find((found) => !isOwnedBy(found, shortcutUID));
    if (gateway !== undefined) return { leaf: id, gateway };
  }
  return undefined;
}

/** A gateway with our name on it but without our label was given up by whoever took the label off, or lost it. */
function linkExists({ leaf, gateway }: ForeignGateway, { metadata }: VirtualNodeShortcut): string {
  const what = describeObject(gateway, leaf);
  return gateway.metadata.annotations?.[annotationKeys.shortcutName] === metadata.name
    ? `${what} has the name of this shortcut on it, but not its label ${labelKeys.shortcutUID}=${metadata.uid}. Put the label back, or remove the object.`
    : `${what} was not made by this shortcut. Remove that link first, for example with liqoctl network disconnect.`;
}
