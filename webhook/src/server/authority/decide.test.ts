import { describe, expect, test } from 'vitest';
import type { KeyPair, ServerNames } from '../tls/key-pair.ts';
import { type AuthorityStep, decideAuthority } from './decide.ts';
import { createIssuer } from './issuer.ts';
import { readSecret, type Signer, secretData } from './secret-content.ts';
import { authorityTimings as timings } from './timings.ts';

const dayMs = 86_400_000;
const start = new Date('2026-01-01T00:00:00Z');
const days = (count: number): Date => new Date(start.getTime() + count * dayMs);
const names = ['leafway-webhook.leafway-system.svc'];
const issuer = createIssuer();
const old = await issuer.authority(start, timings.authorityMs);
const young = await issuer.authority(days(245), timings.authorityMs);
const stranger = await issuer.authority(start, timings.authorityMs);
const pairOf = (signer: Signer, now: Date, wanted: ServerNames = names): Promise<KeyPair> =>
  issuer.pair(signer, wanted, now, timings.pairMs);
const first = await pairOf(old, start);
const late = await pairOf(old, days(200));
const renewed = await pairOf(young, days(245));
const none = { cert: '', key: '' };

/** The step for a Secret with these authorities, the key of the first of them, and that pair. */
function step(
  authorities: readonly Signer[],
  pair: KeyPair,
  now: Date,
  { trustedMs = dayMs, key = authorities[0]?.key ?? '' } = {},
): AuthorityStep {
  const data = secretData(
    authorities.map(({ cert }) => cert),
    { cert: '', key },
    pair,
  );
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'certificate' }, data };
  return decideAuthority({ content: readSecret(secret), names, now, trustedMs, timings });
}

describe('what is done with the certificates', () => {
  test('without a Secret: one is created', () => {
    expect(decideAuthority({ content: undefined, names, now: start, trustedMs: 0, timings })).toMatchObject({
      do: 'create',
    });
  });

  test('that are good: nothing, until the first of them ends soon', () => {
    expect(step([old], first, days(1))).toEqual({ do: 'wait', untilMs: days(60).getTime() });
    expect(step([old], late, days(201))).toEqual({ do: 'wait', untilMs: days(245).getTime() });
  });

  test.each<[string, AuthorityStep['do'], () => AuthorityStep]>([
    ['when the certificate ends soon, by a new one', 'renew-pair', () => step([old], first, days(60))],
    ['when it has expired', 'renew-pair', () => step([old], first, days(91))],
    ['when it is garbled', 'renew-pair', () => step([old], { ...first, cert: 'x' }, days(1))],
    ['when it is missing', 'renew-pair', () => step([old], none, days(1))],
    ['when its key is of another', 'renew-pair', () => step([old], { ...first, key: old.key }, days(1))],
    ['when a stranger issued it', 'renew-pair', () => step([stranger], first, days(1))],
    ['when the authority ends soon, by one beside it', 'renew-authority', () => step([old], late, days(245))],
    ['when its key is lost', 'renew-authority', () => step([old], first, days(1), { key: '' })],
    ['when its key is of another', 'renew-authority', () => step([old], first, days(1), { key: first.key })],
    ['when its key and the certificate are lost', 'replace', () => step([old], none, days(1), { key: '' })],
    ['when the authority has expired', 'replace', () => step([old], late, days(366))],
    ['when nothing is in the Secret', 'replace', () => step([], none, days(1))],
    ['when there is no authority in it', 'replace', () => step([first as Signer], first, days(1))],
  ])('%s', (_, expected, decide) => {
    expect(decide().do).toBe(expected);
  });

  test('a new authority is not used before all API servers have had time to trust it', () => {
    const now = days(246);
    expect(step([young, old], late, now, { trustedMs: 0 })).toEqual({
      do: 'wait',
      untilMs: now.getTime() + timings.settleMs,
    });
    expect(step([young, old], late, now, { trustedMs: timings.settleMs })).toMatchObject({
      do: 'renew-pair',
      signer: young,
      keep: [young.cert, old.cert],
    });
  });

  test('the old authority stays trusted until every replica had time to show the new certificate', () => {
    const shownMs = days(245).getTime();
    expect(step([young, old], renewed, new Date(shownMs + timings.overlapMs - 1))).toEqual({
      do: 'wait',
      untilMs: shownMs + timings.overlapMs,
    });
    expect(step([young, old], renewed, new Date(shownMs + timings.overlapMs))).toMatchObject({
      do: 'drop-authorities',
      keep: [young.cert],
    });
  });

  test('an old authority that has expired is not waited for', () => {
    expect(step([young, old], late, days(366), { trustedMs: 0 })).toMatchObject({
      do: 'renew-pair',
      keep: [young.cert],
    });
  });

  test('two replicas that want two names both get them, and do not take them away from each other', async () => {
    const other = await pairOf(old, start, ['other.svc']);
    const wanted = step([old], other, days(1));
    expect(wanted).toMatchObject({ do: 'renew-pair', names: [...names, 'other.svc'] });
    expect(step([old], await pairOf(old, start, [...names, 'other.svc']), days(1)).do).toBe('wait');
  });
});
