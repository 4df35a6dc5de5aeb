import { describe, expect, it } from 'vitest';
import { accountOf } from './account.ts';

const server = 'https://rome:6443';
const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const aToken = (claims: unknown): string => `${encode({ alg: 'RS256' })}.${encode(claims)}.signature`;
const token = aToken({ sub: 'system:serviceaccount:leafway-system:leafway-centre' });

/** Made for this test with `openssl req -x509 -subj "/O=fleet/CN=centre"`; nothing trusts it. */
const certData = `-----BEGIN CERTIFICATE-----
MIIBmDCCAT+gAwIBAgIUb+uVO/JMOSd7MKQwYDv/+C0oczkwCgYIKoZIzj0EAwIw
ITEOMAwGA1UECgwFZmxlZXQxDzANBgNVBAMMBmNlbnRyZTAgFw0yNjExMjExMzU3
MzBaGA8yMTI2MTAyODEzNTczMFowITEOMAwGA1UECgwFZmxlZXQxDzANBgNVBAMM
BmNlbnRyZTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABAymDbg96wNf1bPsOJ/t
ZfP5MEWzd0uVHQGuguDBIpqXKHgkrOQmeCYAxatQ/fpoy+Y1/jbApYcTDgHtT2BS
dt6jUzBRMB0GA1UdDgQWBBTTgfhF8mgIpky7KFZxQGqaUOmTaTAfBgNVHSMEGDAW
gBTTgfhF8mgIpky7KFZxQGqaUOmTaTAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49
BAMCA0cAMEQCIGU8IM4M2AXZaacrf457YWij98FPuWyUhoGiwF7WqdL7AiBbZcKI
5KdmtNZY3zMsRmgFjoFfGFVOpmiLUOZAIEpb5A==
-----END CERTIFICATE-----
`;

describe('the account of a credential', () => {
  it("is that of a ServiceAccount's token", () => {
    expect(accountOf({ server, token })).toEqual({
      kind: 'ServiceAccount',
      namespace: 'leafway-system',
      name: 'leafway-centre',
    });
  });

  it('is the user that a client certificate names, whatever token there is', () => {
    const user = { kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'centre' };
    expect(accountOf({ server, certData, token })).toEqual(user);
  });

  it.each([
    ['there is none', {}],
    ['the token is opaque', { token: 'secret' }],
    ['the token is of a person', { token: aToken({ sub: 'jane' }) }],
    ['the token names no account', { token: aToken({}) }],
    ['the certificate cannot be read', { certData: 'nonsense', token }],
  ])('is not known when %s', (_, credential) => {
    expect(accountOf({ server, ...credential })).toBeUndefined();
  });
});
