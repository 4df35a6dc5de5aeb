import { isSameCidr } from '../address/relations.ts';
import { defaultShortcutSpec, type ShortcutSpec } from '../api/index.ts';
import type { LeafFacts } from '../facts/leaf-facts.ts';
import { checkSpec } from '../plan/check-spec.ts';
import { type Ground, network, type RangeOwner } from '../plan/ground.ts';
import { type LinkInput, type PlanOutcome, planLink } from '../plan/plan-link.ts';
import { RangeSet } from '../ranges/range-set.ts';

/** The plan of a shortcut where nothing is known but the facts of its two leaves, in the order of its clusters. */
export function planShortcut(
  input: Omit<LinkInput, 'spec' | 'grounds'> & { readonly spec: ShortcutSpec },
): PlanOutcome {
  const spec = defaultShortcutSpec(input.spec);
  const misfits = checkSpec(spec);
  if (misfits.length > 0) return { ok: false, problems: misfits };
  const [a, b] = input.facts;
  return planLink({ ...input, spec, grounds: [groundOf(a, b.id), groundOf(b, a.id)] });
}

/** The ground for names of a peer on a leaf of which nothing but its facts is known. */
export function groundOf({ inUse, pod, external }: LeafFacts, peerID: string): Ground {
  const taken = new RangeSet<RangeOwner>();
  const others = inUse.filter(({ remoteClusterID }) => remoteClusterID !== peerID);
  for (const { cidr, owner } of others) taken.add(cidr, network(owner));
  for (const [words, ranges] of [
    ['pod CIDR', pod],
    ['external CIDR', external],
  ] as const) {
    const unlisted = ranges.filter((range) => !others.some(({ cidr }) => isSameCidr(cidr, range)));
    for (const range of unlisted) taken.add(range, network(words));
  }
  const held = inUse.flatMap(({ cidr, real, remoteClusterID }) =>
    remoteClusterID === peerID && real !== undefined ? [{ name: cidr, real }] : [],
  );
  return { taken, held, take: (range, owner) => taken.add(range, owner) };
}
