import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { testCertificate, testKey } from '../testing/own/certificates.ts';
import { KubeconfigRejected } from './kubeconfig-rejected.ts';
import { parseKubeconfig } from './parse-kubeconfig.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const certificate = base64(testCertificate);
const aCluster = { server: 'https://rome.example:6443', 'certificate-authority-data': certificate };
const aUser = { token: 'secret-token' };
const withCertificate = { 'client-certificate-data': certificate, 'client-key-data': base64(testKey) };

function aKubeconfig(cluster: object = aCluster, user: object = aUser, changes: object = {}): string {
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'main',
    contexts: [{ name: 'main', context: { cluster: 'rome', user: 'centre', namespace: 'liqo' } }],
    clusters: [{ name: 'rome', cluster }],
    users: [{ name: 'centre', user }],
    ...changes,
  });
}

function rejection(source: string, policy?: { allowProxy?: boolean }): KubeconfigRejected {
  try {
    parseKubeconfig(source, policy);
  } catch (error) {
    expect(error).toBeInstanceOf(KubeconfigRejected);
    return error as KubeconfigRejected;
  }
  throw new Error('the kubeconfig was accepted');
}

describe('a kubeconfig is accepted', () => {
  test('with a CA and a token', () => {
    expect(parseKubeconfig(aKubeconfig())).toEqual({
      server: 'https://rome.example:6443',
      caData: testCertificate,
      token: 'secret-token',
    });
  });

  test('with a client certificate and its key, and the name of the server', () => {
    const cluster = { ...aCluster, 'tls-server-name': 'kubernetes' };
    expect(parseKubeconfig(aKubeconfig(cluster, withCertificate))).toEqual({
      server: 'https://rome.example:6443',
      caData: testCertificate,
      serverName: 'kubernetes',
      certData: testCertificate,
      keyData: testKey,
    });
  });

  test('with a proxy, where that is allowed', () => {
    const source = aKubeconfig({ ...aCluster, 'proxy-url': 'http://proxy:3128' });
    expect(parseKubeconfig(source, { allowProxy: true }).proxyUrl).toBe('http://proxy:3128');
    expect(rejection(source).field).toBe('clusters[].cluster.proxy-url');
  });

  test('whatever stands in entries that its current context does not name', () => {
    const users = [
      { name: 'centre', user: aUser },
      { name: 'other', user: { exec: { command: 'evil' } } },
    ];
    expect(parseKubeconfig(aKubeconfig(aCluster, aUser, { users })).token).toBe('secret-token');
  });

  test('as JSON, which is YAML', () => {
    const kubeconfig = {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'a',
      contexts: [{ name: 'a', context: { cluster: 'a', user: 'a' } }],
    };
    const source = JSON.stringify({
      ...kubeconfig,
      clusters: [{ name: 'a', cluster: aCluster }],
      users: [{ name: 'a', user: aUser }],
    });
    expect(parseKubeconfig(source).server).toBe(aCluster.server);
  });
});

