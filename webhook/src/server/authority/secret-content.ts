import { createPrivateKey, type X509Certificate } from 'node:crypto';
import type { KubeObject } from '@leafway/reconciler';
import { certificateOf, type KeyPair } from '../tls/key-pair.ts';
import { splitCertificates } from '../tls/split-certificates.ts';

/** The Secret that all replicas share. It is the only place besides their memory where the private keys are. */
export interface CertificateSecret extends KubeObject {
  readonly type?: string;
  /** Values in base64. */
  readonly data?: Readonly<Record<string, string>>;
}

/** A certificate as text and as what it says. */
export interface Parsed {
  readonly pem: string;
  readonly certificate: X509Certificate;
}

/** A certificate of an authority whose private key is known. */
export interface Signer {
  readonly cert: string;
  readonly key: string;
}

/** What the Secret says, in the names of its keys; what cannot be read of it is left out. */
export interface SecretContent {
  /** `ca.crt`: whom API servers have to trust, the newest first. */
  readonly authorities: readonly Parsed[];
  /** `ca.key`, if it belongs to the newest of them. */
  readonly signer?: Signer;
  /** `tls.crt` and `tls.key`: what all replicas show. */
  readonly pair: KeyPair;
}

/** Reads the Secret; nothing of it is trusted to be complete, since people can edit it. */
export function readSecret({ data = {} }: CertificateSecret): SecretContent {
  const text = (key: string): string => Buffer.from(data[key] ?? '', 'base64').toString();
  const authorities = splitCertificates(text('ca.crt')).flatMap((pem) => {
    const certificate = certificateOf(pem);
    return certificate?.ca ? [{ pem, certificate }] : [];
  });
  const [newest] = authorities;
  const key = text('ca.key');
  const isSigner = newest !== undefined && belongs(newest.certificate, key);
  return {
    authorities,
    ...(isSigner ? { signer: { cert: newest.pem, key } } : {}),
    pair: { cert: text('tls.crt'), key: text('tls.key') },
  };
}

/** The `data` of a Secret with that content. */
export function secretData(authorities: readonly string[], signer: Signer, pair: KeyPair): Record<string, string> {
  const texts = {
    'ca.crt': authorities.join(''),
    'ca.key': signer.key,
    'tls.crt': pair.cert,
    'tls.key': pair.key,
  };
  return Object.fromEntries(Object.entries(texts).map(([key, value]) => [key, Buffer.from(value).toString('base64')]));
}

/** What the API servers have to trust by this content, as a webhook configuration carries it. */
export function caBundleOf({ authorities }: SecretContent): string {
  return Buffer.from(authorities.map(({ pem }) => pem).join('')).toString('base64');
}

function belongs(certificate: X509Certificate, key: string): boolean {
  try {
    return certificate.checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}
