import { annotationKeys, isPublicKey, type LiqoObject } from '@leafway/liqo';
import type { Side } from './side.ts';

/**
 * What a gateway is asked to do with its key: to have another one, under the name of that request, or to use the next one
 * because the peer is prepared for it. What was begun is always ended, whoever asked for it.
 */
export function keyOrderOf(side: Side, peer: Side, request: string | undefined): Record<string, string> {
  const next = said(side, annotationKeys.nextPublicKey);
  const isPrepared = next !== undefined && said(peer, annotationKeys.preparedForKey) === next;
  return {
    ...(request === undefined ? {} : { [annotationKeys.rotateKey]: request }),
    ...(isPrepared ? { [annotationKeys.useKey]: next } : {}),
  };
}

/** What a PublicKey says of the key that its gateway changes to. */
export function nextKeyOf(side: Side): Record<string, string> {
  const next = said(side, annotationKeys.nextPublicKey);
  return next === undefined || !isPublicKey(next) ? {} : { [annotationKeys.nextPeerKey]: next };
}

/** Whether a side has that key for its peer, or was told of it before: then it takes it over by itself. */
export function expectsKey({ publicKey }: Side, key: string): boolean {
  return publicKey?.spec?.publicKey === key || publicKey?.metadata.annotations?.[annotationKeys.nextPeerKey] === key;
}

/** Whether the gateway of a side has another key because of that request, and both sides are done with it. */
export function isRotated(side: Side, peer: Side, request: string): boolean {
  return (
    said(side, annotationKeys.rotatedKey) === request &&
    side.ownKey !== undefined &&
    peer.publicKey?.spec?.publicKey === side.ownKey &&
    said(side, annotationKeys.nextPublicKey) === undefined &&
    peer.publicKey.metadata.annotations?.[annotationKeys.nextPeerKey] === undefined
  );
}

/** Whether the gateway of a side was asked for another key by that request. */
export const isAsked = (side: Side, request: string): boolean => said(side, annotationKeys.rotateKey) === request;

/** The same object with more annotations. */
export function withAnnotations<T extends LiqoObject>(object: T, more: Readonly<Record<string, string>>): T {
  if (Object.keys(more).length === 0) return object;
  const { metadata } = object;
  return { ...object, metadata: { ...metadata, annotations: { ...metadata.annotations, ...more } } };
}

function said({ gateway }: Side, key: string): string | undefined {
  return gateway?.metadata.annotations?.[key];
}
