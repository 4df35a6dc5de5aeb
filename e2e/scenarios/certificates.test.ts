import {
  type CertificateAuthority,
  type CertifiedKey,
  createCertificateAuthority,
  type RunningLab,
} from '@leafway/lab';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { storedObjects, withoutController } from '../support/admission/admission-fleet.ts';
import { type AdmissionProber, startProber } from '../support/admission/admission-prober.ts';
import {
  readCABundle,
  readPair,
  restartWebhook,
  writeCABundle,
  writePair,
} from '../support/admission/webhook-certificate.ts';
import { logOf } from '../support/lab/parts.ts';
import { sharedLab } from '../support/lab/shared-lab.ts';
import { connectRaw, type RawApi } from '../support/objects/raw-api.ts';

/** Long enough for a slow machine to start the webhook with it. */
const shortLifeMs = 15_000;
const patience = { timeout: 60_000, interval: 100 };

describe('the certificate of the webhook', () => {
  let lab: RunningLab;
  let api: RawApi;
  let prober: AdmissionProber;
  let before: { readonly pair: CertifiedKey; readonly caBundle: string };
  let authority: CertificateAuthority;
  const undo: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    lab = await sharedLab();
    api = await connectRaw(lab, lab.centre);
    undo.push(await withoutController(lab, api));
    before = { pair: await readPair(lab), caBundle: await readCABundle(api) };
    undo.push(async () => {
      await writePair(lab, before.pair);
      await writeCABundle(api, before.caBundle);
      await restartWebhook(lab);
    });
    authority = await createCertificateAuthority('another authority', new Date());
    prober = startProber(api);
  });
  afterAll(async () => {
    await prober?.finish();
    for (const step of undo.toReversed()) await step();
    api?.close();
  });

  const issue = (notAfter?: Date) => authority.issueServer('leafway-webhook', ['127.0.0.1'], notAfter);
  const bundleOf = (...certificates: readonly string[]): string =>
    Buffer.from(certificates.join('')).toString('base64');
  const expectGood = () => expect.poll(prober.goodRefusal, patience).toBeUndefined();
  const expectClosed = (why: RegExp) => expect.poll(prober.goodRefusal, patience).toMatch(why);
  /** An API server keeps its connections: with another bundle it makes a new one. */
  const reconnect = (comment: string) => writeCABundle(api, bundleOf(authority.cert, `# ${comment}\n`));

  it('is trusted when the bundle has its authority, and not a moment earlier', async () => {
    await expectGood();
    await writePair(lab, await issue(new Date(Date.now() + shortLifeMs)));
    await restartWebhook(lab);
    await expectClosed(/failed calling webhook.*certificate signed by unknown authority/);
    await reconnect('first');
    await expectGood();
  });

  it('expires: nothing gets in', async () => {
    await expect
      .poll(async () => {
        await reconnect(`${Date.now()}`);
        return prober.goodRefusal();
      }, patience)
      .toMatch(/failed calling webhook.*certificate has expired/);
  });

  it('is renewed: the webhook takes it without a restart', async () => {
    await writePair(lab, await issue());
    await expectGood();
  });

  it('is renewed before it expires: no good object is refused meanwhile', async () => {
    const said = logOf(lab, 'webhook').length;
    await writePair(lab, await issue());
    const refusals: (string | undefined)[] = [];
    await expect
      .poll(async () => {
        await reconnect(`${Date.now()}`);
        refusals.push(await prober.goodRefusal());
        return logOf(lab, 'webhook').slice(said);
      }, patience)
      .toMatch(/a new certificate is in use/);
    expect(refusals.filter((refusal) => refusal !== undefined)).toEqual([]);
  });

  it('is replaced by half a pair: the old one goes on serving', async () => {
    const [{ cert }, { key }] = [await issue(), await issue()];
    const said = logOf(lab, 'webhook').length;
    await writePair(lab, { cert, key });
    await expect.poll(() => logOf(lab, 'webhook').slice(said), patience).toMatch(/"problem":/);
    await reconnect('with the old pair');
    expect(await prober.goodRefusal()).toBeUndefined();
  });

  it('is not trusted when the bundle is emptied: nothing gets in, until it is filled again', async () => {
    await writeCABundle(api, '');
    await expectClosed(/failed calling webhook.*certificate/);
    await reconnect('again');
    await expectGood();
  });

  it('never let a bad object in meanwhile, and nobody else noticed', async () => {
    const { tried, badStored, othersRefused } = await prober.finish();
    console.log(`a bad object was tried ${tried} times, and stored ${badStored} times`);
    expect(tried).toBeGreaterThan(100);
    expect([badStored, othersRefused]).toEqual([0, []]);
    expect(await storedObjects(api, 'VirtualNodeShortcut')).toEqual([]);
  });
});
