import { isSameCidr } from '../address/relations.ts';
import type { CompleteShortcutSpec } from '../api/index.ts';
import { type Problem, problem } from '../errors.ts';
import type { LeafFacts } from '../facts/leaf-facts.ts';
import { allocateIn } from '../remap/allocate.ts';
import type { RangeMapping, RemoteNames } from '../remap/range-mapping.ts';
import { takeExplicitNames } from './explicit-names.ts';
import type { Ground } from './ground.ts';
import { beginNaming, canStandFor, clashOf, giveName, type Naming, proposeInstead, type Use } from './naming.ts';

/** What one cluster calls the ranges of another, or everything that is in the way. */
export type NamesOutcome =
  | { readonly ok: true; readonly value: RemoteNames }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * Decides what `self` calls the ranges of `peer`. No name overlaps what is in use on `self`, nor another name.
 * Names that `self` gave to this peer already stay. All problems are found at once. What is decided is taken from the
 * ground. The cost grows with the number of ranges of `peer`, not with what is in use on `self`.
 */
export function planNames(
  [self, peer]: readonly [LeafFacts, LeafFacts],
  mapping: CompleteShortcutSpec['ipMapping'],
  ground: Ground,
): NamesOutcome {
  const naming = beginNaming(self, peer, ground);
  const problems: Problem[] = [];
  if (mapping.policy === 'Identity') problems.push(...takeRealPodNames(naming));
  if (mapping.policy === 'Explicit') problems.push(...takeExplicitNames(naming, mapping.explicit ?? []));
  if (problems.length > 0) return { ok: false, problems };
  keepNames(naming);
  problems.push(...takeFreeNames(naming));
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, value: { pod: mappingsOf(naming, 'pod'), external: mappingsOf(naming, 'external') } };
}

function mappingsOf({ wanted }: Naming, use: Use): RangeMapping[] {
  return wanted.flatMap(({ use: its, real, name }) => (its === use && name !== undefined ? [{ real, name }] : []));
}

/**
 * Pods keep their addresses. An external range is no pod's: most clusters have the same one, and what it is called
 * makes no difference to them.
 */
function takeRealPodNames(naming: Naming): Problem[] {
  const { self, peer, ground } = naming;
  const path = 'spec.ipMapping.policy';
  if (self.dataPlane === 'Liqo') {
    const message = `${self.id} runs Liqo, whose IPAM chooses what ${peer.id}'s ranges are called there: use the policy Auto`;
    return [problem(path, 'CORE_MAPPING_LIQO', message)];
  }
  const clashes = naming.wanted.flatMap((want) => {
    const clash = want.use === 'pod' ? clashOf(naming, want.real) : undefined;
    if (want.use === 'pod' && clash === undefined) giveName(naming, want, want.real);
    return clash === undefined ? [] : [{ real: want.real, clash }];
  });
  // What is free is taken before anything is proposed instead of the rest, and no proposal is made twice.
  return clashes.map(({ real, clash }) => {
    const free = proposeInstead(ground, real);
    const wayOut = free === undefined ? 'use Auto' : `use Auto, or Explicit with a range like ${free.text}`;
    const message = `the policy Identity needs ${peer.id}'s pod range ${real.text} to be free on ${self.id}, but it overlaps ${clash.words}: ${wayOut}`;
    return problem(path, 'CORE_MAPPING_OVERLAP', message, clash.rival);
  });
}

/** A link never changes its addresses by itself: what the leaf calls a range already stays. */
function keepNames(naming: Naming): void {
  for (const want of naming.wanted) {
    if (want.name !== undefined) continue;
    const found = naming.ground.held.find(
      ({ name, real }) =>
        isSameCidr(real, want.real) && canStandFor(name, want.real) && clashOf(naming, name) === undefined,
    );
    if (found !== undefined) giveName(naming, want, found.name);
  }
}

/** Our agent keeps a range that is free wherever it lies; Liqo's IPAM only inside its pools. */
function takeFreeNames(naming: Naming): Problem[] {
  const { self, peer, ground } = naming;
  return naming.wanted.flatMap((want) => {
    if (want.name !== undefined) return [];
    const { real } = want;
    const name = allocateIn(ground.taken, real, { outsidePools: self.dataPlane === 'Leafway' ? 'keep' : 'remap' });
    if (name !== undefined) {
      giveName(naming, want, name);
      return [];
    }
    const message =
      `${self.id} has no free IPv${real.family} range with /${real.length} left to call ${peer.id}'s ${want.use} range ` +
      `${real.text}: free one on ${self.id}, or give ${peer.id} a smaller range`;
    return [problem('spec.ipMapping', 'CORE_MAPPING_EXHAUSTED', message)];
  });
}
