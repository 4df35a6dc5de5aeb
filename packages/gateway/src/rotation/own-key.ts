import { annotationKeys, type GatewayClient, type GatewayServer, type Secret } from '@leafway/liqo';
import type { JsonPatchOperation } from '@leafway/reconciler';
import { generateKeyPair, type KeyPair, keyPairOf } from '../wireguard/keys.ts';

/** What the Secret of a gateway keeps: the key in use, and while it is being exchanged the one that comes after it. */
export interface StoredKeys extends KeyPair {
  readonly next?: KeyPair | undefined;
  /** The request for another key that was begun, or carried out, last. */
  readonly request?: string | undefined;
}

/** What the centre asks of a gateway's key. */
export interface KeyOrder {
  /** Names a request for another key. */
  readonly request?: string | undefined;
  /** The public key that the peer is prepared for. */
  readonly use?: string | undefined;
}

/** What the annotations of a gateway ask. */
export function keyOrderOf({ metadata }: GatewayServer | GatewayClient): KeyOrder {
  const { [annotationKeys.rotateKey]: request, [annotationKeys.useKey]: use } = metadata.annotations ?? {};
  return { request, use };
}

/**
 * The keys that a Secret should keep now: pure but for the randomness of a new key. Another key is made for a request
 * that is not the last one, and used once the peer is prepared for it; what was begun is ended before anything is begun
 * anew. Equal to `stored` when there is nothing to do.
 */
export function nextKeys(stored: StoredKeys, { request, use }: KeyOrder, generate = generateKeyPair): StoredKeys {
  const { next } = stored;
  if (next !== undefined) return next.publicKey === use ? { ...next, request: stored.request } : stored;
  return request === undefined || request === stored.request ? stored : { ...stored, next: generate(), request };
}

/** Reads a Secret. Throws TypeError, without any key in its message, when one of its keys is not usable. */
export function readStoredKeys({ data, metadata }: Secret): StoredKeys {
  const request = metadata.annotations?.[annotationKeys.rotateKey];
  const next = data?.nextPrivateKey;
  return {
    ...keyPairOf(data?.privateKey ?? ''),
    ...(next === undefined ? {} : { next: keyPairOf(next) }),
    ...(request === undefined ? {} : { request }),
  };
}

/** The fields of a Secret that keeps these keys. */
export function storedFields({ privateKey, publicKey, next, request }: StoredKeys): {
  readonly data: Record<string, string>;
  readonly annotations?: Record<string, string>;
} {
  return {
    data: { privateKey, publicKey, ...(next === undefined ? {} : { nextPrivateKey: next.privateKey }) },
    ...(request === undefined ? {} : { annotations: { [annotationKeys.rotateKey]: request } }),
  };
}

/** All of a change is one patch: a Secret never keeps half of it. */
export function storeOperations(secret: Secret, keys: StoredKeys): JsonPatchOperation[] {
  const { data, annotations } = storedFields(keys);
  return [
    { op: 'add', path: '/data', value: data },
    { op: 'add', path: '/metadata/annotations', value: { ...secret.metadata.annotations, ...annotations } },
  ];
}
