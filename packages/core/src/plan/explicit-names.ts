import { safeParseCidr } from '../address/cidr.ts';
import { unusableRange } from '../address/unusable-range.ts';
import type { ShortcutSpec } from '../api/index.ts';
import { type Problem, problem } from '../errors.ts';
import { nearestFreeBlock } from '../remap/nearest-free-block.ts';
import { canStandFor, clashOf, type Naming, takenRanges, type Wanted } from './naming.ts';

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
  return (['pod', 'external'] as const).flatMap((use) => {
    const texts = mapping[use];
    return texts === undefined
      ? []
      : takeList(
          naming,
          naming.wanted.filter((want) => want.use === use),
          texts,
          `${path}.${use}`,
        );
  });
}

function takeList(naming: Naming, wanted: readonly Wanted[], texts: readonly string[], path: string): Problem[] {
  if (texts.length !== wanted.length) {
    const own = wanted.map(({ real }) => real.text).join(', ');
    return [
      problem(
        path,
        'CORE_MAPPING_COUNT',
        `lists ${texts.length} ranges, but ${naming.peer.id} has ${wanted.length} (${own}): list one for each`,
      ),
    ];
  }
  return wanted.flatMap((want, index) => takeOne(naming, want, texts[index] ?? '', `${path}[${index}]`));
}

function takeOne(naming: Naming, want: Wanted, text: string, path: string): Problem[] {
  const parsed = safeParseCidr(text);
  if (!parsed.ok) return [problem(path, 'CORE_MAPPING_MALFORMED', parsed.message)];
  const name = parsed.value;
  const { self, peer } = naming;
  if (!canStandFor(name, want.real)) {
    const message = `${name.text} can not stand for ${peer.id}'s ${want.real.text}: use an IPv${want.real.family} range with /${want.real.length}`;
    return [problem(path, 'CORE_MAPPING_LENGTH', message)];
  }
  const unusable = unusableRange(name);
  if (unusable !== undefined) {
    return [problem(path, 'CORE_MAPPING_UNUSABLE', `${name.text} can not stand for ${want.real.text}: ${unusable}`)];
  }
  const clash = clashOf(naming, name);
  if (clash === undefined) {
    want.name = name;
    return [];
  }
  const free = nearestFreeBlock(name, takenRanges(naming));
  const wayOut = free === undefined ? 'use another range' : `${free.text} is free`;
  return [problem(path, 'CORE_MAPPING_OVERLAP', `${name.text} overlaps ${clash} on ${self.id}: ${wayOut}`)];
}
