import { type LeafClusterStatus, leafClusterSchema, safeParseCidr } from '@leafway/core';

const { networks, gateways } = leafClusterSchema.properties.status.properties;

/**
 * What no LeafCluster can hold of what a leaf says, each with the reason; empty when it can hold all. Our own API server would
 * refuse the whole status for the least of it, and a part of the ranges would make plans with those that are left out.
 */
export function malformedFacts(facts: Pick<LeafClusterStatus, 'networks' | 'gateways'>): string[] {
  return [...tooMany(facts), ...malformedRanges(facts.networks)];
}

function tooMany(facts: Pick<LeafClusterStatus, 'networks' | 'gateways'>): string[] {
  const { pod, external, service, internal, inUse } = networks.properties;
  const lists: readonly [words: string, found: readonly unknown[] | undefined, most: number][] = [
    ['pod ranges', facts.networks?.pod, pod.maxItems],
    ['external ranges', facts.networks?.external, external.maxItems],
    ['service ranges', facts.networks?.service, service.maxItems],
    ['internal ranges', facts.networks?.internal, internal.maxItems],
    ['ranges in use', facts.networks?.inUse, inUse.maxItems],
    ['gateways', facts.gateways, gateways.maxItems],
  ];
  return lists.flatMap(([words, { length } = [], most]) =>
    length > most ? [`${length} ${words}, and a LeafCluster holds ${most}`] : [],
  );
}

function malformedRanges({ pod, external, service = [], internal = [], inUse = [] }: Partial<Networks> = {}): string[] {
  const texts = new Set([pod, external, service, internal, inUse.map(({ cidr }) => cidr)].flatMap((list = []) => list));
  return [...texts].flatMap((text) => {
    const parsed = safeParseCidr(text);
    return parsed.ok ? [] : [`${text} (${parsed.message})`];
  });
}

type Networks = NonNullable<LeafClusterStatus['networks']>;
