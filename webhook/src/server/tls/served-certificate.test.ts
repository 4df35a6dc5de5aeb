import { generateKeyPairSync } from 'node:crypto';
import { FakeClock, silentLogger } from '@leafway/reconciler/testing';
import { beforeEach, describe, expect, test } from 'vitest';
import { insecureTestKeyPair } from '../../testing/insecure-test-key-pair.ts';
import { createIssuer } from '../authority/issuer.ts';
import type { KeyPair } from './key-pair.ts';
import { createServedCertificate, type ServedCertificate } from './served-certificate.ts';

const dayMs = 86_400_000;
const issuer = createIssuer();
const start = new Date('2026-01-01T00:00:00Z');
const signer = await issuer.authority(start, 365 * dayMs);
const pairFor = (names: string[], { now = start, days = 90 } = {}): Promise<KeyPair> =>
  issuer.pair(signer, names, now, days * dayMs);
const otherKey = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();

describe('the certificate of a running server', () => {
  let used: KeyPair[];
  let clock: FakeClock;
  let served: ServedCertificate;
  beforeEach(() => {
    used = [];
    clock = new FakeClock(start);
    served = createServedCertificate({ use: (pair) => void used.push(pair), clock, log: silentLogger });
  });

  test('is a problem as long as there is none', async () => {
    expect(served.problem()).toContain('no certificate');
    served.offer(await pairFor(['localhost']));
    expect(served.problem()).toBeUndefined();
  });

  test.each<[string, (good: KeyPair) => Promise<KeyPair>, string]>([
    ['does not fit together', async (good) => ({ ...good, key: otherKey }), 'does not belong'],
    ['is half written', async (good) => ({ ...good, cert: good.cert.slice(0, 100) }), 'not a certificate'],
    ['has expired', () => pairFor(['localhost'], { days: -1 }), 'expired'],
    ['is from the future', () => pairFor(['localhost'], { now: new Date('2026-03-01') }), 'not valid before'],
    ['is for another name', () => pairFor(['example.org']), 'not for localhost'],
  ])('stays when the new one %s, which is told once and until a good one comes', async (_, spoil, reason) => {
    const first = await pairFor(['localhost', 'also.localhost']);
    served.offer(first);
    const bad = await spoil(await pairFor(['localhost']));
    served.offer(bad);
    served.offer(bad);
    expect(used).toEqual([first]);
    expect(served.rejection()).toContain(reason);
    expect(served.rejections).toBe(1);
    expect(served.problem()).toBeUndefined();

    const next = await pairFor(['localhost']);
    served.offer(next);
    expect(used).toEqual([first, next]);
    expect(served.rejection()).toBeUndefined();
  });

  test('stays when there is nothing to read, and when the server cannot use the new one', async () => {
    const first = await pairFor(['localhost']);
    served.offer(first);
    served.miss('ENOENT');
    expect(served.rejection()).toBe('ENOENT');
    served.offer(first);
    expect(served.rejection()).toBeUndefined();

    const refusing = createServedCertificate({
      use: (pair) => {
        if (pair !== first) throw new Error('bad curve');
      },
      clock,
      log: silentLogger,
    });
    refusing.offer(first);
    refusing.offer(await pairFor(['localhost']));
    expect(refusing.rejection()).toBe('bad curve');
    expect(refusing.problem()).toBeUndefined();
  });

  test('must have every name that the server was told to have', async () => {
    const named = createServedCertificate(
      { use: (pair) => void used.push(pair), clock, log: silentLogger },
      { names: ['a.svc', 'b.svc'] },
    );
    named.offer(await pairFor(['a.svc']));
    expect(named.problem()).toContain('no certificate');
    expect(named.rejection()).toContain('not for b.svc');
    named.offer(await pairFor(['a.svc', 'b.svc', 'c.svc']));
    expect(named.problem()).toBeUndefined();
  });

  test('is a problem when it has expired', () => {
    served.offer(insecureTestKeyPair);
    expect(served.notAfter?.toISOString()).toMatch(/^2120-01-01/);
    clock = new FakeClock('2121-01-01T00:00:00Z');
    const late = createServedCertificate({ use: () => {}, clock, log: silentLogger });
    late.offer(insecureTestKeyPair);
    expect(late.problem()).toContain('no certificate');
  });

  test('serves until its last moment and is a problem from then on', async () => {
    served.offer(await pairFor(['localhost'], { days: 1 }));
    await clock.advance(dayMs - 1_000);
    expect(served.problem()).toBeUndefined();
    await clock.advance(2_000);
    expect(served.problem()).toContain('expired');
  });
});
