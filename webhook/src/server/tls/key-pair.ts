import { createPrivateKey, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';

/** A certificate with its chain and its private key, both in PEM. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

/** What a server is wanted to be called; each is a DNS name or an IP address. */
export type ServerNames = readonly string[];

/**
 * Why a server must not be started with this pair at this time, under these names; `undefined` when it may. Never
 * quotes the key.
 */
export function problemOfKeyPair({ cert, key }: KeyPair, now: Date, names: ServerNames = []): string | undefined {
  const certificate = certificateOf(cert);
  if (certificate === undefined) return 'the certificate is not a certificate in PEM';
  const privateKey = parseOr(() => createPrivateKey(key));
  if (privateKey === undefined) return 'the key is not an unencrypted private key in PEM';
  if (!certificate.checkPrivateKey(privateKey)) return 'the key does not belong to the certificate';
  return problemOfTime(certificate, now) ?? problemOfNames(certificate, names);
}

/** The first certificate of a PEM text; `undefined` when there is none. */
export function certificateOf(pem: string): X509Certificate | undefined {
  return parseOr(() => new X509Certificate(pem));
}

/** The names that a certificate is for, in the form that certificates have them: `DNS:a, IP Address:10.0.0.1`. */
export function namesOf(certificate: X509Certificate): ServerNames {
  return (certificate.subjectAltName ?? '').split(', ').map((name) => name.replace(/^(DNS|IP Address):/, ''));
}

function problemOfTime({ validFromDate, validToDate }: X509Certificate, now: Date): string | undefined {
  if (now < validFromDate) return `the certificate is not valid before ${validFromDate.toISOString()}`;
  if (now > validToDate) return `the certificate expired at ${validToDate.toISOString()}`;
  return undefined;
}

/** As the API server checks it: by the alternative names alone, the common name means nothing. */
function problemOfNames(certificate: X509Certificate, names: ServerNames): string | undefined {
  const isNamed = (name: string): boolean =>
    (isIP(name) === 0 ? certificate.checkHost(name, { subject: 'never' }) : certificate.checkIP(name)) !== undefined;
  const missing = names.filter((name) => !isNamed(name));
  if (missing.length === 0) return undefined;
  return `the certificate is for ${certificate.subjectAltName ?? 'no name'}, not for ${missing.join(', ')}`;
}

function parseOr<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch {
    return undefined;
  }
}
