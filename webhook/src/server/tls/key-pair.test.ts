import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { insecureTestKeyPair } from '../../testing/insecure-test-key-pair.ts';
import { type KeyPair, problemOfKeyPair, type ServerNames } from './key-pair.ts';

const otherKey = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();

describe('a key pair', () => {
  const inTime = new Date('2026-01-01');
  test.each<[string, KeyPair, Date, ServerNames, string | undefined]>([
    ['is good', insecureTestKeyPair, inTime, [], undefined],
    ['is good for its names', insecureTestKeyPair, inTime, ['localhost', '127.0.0.1'], undefined],
    ['has a broken certificate', { ...insecureTestKeyPair, cert: 'half' }, inTime, [], 'not a certificate'],
    ['has a broken key', { ...insecureTestKeyPair, key: '' }, inTime, [], 'not an unencrypted private key'],
    ['does not fit together', { ...insecureTestKeyPair, key: otherKey }, inTime, [], 'does not belong'],
    ['is from the future', insecureTestKeyPair, new Date('2019-12-31'), [], 'not valid before 2020-01-01'],
    ['has expired', insecureTestKeyPair, new Date('2120-01-02'), [], 'expired at 2120-01-01'],
    ['is for another name', insecureTestKeyPair, inTime, ['localhost', 'webhook.svc'], 'not for webhook.svc'],
    ['is for another address', insecureTestKeyPair, inTime, ['10.0.0.1'], 'not for 10.0.0.1'],
  ])('that %s', (_, pair, now, names, problem) => {
    expect(problemOfKeyPair(pair, now, names) ?? 'none').toContain(problem ?? 'none');
  });
});
