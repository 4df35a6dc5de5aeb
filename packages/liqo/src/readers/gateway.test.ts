import { describe, expect, it } from 'vitest';
import type { Connection } from '../api/types.ts';
import { isPublicKey, ownKeySource, publicKeyFromSecret, readConnection } from './gateway.ts';

const object = (kind: string) => ({
  apiVersion: 'networking.liqo.io/v1beta1',
  kind,
  metadata: { name: 'milan', namespace: 'ns' },
});
const key = '0dg5oxpcEbO7hxy53tw+JbyIfKsoAudpwaASEI7Oyyg=';

describe("a gateway's own key", () => {
  it('is known where our agent announces it', () => {
    const gateway = object('GatewayClient');
    const announced = { ...gateway, metadata: { ...gateway.metadata, annotations: { 'leafway.dev/public-key': key } } };
    expect(ownKeySource(announced)).toEqual({ kind: 'known', publicKey: key });
  });

  it('is in a Secret where Liqo made it', () => {
    const gateway = { ...object('GatewayClient'), status: { secretRef: { name: 'gw-milan', namespace: 'ns' } } };
    expect(ownKeySource(gateway)).toEqual({ kind: 'secret', name: 'gw-milan', namespace: 'ns' });
  });

  it('is nowhere before it is made', () => {
    expect(ownKeySource(object('GatewayClient'))).toEqual({ kind: 'none', reason: 'its key is not made yet' });
  });

  it('is only taken when it is 32 bytes that are not all zero', () => {
    expect(isPublicKey(key)).toBe(true);
    for (const text of ['', 'abc', `${key}=`, btoa('x'.repeat(31)), btoa('\0'.repeat(32))])
      expect(isPublicKey(text)).toBe(false);
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, data: { publicKey: 'MASKED' } };
    expect(publicKeyFromSecret(secret)).toBeUndefined();
  });
});

describe('a Connection', () => {
  const connection = (status: unknown) => ({
    ...object('Connection'),
    status: status as Connection['status'] & object,
  });

  it('says whether it is connected, and since when', () => {
    const latency = { value: '2ms', timestamp: '2026-11-21T02:37:50Z' };
    const reading = { value: 'Connected', connected: true, latency: '2ms', stamp: latency.timestamp };
    expect(readConnection(connection({ value: 'Connected', latency }))).toEqual(reading);
    expect(readConnection(object('Connection'))).toMatchObject({ value: undefined, connected: false });
  });

  it('never says more than a status has room for', () => {
    const status = { value: `Connected${'😀'.repeat(99)}`, latency: { value: 'x'.repeat(99) } };
    const { value, latency, connected } = readConnection(connection(status));
    expect([value?.length, latency?.length, connected]).toEqual([64, 32, false]);
    expect(value?.isWellFormed()).toBe(true);
    const none = { value: undefined, latency: undefined, connected: false };
    expect(readConnection(connection({ value: { a: 1 }, latency: { value: 7 } }))).toMatchObject(none);
  });
});
