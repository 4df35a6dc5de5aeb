import { X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { credentialExpiry } from './credential-expiry.ts';

const server = 'https://rome:6443';
const certData = rootCertificates[0] ?? '';
const certificateEnd = new Date(new X509Certificate(certData).validTo);

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const aToken = (claims: unknown): string => `${encode({ alg: 'RS256' })}.${encode(claims)}.signature`;

describe('the expiry of a credential', () => {
  it("is that of the client's certificate", () => {
    expect(credentialExpiry({ server, certData })).toEqual(certificateEnd);
  });

  it("is a JSON web token's own", () => {
    expect(credentialExpiry({ server, token: aToken({ exp: 1_764_547_200 }) })).toEqual(
      new Date('2025-12-01T00:00:00Z'),
    );
  });

  it('is the later one of two', () => {
    const later = aToken({ exp: certificateEnd.getTime() / 1_000 + 60 });
    expect(credentialExpiry({ server, certData, token: later })?.getTime()).toBe(certificateEnd.getTime() + 60_000);
    expect(credentialExpiry({ server, certData, token: aToken({ exp: 0 }) })).toEqual(certificateEnd);
  });

  it.each([
    ['there is no credential', {}],
    ['the token is opaque', { token: 'secret' }],
    ['the token has no end', { token: aToken({ sub: 'leafway' }) }],
    ['one of two has no end', { certData, token: 'secret' }],
    ['the token cannot be read', { token: 'a.b.c' }],
    ['its end is a text', { token: aToken({ exp: 'tomorrow' }) }],
    ['its end is no date', { token: aToken({ exp: 1e300 }) }],
    ['its end is after all calendars', { token: aToken({ exp: 253_402_300_800 }) }],
    ['its end is before all calendars', { token: aToken({ exp: -1e12 }) }],
    ['its claims are no object', { token: aToken([1]) }],
    ['the certificate cannot be read', { certData: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----' }],
  ])('is not known when %s', (_, credential) => {
    expect(credentialExpiry({ server, ...credential })).toBeUndefined();
  });
});
