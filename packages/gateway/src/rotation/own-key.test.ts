import { annotationKeys, type Secret } from '@leafway/liqo';
import { describe, expect, it } from 'vitest';
import { generateKeyPair } from '../wireguard/keys.ts';
import { nextKeys, readStoredKeys, type StoredKeys, storedFields, storeOperations } from './own-key.ts';

const [first, second, third] = [generateKeyPair(), generateKeyPair(), generateKeyPair()];
const make = () => third;

describe('the keys of a gateway', () => {
  it.each<[string, StoredKeys, Parameters<typeof nextKeys>[1], StoredKeys]>([
    ['stay while nothing is asked', first, {}, first],
    ['get another one for a request', first, { request: 'a' }, { ...first, next: third, request: 'a' }],
    ['get one for each request', { ...first, request: 'a' }, { request: 'a' }, { ...first, request: 'a' }],
    [
      'wait for the peer',
      { ...first, next: second, request: 'a' },
      { request: 'a' },
      { ...first, next: second, request: 'a' },
    ],
    [
      'wait for its word on this very key',
      { ...first, next: second },
      { use: third.publicKey },
      { ...first, next: second },
    ],
    [
      'change when the peer is prepared',
      { ...first, next: second, request: 'a' },
      { request: 'a', use: second.publicKey },
      { ...second, request: 'a' },
    ],
    [
      'end what was begun before they begin anew',
      { ...first, next: second, request: 'a' },
      { request: 'b' },
      { ...first, next: second, request: 'a' },
    ],
    [
      'take a word on a key that is in use for nothing',
      { ...second, request: 'a' },
      { request: 'a', use: second.publicKey },
      { ...second, request: 'a' },
    ],
  ])('%s', (_, stored, order, expected) => {
    expect(nextKeys(stored, order, make)).toEqual(expected);
  });

  it('are the same object when there is nothing to store', () => {
    expect(nextKeys(first, {}, make)).toBe(first);
  });

  it.each<[string, StoredKeys]>([
    ['one', first],
    ['one that answers a request', { ...first, request: 'a' }],
    ['two', { ...first, next: second, request: 'a' }],
  ])('are read from a Secret as they were stored: %s', (_, keys) => {
    const { data, annotations } = storedFields(keys);
    const secret: Secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'gw-milan', annotations: annotations ?? {} },
      data,
    };
    expect(readStoredKeys(secret)).toEqual(keys);
  });

  it('that come next are not left behind in the Secret when they are used, nor is what others wrote lost', () => {
    const secret: Secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'gw-milan', annotations: { theirs: 'x' } },
    };
    expect(storeOperations(secret, { ...second, request: 'a' })).toEqual([
      { op: 'add', path: '/data', value: { privateKey: second.privateKey, publicKey: second.publicKey } },
      { op: 'add', path: '/metadata/annotations', value: { theirs: 'x', [annotationKeys.rotateKey]: 'a' } },
    ]);
  });
});
