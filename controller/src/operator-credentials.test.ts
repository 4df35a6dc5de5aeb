import { kinds, type VirtualNodeShortcut } from '@leafway/core';
import { resources, type Secret } from '@leafway/liqo';
import { ApiError } from '@leafway/reconciler';
import { afterEach, expect, it } from 'vitest';
import { FakeFleet } from './testing/fake-fleet.ts';
import { aShortcut } from './testing/world.ts';

let fleet: FakeFleet;
afterEach(() => fleet.stop());

it('the operator reaches a leaf with the credentials that the shortcut itself names, as long as it names them', async () => {
  fleet = new FakeFleet();
  await fleet.start();
  const { central } = fleet;
  const kubeconfigSecretRef = { namespace: 'leafway-system', name: 'own', key: 'kubeconfig' };
  const found = await central.get<Secret>(resources.secrets, { namespace: 'leafway-system', name: 'leaf-rome' });
  await central.create<Secret>(resources.secrets, {
    ...{ apiVersion: 'v1', kind: 'Secret', metadata: { namespace: 'leafway-system', name: 'own' } },
    data: found?.data ?? {},
  });
  const before = central.requests.length;
  const { apiVersion, kind, spec } = aShortcut();
  const [rome, milan] = spec.clusters;
  await central.create<VirtualNodeShortcut>(kinds.shortcuts, {
    ...{ apiVersion, kind, metadata: { name: 'rome-milan' } },
    spec: { clusters: [{ ...rome, kubeconfigSecretRef }, milan] },
  });
  await fleet.pass(3);
  const readOnes = (from: number): (string | undefined)[] =>
    central.requests
      .slice(from)
      .flatMap(({ verb, type, name }) => (verb === 'get' && type.kind === 'Secret' ? [name] : []));
  expect(readOnes(before)).toEqual(['own']);
  expect((await fleet.shortcut())?.status?.phase).toBe('Ready');
});

it('the LeafCluster says in which namespace the controller lacks the right to read Secrets, and where it is given', async () => {
  fleet = new FakeFleet();
  fleet.central.beforeRequest = ({ verb, type }) => {
    if (type.kind === 'Secret' && verb === 'get') {
      throw new ApiError('forbidden', { code: 'Forbidden', status: 403, operation: 'get secrets' });
    }
  };
  await fleet.start();
  await fleet.pass(3);
  const ready = (await fleet.leaf('rome'))?.status?.conditions?.find(({ type }) => type === 'Ready');
  expect(ready?.status).toBe('False');
  expect(ready?.message).toContain(
    'Secret leafway-system/leaf-rome with its kubeconfig may not be read: the controller lacks the verb get on secrets in ' +
      'the namespace leafway-system of the central cluster; add leafway-system to controller.credentials.namespaces of the chart',
  );
});

it('the operator that is told the ID of the centre reads nothing in the namespace of Liqo', async () => {
  fleet = new FakeFleet();
  await fleet.start();
  const read = new Set(fleet.central.requests.map(({ type }) => type.kind));
  expect(read).toContain('LeafCluster');
  expect(read).not.toContain('ConfigMap');
});
