import { safeParseAddress } from '@leafway/core';
import { formatEndpoint, readClientEndpoint } from '@leafway/liqo';
import type { Clock } from '@leafway/reconciler';
import type { Peer } from '../wireguard/configuration.ts';
import type { Caches } from './caches.ts';
import { type Gateway, peerKeyFor } from './gateway-objects.ts';
import type { Problem } from './problems.ts';

/** Finds the other end of each tunnel. */
export interface Peers {
  /** Without a peer while its key, or to a client its address, is not known. */
  find(remoteClusterID: string, gateway: Gateway): Promise<FoundPeer>;
  forget(remoteClusterID: string): void;
}

export interface FoundPeer {
  readonly peer?: Peer | undefined;
  /** The key that it changes to. */
  readonly nextKey?: string | undefined;
  /** The key is gone, and used until then: look again. */
  readonly graceMs?: number | undefined;
  readonly problem?: Problem | undefined;
}

export interface PeersOptions {
  readonly caches: Caches;
  readonly clock: Clock;
  /** The IPv4 address of a host name. */
  readonly resolveHost: (name: string) => Promise<string>;
}

/**
 * How long a key is used whose PublicKey is gone while its gateway stays: somebody deleted it by mistake, and the
 * centre makes it again within a second. Without it the tunnel would stay silent until the next handshake.
 */
const graceMs = 5_000;

interface KnownKey {
  readonly gatewayUID: string;
  readonly publicKey: string;
  readonly nextKey?: string | undefined;
  readonly goneMs?: number;
}

export function createPeers({ caches, clock, resolveHost }: PeersOptions): Peers {
  const keys = new Map<string, KnownKey>();

  const findKey = (
    remoteClusterID: string,
    gateway: Gateway,
  ): Omit<FoundPeer, 'peer'> & { readonly publicKey?: string } => {
    const { uid: gatewayUID = '' } = gateway.object.metadata;
    const { publicKey, nextKey, ...rest } = peerKeyFor(caches, remoteClusterID, gateway);
    if (publicKey !== undefined) {
      keys.set(remoteClusterID, { gatewayUID, publicKey, nextKey });
      return { publicKey, nextKey };
    }
    const last = keys.get(remoteClusterID);
    if (last?.gatewayUID !== gatewayUID) return rest;
    const goneMs = last.goneMs ?? clock.monotonicMs();
    const leftMs = goneMs + graceMs - clock.monotonicMs();
    if (leftMs <= 0) return rest;
    keys.set(remoteClusterID, { ...last, goneMs });
    return { publicKey: last.publicKey, nextKey: last.nextKey, graceMs: leftMs, ...rest };
  };

  return {
    find: async (remoteClusterID, gateway) => {
      const { publicKey, ...rest } = findKey(remoteClusterID, gateway);
      if (publicKey === undefined) return rest;
      if (gateway.role === 'Server') return { peer: { publicKey }, ...rest };
      const endpoint = readClientEndpoint(gateway.object);
      if (endpoint === undefined) return {};
      const parsed = safeParseAddress(endpoint.address);
      const address = parsed.ok ? parsed.value.text : await resolveHost(endpoint.address);
      return { peer: { publicKey, endpoint: formatEndpoint({ ...endpoint, address }) }, ...rest };
    },
    forget: (remoteClusterID) => {
      keys.delete(remoteClusterID);
    },
  };
}
