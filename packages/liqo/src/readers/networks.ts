import { labelKeys, networkTypes } from '../api/labels.ts';
import type { Configuration, Network } from '../api/types.ts';
import { remoteClusterIDOf } from './cluster-id.ts';
import { namesTakenBy } from './configuration.ts';

/** A cluster's own ranges as they stand in its Networks, unparsed. */
export interface OwnNetworks {
  readonly pod: readonly string[];
  readonly external: readonly string[];
  readonly service: readonly string[];
  readonly internal: readonly string[];
  readonly reserved: readonly string[];
}

/** Reads `status.cidr`, never `spec`: the external range can itself be remapped at install. */
export function readOwnNetworks(networks: readonly Network[], liqoNamespace: string): OwnNetworks {
  const ofType = (type: string): string[] =>
    networks
      .filter(
        ({ metadata }) => metadata.namespace === liqoNamespace && metadata.labels?.[labelKeys.networkType] === type,
      )
      .map(({ status }) => status?.cidr ?? '')
      .filter((cidr) => cidr !== '')
      .sort();
  return {
    pod: ofType(networkTypes.pod),
    external: ofType(networkTypes.external),
    service: ofType(networkTypes.service),
    internal: ofType(networkTypes.internal),
    reserved: ofType(networkTypes.reserved),
  };
}

/** One range that a cluster uses, and for what, in words. */
export interface UsedRange {
  readonly cidr: string;
  readonly owner: string;
  /** For a name given to a remote's range: which remote. */
  readonly remoteClusterID?: string;
  /** And which of its ranges. */
  readonly real?: string;
}

const ownWords: Record<string, string> = {
  [networkTypes.pod]: 'pod CIDR',
  [networkTypes.service]: 'service CIDR',
  [networkTypes.external]: 'external CIDR',
  [networkTypes.internal]: 'internal CIDR',
  [networkTypes.reserved]: 'reserved network',
};

/**
 * Everything that a new range on this cluster must not overlap: the Networks (on Liqo also those made for each
 * Configuration) and the names in the Configurations, each once, sorted so that an unchanged cluster reads the same.
 */
export function readUsedRanges(networks: readonly Network[], configurations: readonly Configuration[]): UsedRange[] {
  const used = new Map<string, UsedRange>();
  const add = (range: UsedRange): void => {
    const key = `${range.cidr} ${range.remoteClusterID ?? ''}`;
    // Which range a name stands for the Network knows: a Configuration may be changed afterwards, and nothing follows.
    const real = used.get(key)?.real ?? range.real;
    used.set(key, real === undefined ? range : { ...range, real });
  };
  for (const network of networks) {
    const cidr = network.status?.cidr ?? '';
    if (cidr === '') continue;
    const remoteClusterID = remoteClusterIDOf(network);
    const type = network.metadata.labels?.[labelKeys.networkType];
    const owner =
      ownWords[type ?? ''] ?? (remoteClusterID === undefined ? network.metadata.name : `range of ${remoteClusterID}`);
    const real = network.spec?.cidr;
    const forRemote = remoteClusterID === undefined ? {} : { remoteClusterID, ...(real === undefined ? {} : { real }) };
    add({ cidr, owner, ...forRemote });
  }
  for (const configuration of configurations) {
    const remoteClusterID = remoteClusterIDOf(configuration);
    for (const [range, words] of [
      ['pod', 'pods'],
      ['external', 'external range'],
    ] as const) {
      for (const { name, real } of namesTakenBy(configuration, range)) {
        if (remoteClusterID === undefined) add({ cidr: name, owner: configuration.metadata.name });
        else {
          const owner = `name of ${remoteClusterID}'s ${words}`;
          add({ cidr: name, owner, remoteClusterID, ...(real === undefined ? {} : { real }) });
        }
      }
    }
  }
  return [...used.values()].sort((a, b) => (a.cidr + a.owner < b.cidr + b.owner ? -1 : 1));
}
