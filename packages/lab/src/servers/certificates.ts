import { randomBytes, webcrypto } from 'node:crypto';
import { loadX509 } from './certificate-library.ts';

/** A certificate and its private key, both PEM. */
export interface CertifiedKey {
  readonly cert: string;
  readonly key: string;
}

/** Issues certificates that are valid for one lab. */
export interface CertificateAuthority {
  readonly cert: string;
  /** For a server; `hosts` are DNS names and IP addresses. Valid as long as the authority unless `notAfter` is given. */
  issueServer(commonName: string, hosts: readonly string[], notAfter?: Date): Promise<CertifiedKey>;
  /** For a client: the common name is the user, the organizations are its groups. */
  issueClient(commonName: string, organizations?: readonly string[]): Promise<CertifiedKey>;
}

const keyAlgorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const hourMs = 3_600_000;
const yearMs = 365 * 24 * hourMs;

/** Makes a new authority; its private key lives only as long as the returned object. `now` is the start of validity. */
export async function createCertificateAuthority(commonName: string, now: Date): Promise<CertificateAuthority> {
  const x509 = await loadX509();
  const keys = await generateKeys();
  // An hour back: a clock that is set right after the start must not make the lab invalid.
  const validity = { notBefore: new Date(now.getTime() - hourMs), notAfter: new Date(now.getTime() + yearMs) };
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: [{ CN: [commonName] }],
    ...validity,
    keys,
    signingAlgorithm: keyAlgorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
    ],
  });
  const issue = async (
    subject: { CN: string[]; O?: string[] },
    usage: string,
    hosts: readonly string[],
    notAfter = validity.notAfter,
  ): Promise<CertifiedKey> => {
    const leafKeys = await generateKeys();
    const names = hosts.map((value) => ({ type: isAddress(value) ? ('ip' as const) : ('dns' as const), value }));
    const cert = await x509.X509CertificateGenerator.create({
      serialNumber: serialNumber(),
      subject: [{ CN: subject.CN }, ...(subject.O === undefined ? [] : [{ O: subject.O }])],
      issuer: root.subject,
      notBefore: validity.notBefore,
      notAfter,
      publicKey: leafKeys.publicKey,
      signingKey: keys.privateKey,
      signingAlgorithm: keyAlgorithm,
      extensions: [
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([usage]),
        ...(names.length === 0 ? [] : [new x509.SubjectAlternativeNameExtension(names)]),
      ],
    });
    return { cert: `${cert.toString('pem')}\n`, key: await exportPrivateKey(leafKeys.privateKey) };
  };
  return {
    cert: `${root.toString('pem')}\n`,
    issueServer: (name, hosts, notAfter) => issue({ CN: [name] }, x509.ExtendedKeyUsage.serverAuth, hosts, notAfter),
    issueClient: (name, organizations = []) =>
      issue(
        { CN: [name], ...(organizations.length === 0 ? {} : { O: [...organizations] }) },
        x509.ExtendedKeyUsage.clientAuth,
        [],
      ),
  };
}

/** A key pair for signing ServiceAccount tokens: private and public half, PEM. */
export async function createTokenKeys(): Promise<{ readonly privateKey: string; readonly publicKey: string }> {
  const keys = await generateKeys();
  const publicKey = await webcrypto.subtle.exportKey('spki', keys.publicKey);
  return { privateKey: await exportPrivateKey(keys.privateKey), publicKey: toPEM('PUBLIC KEY', publicKey) };
}

async function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(keyAlgorithm, true, ['sign', 'verify']);
}

async function exportPrivateKey(key: webcrypto.CryptoKey): Promise<string> {
  return toPEM('PRIVATE KEY', await webcrypto.subtle.exportKey('pkcs8', key));
}

function toPEM(label: string, der: ArrayBuffer): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

/** 15 bytes with the top bit clear: positive, and never longer than the 20 octets that X.509 allows. */
function serialNumber(): string {
  const bytes = randomBytes(15);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString('hex');
}

function isAddress(host: string): boolean {
  return /^[0-9.]+$/.test(host);
}
