import { createPrivateKey, X509Certificate } from 'node:crypto';
import { KubeconfigRejected } from './kubeconfig-rejected.ts';

/** An `https` address without credentials, query or fragment. */
export function readServer(value: string, field: string): string {
  const url = readUrl(value, field);
  if (url.protocol !== 'https:') throw new KubeconfigRejected(field, 'not an https:// address');
  if (url.search !== '' || url.hash !== '') throw new KubeconfigRejected(field, 'has a query or a fragment');
  return value;
}

/** The address of an HTTP or HTTPS proxy. */
export function readProxy(value: string, field: string): string {
  const { protocol } = readUrl(value, field);
  if (protocol !== 'http:' && protocol !== 'https:')
    throw new KubeconfigRejected(field, 'only http and https proxies are known');
  return value;
}

function readUrl(value: string, field: string): URL {
  if (!URL.canParse(value)) throw new KubeconfigRejected(field, 'not a URL');
  const url = new URL(value);
  if (url.username !== '' || url.password !== '') throw new KubeconfigRejected(field, 'has credentials in it');
  return url;
}

/** A DNS name, as it stands in a certificate. */
export function readName(value: string, field: string): string {
  if (!/^[A-Za-z0-9*]([A-Za-z0-9.:-]{0,251}[A-Za-z0-9])?$/.test(value))
    throw new KubeconfigRejected(field, 'not a host name');
  return value;
}

/** A bearer token: visible ASCII, so that it can be nothing but the value of its header. */
export function readToken(value: string, field: string): string {
  if (!/^[\x21-\x7e]{1,16384}$/.test(value))
    throw new KubeconfigRejected(field, 'has characters that a token cannot have');
  return value;
}

/** The PEM text of one or more certificates, from base64. */
export function readCertificate(value: string, field: string): string {
  const pem = readBase64(value, field);
  attempt(field, 'does not hold a PEM certificate', () => new X509Certificate(pem));
  return pem;
}

/** The PEM text of the private key that belongs to the certificate, from base64. */
export function readKey(value: string, field: string, certificate: string): string {
  const pem = readBase64(value, field);
  const key = attempt(field, 'does not hold an unencrypted PEM private key', () => createPrivateKey(pem));
  if (!new X509Certificate(certificate).checkPrivateKey(key)) {
    throw new KubeconfigRejected(field, 'does not belong to client-certificate-data');
  }
  return pem;
}

function readBase64(value: string, field: string): string {
  const compact = value.replaceAll(/\s/g, '');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(compact)) throw new KubeconfigRejected(field, 'not base64');
  return Buffer.from(compact, 'base64').toString('utf8');
}

function attempt<T>(field: string, problem: string, read: () => T): T {
  try {
    return read();
  } catch {
    throw new KubeconfigRejected(field, problem);
  }
}
