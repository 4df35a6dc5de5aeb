import { type Problem, problem } from '../errors.ts';
import { fitLine } from '../plan/lines.ts';
import type { Subject } from './review.ts';
import { isOlder } from './seniority.ts';
import type { StoredShortcut } from './stored-shortcut.ts';

/** What the other shortcuts of the same two clusters, in either order, mean for one. */
export function checkPair(subject: Subject): { readonly problems: Problem[]; readonly warnings: string[] } {
  const { shortcut, leaves, isStored, seniority } = subject;
  const [a, b] = shortcut.spec.clusters;
  if (a.id === b.id) return { problems: [], warnings: [] };
  // A name belongs to one object at a time: the same name is this very shortcut, or one that has just gone.
  const others = (leaves[0]?.pairs.get(b.id)?.shortcuts() ?? []).filter(({ name }) => name !== shortcut.metadata.name);
  const losing = isStored ? others.filter((other) => isOlder(seniority, other)) : [];
  const [winner] = others.filter((other) => !losing.includes(other));
  return {
    problems: winner === undefined ? [] : [taken(subject, winner)],
    warnings: losing.map(({ name }) =>
      fitLine(`VirtualNodeShortcut ${name} is for the same pair, but younger: it has no effect`, [name]),
    ),
  };
}

function taken({ shortcut: { spec }, isStored }: Subject, rival: StoredShortcut): Problem {
  const [a, b] = spec.clusters;
  const { name, first, wishes } = rival;
  if (wishes.isLeaving === true) {
    const message =
      `the VirtualNodeShortcut "${name}", which links ${a.id} and ${b.id}, is still being deleted: ` +
      `wait until it is gone (kubectl wait --for=delete vns/${name})${isStored ? '' : ', then try again'}`;
    return problem('spec.clusters', 'CORE_PAIR_LEAVING', message, rival);
  }
  const order = first === a.id ? '' : ' (the order has no meaning)';
  const message = `the VirtualNodeShortcut "${name}" links ${a.id} and ${b.id} already${order}: change that one, or delete it first`;
  return problem('spec.clusters', 'CORE_PAIR_TAKEN', message, rival);
}
