import type { Clock } from '@leafway/reconciler';
import type { ObservedWireGuard, Peer } from '../wireguard/configuration.ts';

/** What is known of a tunnel's other end. */
export interface PeerKeys {
  readonly peer: Peer;
  /** The key that it changes to, when it does. */
  readonly nextKey?: string | undefined;
}

/** What to set of it in the device. */
export interface AdmittedPeer {
  readonly peer: Peer;
  readonly nextKey?: string;
  /** When to look again whether the next key has knocked. */
  readonly waitMs?: number;
}

/**
 * Follows a peer that changes its key, without a word from anybody: from the moment on at which the next key knocks it is
 * the peer's, and the former one is not used any more. All that is known of it stands in the device, where another agent
 * finds it.
 */
export interface Doors {
  admit(remoteClusterID: string, keys: PeerKeys): Promise<AdmittedPeer>;
  forget(remoteClusterID: string): void;
}

export interface DoorsOptions {
  readonly clock: Clock;
  readonly lookAtTunnel: (remoteClusterID: string) => Promise<ObservedWireGuard | undefined>;
}

/** Whoever changes its key sends nothing until we have noticed. */
const watchfulMs = 20;
/** It changes it soon after it was told that we are prepared; else something is in its way, and nobody hurries. */
const patienceMs = 15_000;
const patientMs = 1_000;

export function createDoors({ clock, lookAtTunnel }: DoorsOptions): Doors {
  const doors = new Map<string, { readonly nextKey: string; readonly sinceMs: number }>();
  return {
    admit: async (remoteClusterID, { peer, nextKey }) => {
      const door = doors.get(remoteClusterID);
      const isNext = nextKey !== undefined && nextKey !== peer.publicKey;
      if (!isNext && door === undefined) return { peer };
      const seen = await lookAtTunnel(remoteClusterID);
      if (!isNext) {
        doors.delete(remoteClusterID);
        return { peer: seen?.nextKey === peer.publicKey ? from(peer, seen) : peer };
      }
      const next = { ...peer, publicKey: nextKey };
      if (seen?.peer?.publicKey === nextKey) return { peer: next };
      if (seen?.nextKey === nextKey && seen.knockedFrom !== undefined) return { peer: from(next, seen) };
      const nowMs = clock.monotonicMs();
      const sinceMs = door?.nextKey === nextKey ? door.sinceMs : nowMs;
      doors.set(remoteClusterID, { nextKey, sinceMs });
      return { peer, nextKey, waitMs: nowMs - sinceMs < patienceMs ? watchfulMs : patientMs };
    },
    forget: (remoteClusterID) => {
      doors.delete(remoteClusterID);
    },
  };
}

/** A server learns where its client is; of a key that only knocked it has not yet. */
function from(peer: Peer, { knockedFrom }: ObservedWireGuard): Peer {
  return peer.endpoint === undefined && knockedFrom !== undefined ? { ...peer, endpoint: knockedFrom } : peer;
}
