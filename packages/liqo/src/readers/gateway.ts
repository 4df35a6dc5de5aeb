import { annotationKeys } from '../api/labels.ts';
import type { Connection, GatewayClient, GatewayServer, Secret } from '../api/types.ts';
import { decodeProbe, type Probe } from '../codecs/probe.ts';

/** Where a gateway's own public key can be found: on the object (our agent), or in a Secret (Liqo). */
export type OwnKeySource =
  | { readonly kind: 'known'; readonly publicKey: string }
  | { readonly kind: 'secret'; readonly namespace: string; readonly name: string }
  | { readonly kind: 'none'; readonly reason: string };

/** Where a gateway's own public key is to be had: known already, in a Secret to be read, or not yet, and why. */
export function ownKeySource(gateway: GatewayServer | GatewayClient): OwnKeySource {
  const announced = gateway.metadata.annotations?.[annotationKeys.publicKey];
  if (announced !== undefined) {
    return isPublicKey(announced)
      ? { kind: 'known', publicKey: announced }
      : { kind: 'none', reason: `its annotation ${annotationKeys.publicKey} is not a WireGuard key` };
  }
  const { name, namespace } = gateway.status?.secretRef ?? {};
  if (name === undefined || name === '') return { kind: 'none', reason: 'its key is not made yet' };
  return { kind: 'secret', name, namespace: namespace ?? gateway.metadata.namespace ?? '' };
}

/** Why our agent cannot make a gateway as it should be, at most 512 characters of it; `undefined` when nothing is wrong. */
export function readGatewayProblem({ metadata }: GatewayServer | GatewayClient): string | undefined {
  return cut(metadata.annotations?.[annotationKeys.problem], 512);
}

/** The public half from a key Secret (raw 32 bytes, so base64 of them in the JSON). */
export function publicKeyFromSecret(secret: Secret): string | undefined {
  const text = secret.data?.publicKey;
  return text !== undefined && isPublicKey(text) ? text : undefined;
}

/** True for standard base64 of 32 bytes that are not all zero: fewer make Liqo's gateway panic. */
export function isPublicKey(text: string): boolean {
  if (!/^[A-Za-z0-9+/]{43}=$/.test(text)) return false;
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  return bytes.length === 32 && bytes.some((byte) => byte !== 0);
}

/** What a gateway says of its tunnel. All texts are of the leaf, and no longer than stated. */
export interface ConnectionReading {
  /** As it stands in the status, at most 64 characters of it; `undefined` before the first word. */
  readonly value: string | undefined;
  readonly connected: boolean;
  /** At most 32 characters. */
  readonly latency: string | undefined;
  /** When the last PONG was processed, of the leaf's clock: compare it only with itself. Liqo's empty time is none. */
  readonly stamp: string | undefined;
  /** What our agent found by packets through the tunnel; `undefined` where none did. */
  readonly probe: Probe | undefined;
}

/** What a gateway says of its tunnel. There is no heartbeat from outside: whether it is fresh is for the caller to judge. */
export function readConnection(connection: Connection): ConnectionReading {
  const { value, latency } = connection.status ?? {};
  const probe = connection.metadata.annotations?.[annotationKeys.probe];
  return {
    value: cut(value, 64),
    connected: value === 'Connected',
    latency: cut(latency?.value, 32),
    stamp: cut(latency?.timestamp, 64),
    probe: probe === undefined ? undefined : decodeProbe(probe),
  };
}

/**
 * A leaf's words go into a status of ours and onto people's terminals: there is no room for longer ones, none for half
 * characters, and none for control characters.
 */
function cut(text: unknown, maxLength: number): string | undefined {
  return typeof text === 'string'
    ? text
        .slice(0, maxLength)
        .toWellFormed()
        .replaceAll(/\p{Cc}/gu, '\ufffd')
    : undefined;
}
