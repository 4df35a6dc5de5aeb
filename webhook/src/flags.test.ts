import { expect, test } from 'vitest';
import { contradiction } from './flags.ts';

const files = { tlsCert: 'a', tlsKey: 'b' };

test.each([
  ['files', files],
  ['files and clients', { ...files, clientCa: 'c', clientName: 'kube-apiserver' }],
  ['certificates of its own', { selfManagedCertificates: true, tlsName: ['a.svc'] }],
])('%s can be used', (_, flags) => {
  expect(contradiction(flags)).toBeUndefined();
});

test.each([
  ['no certificate at all', {}, 'give --tls-cert and --tls-key, or --self-managed-certificates'],
  ['half a pair', { tlsCert: 'a' }, 'give --tls-cert and --tls-key'],
  ['both kinds', { ...files, selfManagedCertificates: true, tlsName: ['a.svc'] }, 'leave out --tls-cert'],
  ['certificates of its own for no name', { selfManagedCertificates: true }, 'needs --tls-name'],
  ['the name of a client, but no authority', { ...files, clientName: 'x' }, '--client-name needs --client-ca'],
])('%s is refused', (_, flags, reason) => {
  expect(contradiction(flags)).toContain(reason);
});
