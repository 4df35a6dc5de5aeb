import { Agent } from 'node:https';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aRequest, aReview, aShortcut } from '../../testing/builders.ts';
import { aClientCertificate } from '../../testing/client-certificate.ts';
import { insecureTestKeyPair } from '../../testing/insecure-test-key-pair.ts';
import { type Answer, type ServedApp, serveApp } from '../../testing/serve-app.ts';
import { createIssuer } from '../authority/issuer.ts';
import { type ClientCheck, createClientCheck } from './client-certificates.ts';
import type { KeyPair } from './key-pair.ts';
import { secureContext } from './tls-server.ts';

const issuer = createIssuer();
const [authority, later, stranger] = await Promise.all([1, 2, 3].map(() => issuer.authority(new Date(), 86_400_000)));
if (authority === undefined || later === undefined || stranger === undefined) throw new Error('three are wanted');
const review = aReview(aRequest(aShortcut()));

describe('a webhook that asks clients who they are', () => {
  let app: ServedApp;
  let clients: ClientCheck;
  const agents: Agent[] = [];
  beforeAll(async () => {
    const rule = { authorities: authority.cert, commonName: 'kube-apiserver' };
    clients = createClientCheck(rule);
    app = await serveApp({ tls: { clients, clientAuthorities: rule.authorities } });
  });
  afterAll(async () => {
    for (const agent of agents) agent.destroy();
    await app.close();
  });

  /** A client that keeps its connection, and what it is answered when it asks for an admission. */
  const aClient = (shown?: KeyPair): (() => Promise<Answer>) => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1, ca: insecureTestKeyPair.cert, ...shown });
    agents.push(agent);
    const options = { agent, headers: { 'content-type': 'application/json' } };
    return () => app.send('POST', '/validate', options, JSON.stringify(review));
  };
  const shown = (signer: typeof authority, name: string): Promise<KeyPair> =>
    aClientCertificate(signer, name, new Date());

  test('answers the API server', async () => {
    const ask = aClient(await shown(authority, 'kube-apiserver'));
    expect(await ask()).toMatchObject({ status: 200, text: expect.stringContaining('"allowed":true') });
  });

  test.each<[string, () => Promise<KeyPair | undefined>, string]>([
    ['no certificate', async () => undefined, 'no certificate'],
    ['a certificate of another authority', () => shown(stranger, 'kube-apiserver'), 'not trusted'],
    ['a certificate for a server', () => issuer.pair(authority, ['a'], new Date(), 1_000_000), 'not trusted'],
    ['the certificate of another client', () => shown(authority, 'kubelet'), 'called "kubelet"'],
  ])('refuses who shows %s, before the body is read, and says so in the log', async (_, certificate, reason) => {
    const before = app.log.length;
    const answer = await aClient(await certificate())();
    expect(answer).toMatchObject({ status: 403, text: expect.stringContaining(reason) });
    expect(answer.headers.connection).toBe('close');
    expect(app.log.slice(before)).toEqual([expect.objectContaining({ status: 403, reason: answer.text })]);
  });

  test('tells everybody whether it is alive and ready', async () => {
    expect(await app.send('GET', '/healthz')).toMatchObject({ status: 200 });
    expect(await app.send('GET', '/readyz')).toMatchObject({ status: 200 });
  });

  test('takes new authorities into use, also for connections that are open', async () => {
    const old = aClient(await shown(authority, 'kube-apiserver'));
    const young = aClient(await shown(later, 'kube-apiserver'));
    expect([(await old()).status, (await young()).status]).toEqual([200, 403]);

    const exchange = (authorities: string): void => {
      clients.replace({ authorities, commonName: 'kube-apiserver' });
      app.server.setSecureContext(secureContext(insecureTestKeyPair, authorities));
    };
    exchange(`${later.cert}${authority.cert}`);
    expect([(await old()).status, (await young()).status]).toEqual([200, 200]);
    exchange(later.cert);
    expect(await old()).toMatchObject({ status: 403, text: expect.stringContaining('not trusted any more') });
    expect((await young()).status).toBe(200);
    exchange(authority.cert);
  });

  test.each([
    ['nothing', ''],
    ['a certificate of a server', insecureTestKeyPair.cert.slice(0, 60)],
  ])('refuses %s as authorities and keeps those that it has', async (_, pem) => {
    expect(() => clients.replace({ authorities: pem })).toThrow();
    expect((await aClient(await shown(authority, 'kube-apiserver'))()).status).toBe(200);
  });
});
