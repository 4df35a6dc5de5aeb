import { createPrivateKey, X509Certificate } from 'node:crypto';

/** A certificate with its chain and its private key, both in PEM. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

/** Why a server must not be started with this pair at this time; `undefined` when it may. Never quotes the key. */
export function problemOfKeyPair({ cert, key }: KeyPair, now: Date): string | undefined {
  const certificate = parseOr(() => new X509Certificate(cert));
  if (certificate === undefined) return 'the certificate is not a certificate in PEM';
  const privateKey = parseOr(() => createPrivateKey(key));
  if (privateKey === undefined) return 'the key is not an unencrypted private key in PEM';
  if (!certificate.checkPrivateKey(privateKey)) return 'the key does not belong to the certificate';
  if (now < certificate.validFromDate)
    return `the certificate is not valid before ${certificate.validFromDate.toISOString()}`;
  if (now > certificate.validToDate) return `the certificate expired at ${certificate.validToDate.toISOString()}`;
  return undefined;
}

function parseOr<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch {
    return undefined;
  }
}
