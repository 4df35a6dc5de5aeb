import { createPrivateKey, createPublicKey, diffieHellman } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { generateKeyPair, keyPairOf } from './keys.ts';

const jwk = (x: string, d?: string) => ({
  kty: 'OKP',
  crv: 'X25519',
  x: toURL(x),
  ...(d === undefined ? {} : { d: toURL(d) }),
});
const toURL = (text: string): string => Buffer.from(text, 'base64').toString('base64url');

describe('a key pair', () => {
  it('has 32 bytes in each half, and both sides agree on a secret', () => {
    const [a, b] = [generateKeyPair(), generateKeyPair()];
    expect(Buffer.from(a.privateKey, 'base64')).toHaveLength(32);
    const secret = (own: typeof a, other: typeof a) =>
      diffieHellman({
        privateKey: createPrivateKey({ key: jwk(own.publicKey, own.privateKey), format: 'jwk' }),
        publicKey: createPublicKey({ key: jwk(other.publicKey), format: 'jwk' }),
      }).toString('hex');
    expect(secret(a, b)).toBe(secret(b, a));
  });

  it('is found again from its private half', () => {
    const pair = generateKeyPair();
    expect(keyPairOf(pair.privateKey)).toEqual(pair);
  });

  it('has the public half that `wg pubkey` prints', () => {
    const privateKey = Buffer.from(Array.from({ length: 32 }, (_, index) => index + 1)).toString('base64');
    expect(keyPairOf(privateKey).publicKey).toBe('B6N8vBQgk8i3VdwbEOhstCY3StFqqFPtC9/AsrhtHHw=');
  });

  it('is refused, without being shown, when it has not 32 bytes', () => {
    expect(() => keyPairOf(Buffer.alloc(31, 7).toString('base64'))).toThrow(
      /^a WireGuard private key has 32 bytes, this one has 31$/,
    );
  });
});
