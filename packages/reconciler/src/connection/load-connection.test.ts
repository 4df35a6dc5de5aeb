import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { testCertificate, testKey } from '../testing/own/certificates.ts';
import { loadConnection } from './load-connection.ts';

let folder: string;
let kubeconfig: string;
const base64 = (text: string): string => Buffer.from(text).toString('base64');

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'load-connection-'));
  kubeconfig = join(folder, 'config');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function write(cluster: object, user: object): Promise<void> {
  const content = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'main',
    contexts: [
      { name: 'main', context: { cluster: 'rome', user: 'me' } },
      { name: 'broken', context: { cluster: 'nowhere', user: 'me' } },
    ],
    clusters: [{ name: 'rome', cluster: { server: 'https://rome.example:6443', ...cluster } }],
    users: [{ name: 'me', user }],
  };
  await writeFile(kubeconfig, stringify(content));
}

/** A credential program that answers so. */
function execOf(status: object) {
  const credential = { apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status };
  const args = ['-p', `JSON.stringify(${JSON.stringify(credential)})`];
  return { apiVersion: credential.apiVersion, command: process.execPath, args };
}

test('a connection is read with the data in the kubeconfig', async () => {
  await write(
    { 'certificate-authority-data': base64(testCertificate), 'tls-server-name': 'kubernetes' },
    { token: 'abc' },
  );
  expect(loadConnection({ kubeconfig })).toEqual({
    server: 'https://rome.example:6443',
    caData: testCertificate,
    serverName: 'kubernetes',
    token: 'abc',
  });
});

test('files beside the kubeconfig are read', async () => {
  await writeFile(join(folder, 'ca.crt'), testCertificate);
  await writeFile(join(folder, 'client.key'), testKey);
  await write({ 'certificate-authority': 'ca.crt' }, { 'client-certificate': 'ca.crt', 'client-key': 'client.key' });
  expect(loadConnection({ kubeconfig })).toEqual({
    server: 'https://rome.example:6443',
    caData: testCertificate,
    certData: testCertificate,
    keyData: testKey,
  });
});

test('the token of a credential program is asked for when it is needed', async () => {
  const exec = execOf({ token: 'from-exec' });
  await write({ 'certificate-authority-data': base64(testCertificate) }, { exec });
  const { token } = loadConnection({ kubeconfig });
  expect(typeof token === 'function' ? await token() : token).toBe('from-exec');
});

test('the certificate of a credential program is asked for when it is needed', async () => {
  const status = { clientCertificateData: testCertificate, clientKeyData: testKey };
  await write({ 'certificate-authority-data': base64(testCertificate) }, { exec: execOf(status) });
  const { token, clientCertificate } = loadConnection({ kubeconfig });
  expect(typeof token === 'function' ? await token() : token).toBeUndefined();
  expect(await clientCertificate?.()).toEqual({ certData: testCertificate, keyData: testKey });
});

test('a credential program that fails is named, with what it said', async () => {
  const args = ['-e', 'console.error("please log in again"); process.exit(1)'];
  const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: process.execPath, args };
  await write({ 'certificate-authority-data': base64(testCertificate) }, { exec });
  const { token } = loadConnection({ kubeconfig });
  await expect(typeof token === 'function' && token()).rejects.toThrow(
    `no credentials from ${process.execPath}: please log in again`,
  );
});

test('the token of an OpenID Connect provider is used while it is good', async () => {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const idToken = `${part({ alg: 'none' })}.${part({ exp: 4_102_444_800 })}.x`;
  const provider = {
    name: 'oidc',
    config: { 'id-token': idToken, 'client-id': 'me', 'idp-issuer-url': 'https://idp' },
  };
  await write({ 'certificate-authority-data': base64(testCertificate) }, { 'auth-provider': provider });
  const { token } = loadConnection({ kubeconfig });
  expect(typeof token === 'function' ? await token() : token).toBe(idToken);
});

test('a token file is found beside the kubeconfig, and read again when it is rotated', async () => {
  await writeFile(join(folder, 'token'), 'first\n');
  await write({ 'certificate-authority-data': base64(testCertificate) }, { tokenFile: 'token', token: 'stale' });
  const { token } = loadConnection({ kubeconfig });
  const current = async () => (typeof token === 'function' ? token() : token);
  expect(await current()).toBe('first');
  await writeFile(join(folder, 'token'), 'second\n');
  expect(await current()).toBe('second');
});

test.each([
  ['as', { token: 'abc', as: 'system:admin' }, 'acting "as" another user is not supported'],
  ['password', { username: 'me', password: 'x' }, 'username and password are not supported'],
])('what would silently be left out is refused: %s', async (_, user, message) => {
  await write({ 'certificate-authority-data': base64(testCertificate) }, user);
  expect(() => loadConnection({ kubeconfig })).toThrow(message);
});

test('what would switch off the verification of the server is refused', async () => {
  await write({ 'insecure-skip-tls-verify': true }, { token: 'abc' });
  expect(() => loadConnection({ kubeconfig })).toThrow('insecure-skip-tls-verify is not supported');
  await write({ server: 'http://rome.example' }, { token: 'abc' });
  expect(() => loadConnection({ kubeconfig })).toThrow('no cluster with an https:// address');
});

test('a kubeconfig without a current context is told from one whose context leads nowhere', async () => {
  await writeFile(kubeconfig, 'apiVersion: v1\nkind: Config\n');
  expect(() => loadConnection({ kubeconfig })).toThrow('it has no current context');
});

test('a context that leads nowhere is named', async () => {
  await write({}, { token: 'abc' });
  expect(() => loadConnection({ kubeconfig, context: 'broken' })).toThrow(
    'the context "broken" does not name a cluster and a user',
  );
});
