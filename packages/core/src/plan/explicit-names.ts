import { type Cidr, safeParseCidr } from '../address/cidr.ts';
import { unusableRange } from '../address/unusable-range.ts';
import type { ShortcutSpec } from '../api/index.ts';
import { type Problem, problem } from '../errors.ts';
import type { Occupancy } from './ground.ts';
import { canStandFor, clashOf, giveName, type Naming, proposeInstead, type Wanted } from './naming.ts';

/** What `spec.ipMapping.explicit` lists. */
export type ExplicitMappings = NonNullable<NonNullable<ShortcutSpec['ipMapping']>['explicit']>;

/** Takes the ranges that the user lists for the peer. What the list leaves out stays unnamed. */
export function takeExplicitNames(naming: Naming, mappings: ExplicitMappings): Problem[] {
  const { self, peer } = naming;
  const index = mappings.findIndex(({ cluster }) => cluster === peer.id);
  const mapping = mappings[index];
  if (mapping === undefined) return [];
  const path = `spec.ipMapping.explicit[${index}]`;
  if (self.dataPlane === 'Liqo') {
    const message = `${self.id} runs Liqo, whose IPAM chooses what ${peer.id}'s ranges are called there: remove this entry, or use the policy Auto`;
    return [problem(path, 'CORE_MAPPING_LIQO', message)];
  }
  const attempts = (['pod', 'external'] as const).flatMap((use) => {
    const texts = mapping[use];
    const wanted = naming.wanted.filter((want) => want.use === use);
    return texts === undefined ? [] : takeList(naming, wanted, texts, `${path}.${use}`);
  });
  // What is free is taken before anything is proposed instead of the rest, and no proposal is made twice.
  return attempts.map((attempt) => ('range' in attempt ? overlap(naming, attempt) : attempt));
}

/** A range that cannot be taken because it overlaps something. */
interface Overlap {
  readonly path: string;
  readonly range: Cidr;
  readonly clash: Occupancy;
}

function takeList(
  naming: Naming,
  wanted: readonly Wanted[],
  texts: readonly string[],
  path: string,
): (Problem | Overlap)[] {
  if (texts.length !== wanted.length) {
    const own = wanted.map(({ real }) => real.text).join(', ');
    const message = `lists ${texts.length} ranges, but ${naming.peer.id} has ${wanted.length} (${own}): list one for each`;
    return [problem(path, 'CORE_MAPPING_COUNT', message)];
  }
  return wanted.flatMap((want, index) => takeOne(naming, want, texts[index] ?? '', `${path}[${index}]`));
}

function takeOne(naming: Naming, want: Wanted, text: string, path: string): (Problem | Overlap)[] {
  const parsed = safeParseCidr(text);
  if (!parsed.ok) return [problem(path, 'CORE_MAPPING_MALFORMED', parsed.message)];
  const range = parsed.value;
  if (!canStandFor(range, want.real)) {
    const message = `${range.text} cannot stand for ${naming.peer.id}'s ${want.real.text}: use an IPv${want.real.family} range with /${want.real.length}`;
    return [problem(path, 'CORE_MAPPING_LENGTH', message)];
  }
  const unusable = unusableRange(range);
  if (unusable !== undefined) {
    const message = `${range.text} cannot stand for ${want.real.text}: ${unusable}`;
    return [problem(path, 'CORE_MAPPING_UNUSABLE', message)];
  }
  const clash = clashOf(naming, range);
  if (clash !== undefined) return [{ path, range, clash }];
  giveName(naming, want, range);
  return [];
}

function overlap({ ground, self }: Naming, { path, range, clash }: Overlap): Problem {
  const free = proposeInstead(ground, range);
  const wayOut = free === undefined ? 'use another range' : `${free.text} is free`;
  const message = `${range.text} overlaps ${clash.words} on ${self.id}: ${wayOut}`;
  return problem(path, 'CORE_MAPPING_OVERLAP', message, clash.rival);
}
