import { X509Certificate } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { noMetrics } from '@leafway/reconciler';
import { FakeClock, FakeKubeApi, seededRandom, silentLogger } from '@leafway/reconciler/testing';
import { beforeEach, describe, expect, test } from 'vitest';
import type { KeyPair } from '../tls/key-pair.ts';
import { configurationTypes, type WebhookConfiguration } from './configurations.ts';
import { createIssuer, type Issuer } from './issuer.ts';
import { runAuthority } from './run-authority.ts';
import { type CertificateSecret, readSecret } from './secret-content.ts';
import { secretType } from './write-secret.ts';

const ref = { namespace: 'leafway-system', name: 'certificate' };
const names = ['leafway-webhook.leafway-system.svc'];
const minuteMs = 60_000;
const timings = {
  authorityMs: 600 * minuteMs,
  authorityRenewMs: 200 * minuteMs,
  pairMs: 150 * minuteMs,
  pairRenewMs: 50 * minuteMs,
  settleMs: minuteMs,
  overlapMs: 10 * minuteMs,
};

/** A replica on the same API server, and what it was last told to show. */
interface Replica {
  readonly api: FakeKubeApi;
  pair?: KeyPair;
  readonly stop: AbortController;
}

describe('replicas that share an authority', () => {
  let clock: FakeClock;
  let people: FakeKubeApi;
  let replicas: Replica[];
  let onOffer: (pair: KeyPair) => Promise<void>;
  /** The certificates that are being made: that takes real time, however the clock goes. */
  const making = new Set<Promise<unknown>>();

  const configurationsNow = (): Promise<(WebhookConfiguration | undefined)[]> =>
    Promise.all(configurationTypes.map((type) => people.get<WebhookConfiguration>(type, { name: 'leafway' })));
  const bundlesNow = async (): Promise<string[]> =>
    (await configurationsNow()).map((found) => {
      const [ours] = found?.webhooks ?? [];
      return Buffer.from(ours?.clientConfig.caBundle ?? '', 'base64').toString();
    });
  const secretNow = async (): Promise<CertificateSecret> => {
    const found = await people.get<CertificateSecret>(secretType, ref);
    if (found === undefined) throw new Error('there is no Secret');
    return found;
  };
  const watched = <T>(certificate: Promise<T>): Promise<T> => {
    making.add(certificate);
    return certificate.finally(() => making.delete(certificate));
  };
  const start = (): Replica => {
    const api = new FakeKubeApi({ sameServerAs: people });
    const replica: Replica = { api, stop: new AbortController() };
    const offer = (pair: KeyPair): void => {
      if (pair.cert !== replica.pair?.cert) void onOffer(pair);
      replica.pair = pair;
    };
    const made = createIssuer();
    const issuer: Issuer = {
      authority: (...args) => watched(made.authority(...args)),
      pair: (...args) => watched(made.pair(...args)),
    };
    const ports = { clock, random: seededRandom(replicas.length), log: silentLogger, metrics: noMetrics };
    void runAuthority(
      { ...ports, api, issuer, offer },
      { secret: ref, configuration: 'leafway', names, timings },
      replica.stop.signal,
    );
    return replica;
  };
  /** Lets time pass in small steps, each when nobody waits for a certificate any more. */
  const pass = async (ms: number, stepMs = 1_000): Promise<void> => {
    for (let passed = 0; passed < ms; passed += stepMs) {
      await clock.advance(stepMs);
      do {
        await Promise.all(making);
        await setImmediate();
      } while (making.size > 0);
    }
  };
  const passUntil = async (what: string, isTrue: () => Promise<boolean>): Promise<void> => {
    for (let tries = 0; tries < 300; tries += 1) {
      if (await isTrue()) return;
      await pass(200, 100);
    }
    throw new Error(`it never came true that ${what}`);
  };
  const allTrust = async (): Promise<boolean> => {
    const found = await people.get<CertificateSecret>(secretType, ref);
    if (found === undefined) return false;
    const wanted = readSecret(found)
      .authorities.map(({ pem }) => pem)
      .join('');
    return (await bundlesNow()).every((bundle) => bundle === wanted);
  };

  beforeEach(async () => {
    clock = new FakeClock('2026-01-01T00:00:00Z');
    people = new FakeKubeApi({ clock });
    onOffer = async () => {};
    for (const type of configurationTypes) {
      await people.create<WebhookConfiguration>(type, {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: type.kind,
        metadata: { name: 'leafway' },
        webhooks: [
          { name: 'judge.leafway.dev', clientConfig: {} },
          { name: 'judge.example.org', clientConfig: { caBundle: 'other' } },
        ],
      });
    }
    replicas = [];
    replicas.push(start(), start(), start());
    await passUntil('all trust', allTrust);
    await passUntil('all show a certificate', async () => replicas.every(({ pair }) => pair !== undefined));
    return () => {
      for (const { stop } of replicas) stop.abort();
    };
  });

  test('make one authority, show one certificate, and touch no entry of others', async () => {
    const secret = await secretNow();
    expect(secret.type).toBe('kubernetes.io/tls');
    expect(new Set(replicas.map(({ pair }) => pair?.cert)).size).toBe(1);
    expect(readSecret(secret).authorities).toHaveLength(1);
    const certificate = new X509Certificate(replicas[0]?.pair?.cert ?? '');
    expect(certificate.checkHost(names[0] ?? '')).toBe(names[0]);
    for (const found of await configurationsNow()) expect(found?.webhooks?.[1]?.clientConfig.caBundle).toBe('other');
  });

  test('ask for nothing while nothing changes', async () => {
    for (const { api } of replicas) api.requests.splice(0);
    await pass(5 * minuteMs, 10_000);
    const asked = replicas.flatMap(({ api }) => api.requests).filter(({ verb }) => verb !== 'watch');
    expect(asked).toEqual([]);
  });

  test.each([
    ['emptied', { op: 'replace', path: '/webhooks/0/clientConfig/caBundle', value: '' }],
    ['removed', { op: 'remove', path: '/webhooks/0/clientConfig/caBundle' }],
    ['exchanged', { op: 'replace', path: '/webhooks/0/clientConfig/caBundle', value: btoa('somebody else') }],
  ] as const)('repair a bundle that was %s within a second', async (_, operation) => {
    for (const type of configurationTypes) {
      await people.patch(type, { name: 'leafway' }, [operation]);
      expect(await allTrust()).toBe(false);
      await pass(1_000, 100);
      expect(await allTrust()).toBe(true);
    }
  });

  test('fill in a configuration that is installed again', async () => {
    const [type] = configurationTypes;
    if (type === undefined) throw new Error('there is no type');
    const [before] = await configurationsNow();
    await people.delete(type, { name: 'leafway' });
    await people.create(type, {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: type.kind,
      metadata: { name: 'leafway' },
      webhooks: [{ name: 'other', clientConfig: {} }, ...(before?.webhooks ?? [])].slice(0, 1),
    } as WebhookConfiguration);
    await people.patch(type, { name: 'leafway' }, [
      { op: 'add', path: '/webhooks/0', value: { name: 'judge.leafway.dev', clientConfig: {} } },
    ]);
    await passUntil('all trust', allTrust);
  });

  test('make a new authority together when the Secret is deleted', async () => {
    const before = replicas[0]?.pair?.cert;
    await people.delete(secretType, ref);
    await passUntil('all trust', allTrust);
    await passUntil('another is shown', async () => replicas.every(({ pair }) => pair?.cert !== before));
    expect(new Set(replicas.map(({ pair }) => pair?.cert)).size).toBe(1);
  });

  test('rotate everything in time, and never show a certificate that is not trusted everywhere', async () => {
    const shown = new Set<string>();
    const untrusted: string[] = [];
    let mostAuthorities = 0;
    onOffer = async ({ cert }) => {
      shown.add(cert);
      const certificate = new X509Certificate(cert);
      for (const bundle of await bundlesNow()) {
        const authorities = bundle.split(/(?<=-----END CERTIFICATE-----\n)/).filter((pem) => pem !== '');
        mostAuthorities = Math.max(mostAuthorities, authorities.length);
        const isTrusted = authorities.some((pem) => certificate.verify(new X509Certificate(pem).publicKey));
        if (!isTrusted) untrusted.push(cert);
      }
    };
    const [before] = readSecret(await secretNow()).authorities;
    for (let hours = 0; hours < 10; hours += 1) {
      await pass(60 * minuteMs, minuteMs);
      const { authorities, pair } = readSecret(await secretNow());
      expect(new X509Certificate(pair.cert).validToDate.getTime()).toBeGreaterThan(clock.now().getTime());
      expect(authorities.every(({ certificate }) => certificate.validToDate > clock.now())).toBe(true);
      expect(new Set(replicas.map((replica) => replica.pair?.cert))).toEqual(new Set([pair.cert]));
    }
    expect(untrusted).toEqual([]);
    expect(shown.size).toBeGreaterThanOrEqual(5);
    expect(mostAuthorities).toBe(2);
    const { authorities } = readSecret(await secretNow());
    expect(authorities.map(({ pem }) => pem)).not.toContain(before?.pem);
    expect(authorities).toHaveLength(1);
  }, 120_000);

  test('never give a configuration an older bundle back when their watch of the Secret lags', async () => {
    const [lagging] = replicas;
    const old = readSecret(await secretNow()).authorities.map(({ pem }) => pem);
    if (lagging === undefined) throw new Error('there is no replica');
    lagging.api.beforeRequest = ({ verb, type }) => {
      if (verb === 'watch' && type.plural === 'secrets') throw new Error('not now');
    };
    lagging.api.breakWatches();
    lagging.api.requests.splice(0);
    await people.delete(secretType, ref);
    const isExchanged = async (): Promise<boolean> =>
      (await allTrust()) && !readSecret(await secretNow()).authorities.some(({ pem }) => old.includes(pem));
    await passUntil('another authority is trusted', isExchanged);
    await pass(5_000, 100);
    expect(await isExchanged()).toBe(true);
    const given = JSON.stringify(lagging.api.requests.filter(({ verb }) => verb === 'patch'));
    for (const pem of old) expect(given).not.toContain(Buffer.from(pem).toString('base64'));
  });
});
