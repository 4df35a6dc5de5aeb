import type { Address } from '../address/address.ts';
import { toName } from './range-mapping.ts';
import { type TracedCluster, type TraceInput, trace } from './trace.ts';

/** An address to dial, and the clusters that the packet passes. */
export interface Way {
  readonly address: Address;
  readonly path: readonly string[];
}

/** Every address under which a sender reaches one pod: the direct one, and those that other clusters published for it. */
export function addressesFor(
  { clusters, from, source }: Omit<TraceInput, 'destination'>,
  target: { readonly cluster: string; readonly address: Address },
): Way[] {
  const self = clusters.find(({ id }) => id === from);
  const candidates = (self?.remotes ?? []).flatMap(({ cluster, names }) => {
    const peer = clusters.find(({ id }) => id === cluster);
    const reals = cluster === target.cluster ? [target.address] : publishedBy(peer);
    return reals.flatMap((real) => toName(names, real) ?? []);
  });
  return candidates.flatMap((address) => {
    const { hops, stuck } = trace({ clusters, from, source, destination: address });
    const end = hops.at(-1);
    const arrives = end?.cluster === target.cluster && end.destination.text === target.address.text;
    return stuck === undefined && arrives ? [{ address, path: pathOf(hops) }] : [];
  });
}

/** The clusters that a packet passes, each once in a row. */
export function pathOf(hops: readonly { readonly cluster: string }[]): string[] {
  return hops.map(({ cluster }) => cluster).filter((cluster, index, all) => cluster !== all[index - 1]);
}

const publishedBy = (cluster: TracedCluster | undefined): Address[] =>
  (cluster?.published ?? []).map(({ external }) => external);
