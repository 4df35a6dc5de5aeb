import { defaultShortcutSpec, type VirtualNodeShortcut } from '../api/index.ts';
import type { Problem } from '../errors.ts';
import type { LeafFacts } from '../facts/leaf-facts.ts';
import { checkSpec } from '../plan/check-spec.ts';
import { limitLines } from '../plan/lines.ts';
import type { Plan } from '../plan/plan.ts';
import { type PlanOutcome, planLink } from '../plan/plan-link.ts';
import { checkEnds, endWarnings } from './check-ends.ts';
import { checkPair } from './check-pair.ts';
import { checkService } from './check-service.ts';
import { Draft } from './draft.ts';
import type { LeafNode } from './leaf-node.ts';
import { type Seniority, seniorityOf } from './seniority.ts';
import { runningServer } from './server.ts';
import { isSameMapping, type StoredShortcut, wishesOf } from './stored-shortcut.ts';

/** How a shortcut is looked at. */
export interface ReviewOptions {
  /** The shortcut is an object of the API server, and yields to older ones only. What is not stored yields to all. */
  readonly isStored?: boolean;
  /** Which of the two clusters runs the server now, for who knows better than the facts of the leaves. */
  readonly currentServer?: string | undefined;
  /** Those of the two whose gateway server was tried and cannot work. */
  readonly unfitServers?: readonly string[];
}

/** What is to be said about a shortcut. */
export interface Review {
  /** The shortcut is refused when there is one. */
  readonly problems: readonly Problem[];
  readonly warnings: readonly string[];
  /** What it leads to; absent when it is refused, or while the facts of a leaf are not known. */
  readonly plan?: Plan;
}

/** What a review looks at. */
export interface ReviewedWorld {
  /** The two leaves of the shortcut, in its order, as far as anything is known of them. */
  readonly leaves: readonly [LeafNode | undefined, LeafNode | undefined];
  /** What is stored under the name of the shortcut: this very one, or one that has just gone. */
  readonly self: StoredShortcut | undefined;
  readonly centralClusterID: string | undefined;
  readonly now: Date | undefined;
}

/** A shortcut that is reviewed, and all that its rules look at. */
export interface Subject extends ReviewedWorld {
  readonly shortcut: VirtualNodeShortcut;
  readonly isStored: boolean;
  readonly seniority: Seniority;
  readonly currentServer: string | undefined;
  readonly unfit: readonly string[];
}

/**
 * All that is to be said of one shortcut; every problem at once. A leaf whose facts are not gathered yet is a warning,
 * not a problem: the link is planned as soon as they are.
 */
export function reviewWith(world: ReviewedWorld, shortcut: VirtualNodeShortcut, options: ReviewOptions): Review {
  const { isStored = false, currentServer = runningServer(world.leaves), unfitServers: unfit = [] } = options;
  const subject = { ...world, shortcut, isStored, seniority: seniorityOf(shortcut), currentServer, unfit };
  const pair = checkPair(subject);
  const planned = plan(subject);
  const problems = [
    ...checkEnds(subject),
    ...pair.problems,
    ...(planned?.ok === false ? planned.problems : []),
    ...checkService(subject),
  ];
  if (problems.length > 0) return { problems, warnings: [] };
  const around = [...pair.warnings, ...endWarnings(subject)];
  if (planned?.ok !== true) return { problems, warnings: limitLines(around) };
  const [role = '', ...rest] = planned.plan.warnings;
  return { problems, warnings: limitLines([role, ...around, ...rest]), plan: planned.plan };
}

/** The plan; `undefined` while it cannot be told what it is, though nothing is wrong. */
function plan(subject: Subject): PlanOutcome | undefined {
  const spec = defaultShortcutSpec(subject.shortcut.spec);
  const misfits = checkSpec(spec);
  const facts = subject.leaves.map((leaf) => leaf?.known?.facts);
  const [a, b] = facts;
  if (a === undefined || b === undefined || a === b) {
    return misfits.length === 0 ? undefined : { ok: false, problems: misfits };
  }
  const grounds = openGrounds(subject, [a, b]);
  try {
    const planned = planLink({ ...subject, spec, facts: [a, b], grounds });
    return misfits.length === 0 ? planned : { ok: false, problems: [...misfits, ...otherProblems(planned, misfits)] };
  } finally {
    for (const ground of grounds) ground.undo();
  }
}

/** What two rules say about the same is said once. */
function otherProblems(planned: PlanOutcome, misfits: readonly Problem[]): readonly Problem[] {
  const codes = new Set(misfits.map(({ code }) => code));
  return planned.ok ? [] : planned.problems.filter(({ code }) => !codes.has(code));
}

/** The ranges of both leaves as this shortcut finds them: with what is promised to whom it yields, and to nobody else. */
function openGrounds(subject: Subject, facts: readonly [LeafFacts, LeafFacts]): readonly [Draft, Draft] {
  const [a, b] = subject.leaves as readonly [LeafNode, LeafNode];
  const counted = subject.isStored ? countedVersion(subject) : undefined;
  for (const { promises } of [a, b]) {
    if (!subject.isStored) promises.settleAll();
    else if (counted === undefined || !promises.isServed(counted)) promises.settleOlder(subject.seniority);
  }
  return [new Draft(a, facts[1].id), new Draft(b, facts[0].id)];
}

/** The shortcut in the index, where that is the one of its pair that counts, and asks for the same names. */
function countedVersion({ self, shortcut }: Subject): StoredShortcut | undefined {
  const isIt = self !== undefined && self.pair.oldest === self && self.uid === shortcut.metadata.uid;
  return isIt && isSameMapping(self.wishes.mapping, wishesOf(shortcut).mapping) ? self : undefined;
}
