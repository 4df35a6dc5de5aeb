import { type Problem, problem } from '../errors.ts';
import { fitLine, shorten } from '../plan/lines.ts';
import type { KnownLeaf } from './known-leaf.ts';
import type { LeafNode } from './leaf-node.ts';
import type { Subject } from './review.ts';

/** Whether both ends of a shortcut are leaves that can be linked. */
export function checkEnds(subject: Subject): Problem[] {
  return subject.shortcut.spec.clusters.flatMap(({ id }, index) =>
    checkEnd(subject, id, subject.leaves[index], `spec.clusters[${index}].id`),
  );
}

function checkEnd(
  { centralClusterID, isStored }: Subject,
  id: string,
  leaf: LeafNode | undefined,
  path: string,
): Problem[] {
  if (id === centralClusterID) {
    const message = `"${id}" is the central cluster, which has a tunnel to every leaf already: name two leaf clusters`;
    return [problem(path, 'CORE_CENTRE_ENDPOINT', message)];
  }
  if (leaf?.known === undefined) {
    const message = `there is no LeafCluster "${id}": correct the id, or create the LeafCluster first`;
    return [problem(path, 'CORE_LEAF_UNKNOWN', message)];
  }
  // What is there already holds the LeafCluster until it is deleted itself, and may have to be changed before.
  if (leaf.known.isLeaving && !isStored) {
    const message = `the LeafCluster "${id}" is being deleted: wait until it is gone (kubectl wait --for=delete leaf/${id}) and create it anew, or name another cluster`;
    return [problem(path, 'CORE_LEAF_LEAVING', message)];
  }
  const malformed = leaf.known.problems.filter(({ code }) => code !== 'CORE_FACTS_UNKNOWN');
  return malformed.map(({ path: field, message }) =>
    problem(
      path,
      'CORE_FACTS_MALFORMED',
      `a range of LeafCluster "${id}" must be corrected on that cluster first: ${field}: ${message}`,
    ),
  );
}

/** What is to be known of the ends besides the plan. */
export function endWarnings({ leaves, centralClusterID }: Subject): string[] {
  const unknownCentre =
    centralClusterID === undefined
      ? ["the central cluster's own ID is not known: it was not checked that neither end is the centre"]
      : [];
  return [
    ...unknownCentre,
    ...leaves.flatMap((leaf) => (leaf?.known === undefined ? [] : leafLines(leaf.id, leaf.known))),
  ];
}

function leafLines(id: string, { facts, isReachable, isLeaving }: KnownLeaf): string[] {
  const why = isReachable ? '' : ', and it cannot be reached now';
  const unknown = `${shorten(id)}'s networks are not known yet${why}; roles and ranges are decided when they are`;
  const leaving = `LeafCluster ${id} is being deleted: it goes when no shortcut uses it any more`;
  return [...(facts === undefined ? [unknown] : []), ...(isLeaving ? [fitLine(leaving, [id])] : [])];
}
