import {
  type CompleteShortcutSpec,
  defaultShortcutSpec,
  type LeafCluster,
  type LeafFacts,
  leafFacts,
  type Plan,
  type Problem,
  type VirtualNodeShortcut,
} from '@leafway/core';
import { annotationKeys, type LiqoObject, labelKeys } from '@leafway/liqo';
import type { Verdict } from './conditions.ts';
import { type ExistingLink, existingLink, hasForeignGateway } from './existing/link.ts';
import { adoptionObstacles } from './existing/obstacles.ts';
import { linkSentence, objectWords } from './existing/words.ts';
import { isHeld } from './finalizer.ts';
import { describeObject, isOwnedBy, isTerminating, type Observation, type ObservedLeaf } from './observation.ts';
import { sidesOf } from './side.ts';

/** A shortcut that may be carried out, with everything that follows from its spec and the facts. */
export interface Accepted {
  readonly spec: CompleteShortcutSpec;
  readonly facts: readonly [LeafFacts, LeafFacts];
  readonly plan: Plan;
  /** What to do about the link: make and keep it, take over what others made of it first, or only look at it. */
  readonly mode: 'Keep' | 'Adopt' | 'Observe';
  /** What the leaves have of it. */
  readonly link: ExistingLink;
}

/** What a decision needs beside the observation. */
export interface DecideOptions {
  /** Where the leaves' gateway templates are, unless a shortcut says otherwise. */
  readonly liqoNamespace: string;
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
export function judge(observation: Observation, options: DecideOptions): Acceptance {
  const { shortcut, leaves, review, isCarriedOut } = observation;
  const rivals = [...new Set(review.problems.flatMap(({ rival }) => rival?.name ?? []))];
  if (rivals.length > 0) return { ...refuse('Conflicted', conflict(review.problems, isCarriedOut)), rivals };
  if (review.problems.length > 0) {
    const isWithoutWay = review.problems.every(({ code }) => code === 'CORE_NO_SERVER');
    return refuse(isWithoutWay ? 'DirectPathUnavailable' : 'Invalid', sentences(review.problems));
  }
  const facts = bothFacts(leaves);
  if (!facts.ok) return facts;
  if (review.plan === undefined) return refuse('FactsUnknown', review.warnings.join(' '));
  const leaving = refusedAsLeaving(observation);
  const owed = leaves.find((leaf) => isOwed(leaf, leaves));
  if (owed !== undefined) return leaving ?? refusedAsOwed(shortcut, owed.id);
  const accepted: Accepted = {
    spec: defaultShortcutSpec(shortcut.spec),
    facts: facts.value,
    plan: review.plan,
    mode: 'Keep',
    link: existingLink(leaves, shortcut.metadata.uid ?? ''),
  };
  const judged = judgeExisting(observation, accepted, options);
  const isBegun = judged.ok && judged.accepted.mode !== 'Observe';
  return withinReach(observation, (isBegun ? leaving : undefined) ?? judged);
}

function refusedAsOwed(shortcut: VirtualNodeShortcut, leaf: string): Acceptance {
  return refuse(
    'CleanupPending',
    `An earlier link of ${pairOf(shortcut)} is not removed from ${leaf} yet: condition CleanedUp of LeafCluster ${leaf} ` +
      'says why, and what to do. This one is set up by itself afterwards.',
  );
}

/** A LeafCluster that is being deleted is held for nothing that is begun only now. */
function refusedAsLeaving({ shortcut, leaves }: Observation): Acceptance | undefined {
  const leaving = leaves.find(({ leafCluster }) => leafCluster?.metadata.deletionTimestamp !== undefined);
  if (leaving === undefined || isHeld(shortcut)) return undefined;
  return refuse(
    'Invalid',
    `The LeafCluster ${leaving.id} is being deleted, and no new link to it is begun: create it anew when it is gone, or ` +
      'delete this shortcut.',
  );
}

/** As long as the server cannot move, which takes both leaves, a link is looked after with the roles that it has. */
function withinReach({ shortcut, leaves }: Observation, judged: Acceptance): Acceptance {
  if (!judged.ok || judged.accepted.mode !== 'Keep') return judged;
  const { accepted } = judged;
  if (!accepted.spec.paused && leaves.every(({ unreachable }) => unreachable === undefined)) return judged;
  return { ok: true, accepted: { ...accepted, plan: asFound(accepted.plan, runningServer(leaves, shortcut)) } };
}

/** What `spec.existing` says about what others made; of what is ours it says nothing. */
function judgeExisting(observation: Observation, accepted: Accepted, { liqoNamespace }: DecideOptions): Acceptance {
  const { shortcut, leaves } = observation;
  const { spec, link, plan } = accepted;
  if (spec.existing === 'Observe' && link.isForeign)
    return { ok: true, accepted: { ...accepted, mode: 'Observe', plan: asFound(plan, link.server) } };
  if (spec.existing === 'Adopt' && link.foreign.length > 0) {
    const adopting: Accepted = { ...accepted, mode: 'Adopt' };
    const obstacles = adoptionObstacles(link, sidesOf(observation, adopting, liqoNamespace));
    if (obstacles.length === 0) return { ok: true, accepted: adopting };
    return refuse('NotAdoptable', `${linkSentence(link, leaves)} It cannot be taken over: ${obstacles.join('; ')}.`);
  }
  return hasForeignGateway(link) ? refuse('LinkExists', linkExists(link, shortcut, leaves)) : { ok: true, accepted };
}

/** The roles that the gateways have, whoever would be elected. */
function asFound(plan: Plan, server: string | undefined): Plan {
  if (server === undefined || server === plan.server) return plan;
  const [a, b] = plan.sides.map((side) => ({ ...side, role: side.cluster === server ? 'Server' : 'Client' }) as const);
  if (a === undefined || b === undefined) return plan;
  return { ...plan, sides: [a, b], server, roleReason: `${server} is the server already` };
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

/** Reading them takes the longer the more links a leaf has; an object out of a cache never changes. */
const factsRead = new WeakMap<LeafCluster, ReturnType<typeof leafFacts>>();

function readFacts(leaf: LeafCluster): ReturnType<typeof leafFacts> {
  const facts = factsRead.get(leaf) ?? leafFacts(leaf);
  factsRead.set(leaf, facts);
  return facts;
}

function bothFacts(
  leaves: Observation['leaves'],
): { ok: true; value: [LeafFacts, LeafFacts] } | Extract<Acceptance, { ok: false }> {
  const read = leaves.map(({ leafCluster }) =>
    leafCluster?.status?.networks === undefined ? undefined : readFacts(leafCluster),
  );
  const [a, b] = read;
  if (a?.ok && b?.ok) return { ok: true, value: [a.value, b.value] };
  const words = leaves.flatMap(({ id, unreachable }, index) => {
    const facts = read[index];
    const why = unreachable === undefined ? '' : ` (${unreachable})`;
    if (facts === undefined) return [`the networks of ${id} are not known yet${why}`];
    return facts.ok ? [] : [`LeafCluster ${id}: ${sentences(facts.problems)}`];
  });
  return refuse('FactsUnknown', `${words.join('; ')}.`);
}

function isOwed({ leafCluster }: ObservedLeaf, leaves: readonly ObservedLeaf[]): boolean {
  const pending = leafCluster?.status?.pendingCleanup ?? [];
  return pending.some(({ remoteClusterID }) => leaves.some(({ id }) => id === remoteClusterID));
}

/**
 * The leaf whose gateway server was seen: a running link keeps its roles, also when somebody deletes the server and leaves the
 * client. A server of somebody else counts where it is not refused. Unseen, or seen on both, the facts tell.
 */
export function runningServer(
  leaves: readonly [ObservedLeaf, ObservedLeaf],
  { metadata, spec }: VirtualNodeShortcut,
): string | undefined {
  const isOurs = (gateway: LiqoObject): boolean => isOwnedBy(gateway, metadata.uid ?? '');
  const mayBeOthers = (spec.existing ?? 'Refuse') !== 'Refuse';
  const [a, b] = leaves;
  const candidates = [
    leaves.filter(({ objects }) => has(objects.servers, isOurs)),
    leaves.filter(({ objects }) => mayBeOthers && has(objects.servers, () => true)),
    leaves.filter(({ id }) => has((id === a.id ? b : a).objects.clients, isOurs)),
  ];
  const [server, ...more] = candidates.find(({ length }) => length > 0) ?? [];
  return more.length === 0 ? server?.id : undefined;
}

const has = (gateways: readonly LiqoObject[], isMeant: (gateway: LiqoObject) => boolean): boolean =>
  gateways.some((found) => !isTerminating(found) && isMeant(found));

/** A gateway with our name on it but without our label was given up by whoever took the label off, or lost it. */
function linkExists(link: ExistingLink, { metadata }: VirtualNodeShortcut, leaves: Observation['leaves']): string {
  const lost = link.foreign.find(
    ({ object }) => object.metadata.annotations?.[annotationKeys.shortcutName] === metadata.name,
  );
  return lost === undefined
    ? `${linkSentence(link, leaves)} This shortcut did not make it: ${objectWords(link.foreign)}. Set spec.existing to Adopt to take it over, or to Observe to watch it; or remove it first, with liqoctl network disconnect if that made it.`
    : `${describeObject(lost.object, lost.leaf)} has the name of this shortcut on it, but not its label ${labelKeys.shortcutUID}=${metadata.uid}. Put the label back, or remove the object.`;
}
