import { X509Certificate } from 'node:crypto';
import type { RunningLab } from '@leafway/lab';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { storedObjects, withoutController } from '../support/admission-fleet.ts';
import { type AdmissionProber, startProber } from '../support/admission-prober.ts';
import { connectRaw, type RawApi } from '../support/raw-api.ts';
import { type SelfManagedWebhooks, secretPath, startSelfManagedWebhooks } from '../support/self-managed-webhooks.ts';
import { sharedLab } from '../support/shared-lab.ts';
import { readCABundle, writeCABundle } from '../support/webhook-certificate.ts';

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

  it('never let a bad object in meanwhile, and nobody else noticed', async () => {
    const { tried, badStored, othersRefused } = await prober.finish();
    console.log(`a bad object was tried ${tried} times, and stored ${badStored} times`);
    expect(tried).toBeGreaterThan(100);
    expect([badStored, othersRefused]).toEqual([0, []]);
    expect(await storedObjects(api, 'VirtualNodeShortcut')).toEqual([]);
  });
});
