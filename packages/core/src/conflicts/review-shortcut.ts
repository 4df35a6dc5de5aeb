import { defaultShortcutSpec, type LeafCluster, type ShortcutSpec } from '../api/index.ts';
import { type Problem, problem } from '../errors.ts';
import { currentServer, isReachable, leafFacts } from '../facts/leaf-facts.ts';
import { checkSpec } from '../plan/check-spec.ts';
import type { Plan } from '../plan/plan.ts';
import { planShortcut } from '../plan/plan-shortcut.ts';
import { shorten } from '../plan/warnings.ts';
import { checkNodePort } from './node-port.ts';
import { pairKey } from './pair-key.ts';

/** A shortcut as far as a review looks at it. */
export interface ReviewedShortcut {
  readonly name: string;
  readonly uid?: string | undefined;
  readonly spec: ShortcutSpec;
}

/** A shortcut and everything around it. */
export interface ReviewInput extends ReviewedShortcut {
  /** The ID of the central cluster, where it is known. */
  readonly centralClusterID?: string | undefined;
  readonly leaves: (id: string) => LeafCluster | undefined;
  /** All shortcuts, or at least those that this one must not conflict with. It may be among them itself. */
  readonly shortcuts: Iterable<ReviewedShortcut>;
  /** Which of the two clusters runs the server now, for who knows better than the facts of the leaves. */
  readonly currentServer?: string | undefined;
  /** The time, for credentials that expire; nothing is said about them without it. */
  readonly now?: Date | undefined;
}

/** What is to be said about a shortcut. */
export interface Review {
  /** The shortcut is refused when there is one. */
  readonly problems: readonly Problem[];
  readonly warnings: readonly string[];
  /** What it leads to; absent when it is refused, or while the facts of a leaf are not known. */
  readonly plan?: Plan;
}

/**
 * Reviews a shortcut against the leaves and the other shortcuts: what its admission answers. All problems are found at
 * once. A leaf whose facts are not gathered yet is a warning, not a problem: the link is planned as soon as they are.
 */
export function reviewShortcut(input: ReviewInput): Review {
  const shortcuts = [...input.shortcuts].filter((other) => !isSameShortcut(other, input));
  const problems = [...checkClusters(input), ...checkPair(input, shortcuts)];
  const planned = planWhatIsKnown(input);
  problems.push(...planned.problems, ...checkNodePort({ ...input, shortcuts }));
  return problems.length > 0 ? { problems, warnings: [] } : { ...planned, problems };
}

/** The problems of {@link reviewShortcut} alone; none when the shortcut is to be accepted. */
export function checkShortcut(input: ReviewInput): readonly Problem[] {
  return reviewShortcut(input).problems;
}

function isSameShortcut(a: ReviewedShortcut, b: ReviewedShortcut): boolean {
  return a.uid !== undefined && b.uid !== undefined ? a.uid === b.uid : a.name === b.name;
}

function checkClusters({ spec, centralClusterID, leaves }: ReviewInput): Problem[] {
  return spec.clusters.flatMap(({ id }, index) => {
    const path = `spec.clusters[${index}].id`;
    if (id === centralClusterID) {
      const message = `"${id}" is the central cluster, which has a tunnel to every leaf already: name two leaf clusters`;
      return [problem(path, 'CORE_CENTRE_ENDPOINT', message)];
    }
    if (leaves(id) === undefined) {
      return [
        problem(
          path,
          'CORE_LEAF_UNKNOWN',
          `there is no LeafCluster "${id}": correct the id, or create the LeafCluster first`,
        ),
      ];
    }
    return [];
  });
}

function checkPair({ spec }: ReviewInput, shortcuts: readonly ReviewedShortcut[]): Problem[] {
  const [a, b] = spec.clusters;
  const rival = shortcuts.find(
    ({ spec: { clusters } }) => pairKey(clusters[0].id, clusters[1].id) === pairKey(a.id, b.id),
  );
  if (rival === undefined || a.id === b.id) return [];
  const order = rival.spec.clusters[0].id === a.id ? '' : ' (the order has no meaning)';
  const message = `the VirtualNodeShortcut "${rival.name}" links ${a.id} and ${b.id} already${order}: change that one, or delete it first`;
  return [problem('spec.clusters', 'CORE_PAIR_TAKEN', message, rival)];
}

/** The plan where both leaves are known; else what can be said without them. */
function planWhatIsKnown({ spec, leaves, currentServer: known, now }: ReviewInput): Review {
  const found = spec.clusters.map(({ id }) => leaves(id));
  const read = found.map((leaf) => (leaf === undefined ? undefined : leafFacts(leaf)));
  const [a, b] = read;
  if (a?.ok && b?.ok) {
    const [leafA, leafB] = found as [LeafCluster, LeafCluster];
    const running = known ?? currentServer(leafA, leafB);
    const planned = planShortcut({ spec, facts: [a.value, b.value], currentServer: running, now });
    return planned.ok
      ? { problems: [], warnings: planned.plan.warnings, plan: planned.plan }
      : { problems: planned.problems, warnings: [] };
  }
  const problems = checkSpec(defaultShortcutSpec(spec));
  const warnings: string[] = [];
  for (const [index, facts] of read.entries()) {
    if (facts === undefined || facts.ok) continue;
    const id = spec.clusters[index]?.id ?? '';
    const leaf = found[index];
    if (isPending(facts.problems)) {
      const why = leaf === undefined || isReachable(leaf) ? '' : ', and it cannot be reached now';
      warnings.push(`${shorten(id)}'s networks are not known yet${why}; roles and ranges are decided when they are`);
    } else problems.push(...facts.problems.map((found) => asClusterProblem(found, id, index)));
  }
  return { problems, warnings };
}

function isPending(problems: readonly Problem[]): boolean {
  return problems.every(({ code }) => code === 'CORE_FACTS_UNKNOWN');
}

/** A problem in the facts of a leaf, told to the user of a shortcut. */
function asClusterProblem({ path, message }: Problem, id: string, index: number): Problem {
  return problem(
    `spec.clusters[${index}].id`,
    'CORE_FACTS_MALFORMED',
    `a range of LeafCluster "${id}" must be corrected on that cluster first: ${path}: ${message}`,
  );
}
