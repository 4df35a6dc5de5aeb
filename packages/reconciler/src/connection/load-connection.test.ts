import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { testCertificate, testKey } from '../testing/certificates.ts';
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
  const credential = {
    apiVersion: 'client.authentication.k8s.io/v1',
    kind: 'ExecCredential',
    status: { token: 'from-exec' },
  };
  const exec = {
    apiVersion: credential.apiVersion,
    command: process.execPath,
    args: ['-p', `JSON.stringify(${JSON.stringify(credential)})`],
  };
  await write({ 'certificate-authority-data': base64(testCertificate) }, { exec });
  const { token } = loadConnection({ kubeconfig });
  expect(typeof token === 'function' ? await token() : token).toBe('from-exec');
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