describe('a kubeconfig is refused, by the name of the field', () => {
  test.each([
    ['exec', { exec: { command: 'touch', args: ['/tmp/owned'] } }],
    ['auth-provider', { 'auth-provider': { name: 'gcp', config: { 'cmd-path': 'evil' } } }],
    ['tokenFile', { tokenFile: '/etc/shadow' }],
    ['client-certificate', { 'client-certificate': '/etc/cert' }],
    ['client-key', { 'client-key': '/etc/key' }],
    ['username', { username: 'admin', password: 'x' }],
    ['as', { as: 'system:admin' }],
    ['constructor', { constructor: 'x' }],
  ])('for users[].user.%s', (field, user) => {
    const rejected = rejection(aKubeconfig(aCluster, { ...aUser, ...user }));
    expect(rejected.field).toBe(`users[].user.${field}`);
  });

  test('for users[].user.__proto__, which is a key like any other', () => {
    const source = aKubeconfig().replace(
      'token: secret-token',
      'token: secret-token\n      __proto__: { token: other }',
    );
    expect(rejection(source).field).toBe('users[].user.__proto__');
  });

  test.each([
    ['certificate-authority', { ...aCluster, 'certificate-authority': '/etc/ca.crt' }],
    ['insecure-skip-tls-verify', { ...aCluster, 'insecure-skip-tls-verify': false }],
    ['extensions', { ...aCluster, extensions: [] }],
    ['certificate-authority-data', { server: aCluster.server }],
    ['certificate-authority-data', { ...aCluster, 'certificate-authority-data': base64('no certificate') }],
    ['certificate-authority-data', { ...aCluster, 'certificate-authority-data': 'no base64!' }],
    ['server', { ...aCluster, server: 'http://rome.example' }],
    ['server', { ...aCluster, server: 'https://user:pass@rome.example' }],
    ['server', { ...aCluster, server: 'https://rome.example/?redirect=1' }],
    ['server', { ...aCluster, server: 'rome.example:6443' }],
    ['server', { ...aCluster, server: 12 }],
    ['tls-server-name', { ...aCluster, 'tls-server-name': 'a\r\nb' }],
  ])('for clusters[].cluster.%s', (field, cluster) => {
    expect(rejection(aKubeconfig(cluster)).field).toBe(`clusters[].cluster.${field}`);
  });

  test.each([
    ['token', {}],
    ['token', { token: '' }],
    ['token', { token: 12345 }],
    ['token', { token: 'a\r\nx-injected: 1' }],
    ['client-key-data', { 'client-certificate-data': certificate }],
    ['client-certificate-data', { 'client-key-data': base64(testKey) }],
    ['client-key-data', { ...withCertificate, 'client-key-data': base64('no key') }],
  ])('for a bad or missing users[].user.%s', (field, user) => {
    expect(rejection(aKubeconfig(aCluster, user)).field).toBe(`users[].user.${field}`);
  });

  test('for a key that belongs to another certificate', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const foreign = base64(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
    expect(rejection(aKubeconfig(aCluster, { ...withCertificate, 'client-key-data': foreign })).message).toContain(
      'does not belong',
    );
  });

  test('for a proxy that is no HTTP proxy, also where proxies are allowed', () => {
    const source = aKubeconfig({ ...aCluster, 'proxy-url': 'socks5://proxy:1080' });
    expect(rejection(source, { allowProxy: true }).field).toBe('clusters[].cluster.proxy-url');
  });

  test.each([
    ['current-context', { 'current-context': '' }],
    ['contexts', { contexts: [] }],
    ['clusters', { clusters: 'none' }],
    [
      'users',
      {
        users: [
          { name: 'centre', user: { ...aUser } },
          { name: 'centre', user: { ...aUser } },
        ],
      },
    ],
    ['users[].user', { users: [{ name: 'centre', user: null }] }],
    ['kind', { kind: 'Secret' }],
    ['apiVersion', { apiVersion: 'v2' }],
  ])('for %s', (field, changes) => {
    expect(rejection(aKubeconfig(aCluster, aUser, changes)).field).toBe(field);
  });
});

describe('a text is refused', () => {
  test.each([
    ['a key that stands twice', `${aKubeconfig()}kind: Config\n`, 'DUPLICATE_KEY'],
    ['an alias', `x: &a {}\ny: *a\n${aKubeconfig()}`, 'aliases'],
    ['a bomb of aliases', 'a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\nkind: *c\n', 'aliases'],
    ['a tag', `x: !!js/function "evil"\n${aKubeconfig()}`, 'TAG_RESOLVE_FAILED'],
    ['two documents', `${aKubeconfig()}---\n${aKubeconfig()}`, 'MULTIPLE_DOCS'],
    ['no map', '- a\n- b\n', 'not a YAML map'],
    ['nothing', '', 'not a YAML map'],
    ['too much', `${aKubeconfig()}#${'x'.repeat(300_000)}`, 'larger than 256 KiB'],
  ])('with %s in it', (_, source, reason) => {
    expect(rejection(source).message).toContain(reason);
  });

  test('without a word of what stands in it', () => {
    for (const source of [
      `${aKubeconfig()}users: [secret-token`,
      aKubeconfig(aCluster, { token: 'secret token' }),
      aKubeconfig(aCluster, { ...aUser, 'red\u001b[31m': 1 }),
    ]) {
      expect(rejection(source).message).not.toMatch(/secret.token|\p{Cc}/u);
    }
  });

  test('or accepted with known fields alone, whatever it is', () => {
    const names = fc.constantFrom(
      'server',
      'token',
      'exec',
      'client-certificate-data',
      'client-key-data',
      'proxy-url',
      '__proto__',
      'toString',
    );
    const values = fc.oneof(
      fc.string(),
      fc.constantFrom(certificate, base64(testKey), aCluster.server),
      fc.integer(),
      fc.constant(null),
      fc.object(),
    );
    const fields = fc.dictionary(fc.oneof(names, fc.string()), values, { maxKeys: 4 });
    fc.assert(
      fc.property(fields, fields, fc.string(), (cluster, user, noise) => {
        try {
          const connection = parseKubeconfig(aKubeconfig({ ...aCluster, ...cluster }, { ...aUser, ...user }) + noise);
          expect(Object.keys(connection)).toSatisfy((keys: string[]) =>
            keys.every((key) => ['server', 'caData', 'token', 'certData', 'keyData', 'serverName'].includes(key)),
          );
          expect(connection.server).toMatch(/^https:/);
        } catch (error) {
          expect(error).toBeInstanceOf(KubeconfigRejected);
        }
      }),
      { numRuns: 500 },
    );
  });
});
