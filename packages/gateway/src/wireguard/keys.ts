import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';

/** A WireGuard key pair, each half as base64 of its 32 bytes: the text that `wg` and Kubernetes' `byte` format share. */
export interface KeyPair {
  readonly privateKey: string;
  readonly publicKey: string;
}

/** PKCS #8 around a raw X25519 private key (RFC 8410). */
const pkcs8Head = Buffer.from('302e020100300506032b656e04220420', 'hex');
const keyBytes = 32;

/** A new pair from the system's secure randomness. */
export function generateKeyPair(): KeyPair {
  const { privateKey, publicKey } = generateKeyPairSync('x25519');
  return { privateKey: rawHalf(privateKey, 'd'), publicKey: rawHalf(publicKey, 'x') };
}

/**
 * The pair that belongs to a private key.
 * Throws TypeError, without the key in its message, when it is not base64 of 32 bytes.
 */
export function keyPairOf(privateKey: string): KeyPair {
  const raw = Buffer.from(privateKey, 'base64');
  if (raw.length !== keyBytes)
    throw new TypeError(`a WireGuard private key has ${keyBytes} bytes, this one has ${raw.length}`);
  const key = createPrivateKey({ key: Buffer.concat([pkcs8Head, raw]), format: 'der', type: 'pkcs8' });
  return { privateKey: raw.toString('base64'), publicKey: rawHalf(createPublicKey(key), 'x') };
}

function rawHalf(key: KeyObject, half: 'd' | 'x'): string {
  const { [half]: text = '' } = key.export({ format: 'jwk' });
  return Buffer.from(text, 'base64url').toString('base64');
}
