import { kinds, type LeafCluster } from '@leafway/core';
import type { Cache } from '@leafway/reconciler';
import { FakeKubeApi } from '@leafway/reconciler/testing';
import { expect, it } from 'vitest';
import type { PendingObject } from '../shortcut/actions.ts';
import { recordPending } from './reconciler.ts';

const shortcuts = (from: number, to: number): PendingObject['shortcut'][] =>
  Array.from({ length: to - from }, (_, index) => ({ name: `s${from + index}`, uid: `uid-${from + index}` }));

/** What shortcuts leave on a leaf, as many objects of each. */
function remaindersOf(some: readonly PendingObject['shortcut'][], objects: number): PendingObject[] {
  return some.flatMap((shortcut) =>
    Array.from({ length: objects }, (_, index) => ({
      ...{ apiVersion: 'networking.liqo.io/v1beta1', kind: `Kind${index}`, name: shortcut.name, uid: `${index}` },
      ...{ remoteClusterID: shortcut.name, shortcut },
    })),
  );
}

async function recorded(known: readonly PendingObject[], added: readonly PendingObject[]): Promise<PendingObject[]> {
  const central = new FakeKubeApi({ cluster: 'central' });
  central.seed<LeafCluster>(kinds.leafClusters, {
    ...{ apiVersion: 'leafway.dev/v1alpha1', kind: 'LeafCluster', metadata: { name: 'rome' } },
    spec: { kubeconfigSecretRef: { namespace: 'leafway-system', name: 'rome' } },
    status: { pendingCleanup: [...known] },
  });
  const get = (name: string) => central.object<LeafCluster>(kinds.leafClusters, { name });
  const leafClusters = { get, observe: () => undefined } as unknown as Cache<LeafCluster>;
  await recordPending({ central, leafClusters }, 'rome', added, new AbortController().signal);
  return get('rome')?.status?.pendingCleanup ?? [];
}

it('the remainder of a shortcut that is deleted is added to those of others', async () => {
  const [known, added] = [remaindersOf(shortcuts(0, 2), 4), remaindersOf(shortcuts(2, 3), 4)];
  expect(await recorded(known, added)).toEqual([...known, ...added]);
  expect(await recorded([...known, ...added], added)).toEqual([...known, ...added]);
});

it('of more remainders than a LeafCluster holds one object of each shortcut is kept, and no deletion waits', async () => {
  const known = remaindersOf(shortcuts(0, 255), 4);
  const found = await recorded(known, remaindersOf(shortcuts(255, 257), 4));
  expect(found.map(({ shortcut }) => shortcut)).toEqual(shortcuts(0, 257));
});
