import { randomBytes, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import type { KeyPair, ServerNames } from '../tls/key-pair.ts';
import { loadX509 } from './certificate-library.ts';
import type { Signer } from './secret-content.ts';
import { backDateMs } from './timings.ts';

/** Makes keys and certificates. */
export interface Issuer {
  /** A new authority that is valid for so long from now. */
  authority(now: Date, validMs: number): Promise<Signer>;
  /** A new pair for a server of these names. */
  pair(signer: Signer, names: ServerNames, now: Date, validMs: number): Promise<KeyPair>;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/** Makes keys with the machine's own randomness. They are ECDSA on P-256, which every API server takes. */
export function createIssuer(): Issuer {
  return {
    authority: async (now, validMs) => {
      const x509 = await loadX509();
      const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
      const serialNumber = serial();
      const certificate = await x509.X509CertificateGenerator.createSelfSigned({
        serialNumber,
        // With the number in the name an API server tells two of our authorities apart.
        name: [{ CN: [`Leafway webhook authority ${serialNumber.slice(0, 8)}`] }],
        ...validity(now, validMs),
        keys,
        signingAlgorithm: algorithm,
        extensions: [
          new x509.BasicConstraintsExtension(true, 0, true),
          new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
        ],
      });
      return { cert: `${certificate.toString('pem')}\n`, key: await privateKey(keys.privateKey) };
    },
    pair: async (signer, names, now, validMs) => {
      const x509 = await loadX509();
      const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
      const authority = new x509.X509Certificate(signer.cert);
      const certificate = await x509.X509CertificateGenerator.create({
        serialNumber: serial(),
        subject: [{ CN: ['Leafway webhook'] }],
        issuer: authority.subject,
        ...validity(now, validMs),
        publicKey: keys.publicKey,
        signingKey: await importKey(signer.key),
        signingAlgorithm: algorithm,
        extensions: [
          new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
          new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
          new x509.SubjectAlternativeNameExtension(
            names.map((value) => ({ type: isIP(value) === 0 ? ('dns' as const) : ('ip' as const), value })),
          ),
        ],
      });
      return { cert: `${certificate.toString('pem')}\n`, key: await privateKey(keys.privateKey) };
    },
  };
}

function validity(now: Date, validMs: number): { notBefore: Date; notAfter: Date } {
  return { notBefore: new Date(now.getTime() - backDateMs), notAfter: new Date(now.getTime() + validMs) };
}

async function privateKey(key: webcrypto.CryptoKey): Promise<string> {
  const base64 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key)).toString('base64');
  return `-----BEGIN PRIVATE KEY-----\n${base64.match(/.{1,64}/g)?.join('\n')}\n-----END PRIVATE KEY-----\n`;
}

function importKey(pem: string): Promise<webcrypto.CryptoKey> {
  const der = Buffer.from(pem.replace(/-----[A-Z ]+-----|\s/g, ''), 'base64');
  return webcrypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign']);
}

/** 15 bytes with the top bit clear: positive, and never longer than the 20 octets that X.509 allows. */
function serial(): string {
  const bytes = randomBytes(15);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString('hex');
}
