import { X509Certificate } from 'node:crypto';
import type { RunningLab } from '@leafway/lab';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { storedObjects, withoutController } from '../support/admission/admission-fleet.ts';
import { type AdmissionProber, startProber } from '../support/admission/admission-prober.ts';
import {
  type SelfManagedWebhooks,
  secretPath,
  startSelfManagedWebhooks,
} from '../support/admission/self-managed-webhooks.ts';
import { readCABundle, writeCABundle } from '../support/admission/webhook-certificate.ts';
import { sharedLab } from '../support/lab/shared-lab.ts';
import { connectRaw, type RawApi } from '../support/objects/raw-api.ts';

const webhookAccount = {
  name: 'system:serviceaccount:leafway-system:leafway-webhook',
  groups: ['system:serviceaccounts', 'system:authenticated'],
};
const patience = { timeout: 120_000, interval: 50 };

describe('three webhooks that make their certificates themselves', () => {
  let lab: RunningLab;
  let api: RawApi;
  let webhooks: SelfManagedWebhooks;
  let prober: AdmissionProber;
  const undo: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    lab = await sharedLab();
    api = await connectRaw(lab, lab.centre);
    undo.push(await withoutController(lab, api));
    prober = startProber(api);
    webhooks = await startSelfManagedWebhooks(lab, api);
    undo.push(webhooks.stop);
  });
  afterAll(async () => {
    await prober?.finish();
    for (const step of undo.toReversed()) await step();
    api?.close();
  });

  /** A value of their Secret as text. */
  const secretText = async (key: string): Promise<string> => {
    const { body } = await api.send({ method: 'GET', path: secretPath });
    const { data = {} } = body as { data?: Record<string, string> };
    return Buffer.from(data[key] ?? '', 'base64').toString();
  };
  const changeSecret = async (data: Record<string, string | null>): Promise<void> => {
    const contentType = 'application/merge-patch+json';
    const { status } = await api.send({ method: 'PATCH', path: secretPath, contentType, body: { data } });
    expect(status).toBe(200);
  };
  const authorities = (pem: string): number => pem.split('BEGIN CERTIFICATE').length - 1;
  const bundle = async (): Promise<string> => Buffer.from(await readCABundle(api), 'base64').toString();
  const expectGood = () => expect.poll(prober.goodRefusal, patience).toBeUndefined();

  it('agree on one authority, which the API server then trusts', async () => {
    await expectGood();
    expect(authorities(await bundle())).toBe(1);
    expect(await secretText('ca.crt')).toBe(await bundle());
    // Each connection may go to another of the three.
    for (let tries = 0; tries < 30; tries += 1) expect(await prober.goodRefusal()).toBeUndefined();
  });

  it('fill an emptied bundle again', async () => {
    const before = await bundle();
    await writeCABundle(api, '');
    await expect.poll(bundle, patience).toBe(before);
    await expectGood();
  });

  it('take a foreign authority out of the bundle', async () => {
    const before = await bundle();
    await writeCABundle(api, Buffer.from(`${before}${await secretText('tls.crt')}`).toString('base64'));
    await expect.poll(bundle, patience).toBe(before);
    await expectGood();
  });

  it('change their authority, and no good object is refused meanwhile', async () => {
    const old = await secretText('ca.crt');
    const shown = await secretText('tls.crt');
    const refusals: (string | undefined)[] = [];
    // Without its key an authority has to be followed by another.
    await changeSecret({ 'ca.key': null });
    await expect
      .poll(async () => {
        refusals.push(await prober.goodRefusal());
        return (await secretText('tls.crt')) !== shown && authorities(await bundle());
      }, patience)
      .toBe(2);
    for (let tries = 0; tries < 100; tries += 1) refusals.push(await prober.goodRefusal());
    expect(refusals.filter((refusal) => refusal !== undefined)).toEqual([]);
    const [young = ''] = (await secretText('ca.crt')).split(old);
    expect(new X509Certificate(await secretText('tls.crt')).verify(new X509Certificate(young).publicKey)).toBe(true);
    console.log(`${refusals.length} good objects were tried during the change of the authority`);
  }, 180_000);

  it('make everything anew when their Secret is deleted', async () => {
    const before = await bundle();
    await api.send({ method: 'DELETE', path: secretPath });
    await expect.poll(bundle, patience).not.toBe(before);
    await expectGood();
    expect(authorities(await bundle())).toBe(1);
  });

  it.each(['mutating', 'validating'])('may change nothing but caBundle in the %s configuration', async (kind) => {
    const path = `/apis/admissionregistration.k8s.io/v1/${kind}webhookconfigurations/leafway?dryRun=All`;
    const change = (...body: object[]) =>
      api.send({ method: 'PATCH', path, user: webhookAccount, contentType: 'application/json-patch+json', body });
    const webhook = '/webhooks/0';
    const caBundle = await readCABundle(api);
    const twice = Buffer.from(caBundle, 'base64').toString().repeat(2);
    const value = Buffer.from(twice).toString('base64');
    const allowed = await change({ op: 'replace', path: `${webhook}/clientConfig/caBundle`, value });
    expect(allowed.status, allowed.message).toBe(200);
    for (const operations of [
      [{ op: 'replace', path: `${webhook}/clientConfig/url`, value: 'https://elsewhere.example.com/' }],
      [{ op: 'replace', path: `${webhook}/rules/0/resources`, value: ['*'] }],
      [{ op: 'replace', path: `${webhook}/timeoutSeconds`, value: 9 }],
      [{ op: 'remove', path: `${webhook}/matchConditions` }],
      [
        { op: 'copy', from: webhook, path: '/webhooks/1' },
        { op: 'replace', path: '/webhooks/1/name', value: 'another.leafway.dev' },
      ],
      [{ op: 'add', path: '/metadata/finalizers', value: ['example.com/mine'] }],
      [{ op: 'add', path: '/metadata/labels', value: { owner: 'somebody' } }],
    ]) {
      const { status, message } = await change(...operations);
      expect(`${status} ${message}`, JSON.stringify(operations)).toMatch(/^403 .*the webhook may change caBundle/);
    }
  });

  it.each([
    ['another name', 'another', 'kubernetes.io/tls'],
    ['another type', 'leafway-webhook-certificate', 'kubernetes.io/service-account-token'],
  ])('may create no Secret of %s', async (_, name, type) => {
    const annotations = { 'kubernetes.io/service-account.name': 'leafway-controller' };
    const data = { 'tls.crt': '', 'tls.key': '' };
    const body = { apiVersion: 'v1', kind: 'Secret', metadata: { name, annotations }, type, data };
    const path = '/api/v1/namespaces/leafway-system/secrets?dryRun=All';
    const { status, message } = await api.send({ method: 'POST', path, user: webhookAccount, body });
    expect(`${status} ${message}`).toMatch(/^403 .*the webhook may create no Secret but leafway-webhook-certificate/);
  });

  it('never let a bad object in meanwhile, and nobody else noticed', async () => {
    const { tried, badStored, othersRefused } = await prober.finish();
    console.log(`a bad object was tried ${tried} times, and stored ${badStored} times`);
    expect(tried).toBeGreaterThan(100);
    expect([badStored, othersRefused]).toEqual([0, []]);
    expect(await storedObjects(api, 'VirtualNodeShortcut')).toEqual([]);
  });
});
