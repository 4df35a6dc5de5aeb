import type { KubeApi } from '@leafway/reconciler';
import { FakeClock, FakeKubeApi } from '@leafway/reconciler/testing';
import { expect, it } from 'vitest';
import { identify } from './identify.ts';

it.each<[string, unknown]>([
  ['none', undefined],
  ['an empty one', ''],
  ['one that no LeafCluster can hold', 'x'.repeat(65)],
  ['something else', { uid: 'x' }],
])('a cluster whose kube-system has %s for its UID is none', async (_, uid) => {
  const api = new FakeKubeApi({ cluster: 'rome' });
  const get = async () => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-system', uid } });
  const hostile = Object.assign(api, { get }) as unknown as KubeApi;
  await expect(identify(hostile, new FakeClock())).rejects.toThrow('no kube-system namespace with a UID');
});
