import { kinds, type LeafCluster } from '@leafway/core';
import { type Identity, resources } from '@leafway/liqo';
import { ApiError } from '@leafway/reconciler';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeFleet } from './testing/fake-fleet.ts';

let fleet: FakeFleet;
beforeEach(() => {
  fleet = new FakeFleet();
});
afterEach(() => fleet.stop());

const ref = { namespace: 'liqo-tenant-paris', name: 'controlplane-paris' };

interface Over {
  readonly namespace?: string;
  readonly clusterID?: string;
  readonly labels?: Record<string, string>;
  readonly secret?: string;
}

function anIdentity(over: Over = {}): Identity {
  const { namespace = ref.namespace } = over;
  return {
    ...{ apiVersion: 'authentication.liqo.io/v1beta1', kind: 'Identity' },
    metadata: { ...ref, namespace, ...(over.labels === undefined ? {} : { labels: over.labels }) },
    spec: { clusterID: over.clusterID ?? 'paris', type: 'ControlPlane' },
    status: { kubeconfigSecretRef: { name: over.secret ?? 'kubeconfig-controlplane-paris' } },
  };
}

async function peer(identity = anIdentity()): Promise<void> {
  fleet.central.seed<Identity>(resources.identities, identity);
  await fleet.pass(2);
}

async function unpeer(): Promise<void> {
  fleet.central.remove(resources.identities, ref);
  await fleet.pass(2);
}

async function isThere(): Promise<boolean> {
  const leaf = await fleet.leaf('paris');
  return leaf !== undefined && leaf.metadata.deletionTimestamp === undefined;
}

const edit = (change: (leaf: LeafCluster) => void): unknown =>
  fleet.central.edit<LeafCluster>(kinds.leafClusters, { name: 'paris' }, change);

describe('a leaf that Liqo is peered with', () => {
  beforeEach(() => fleet.start());

  it('gets a LeafCluster, that leads to the kubeconfig of its Identity', async () => {
    await peer();
    const leaf = await fleet.leaf('paris');
    expect(leaf?.spec).toEqual({
      kubeconfigSecretRef: { namespace: 'liqo-tenant-paris', name: 'kubeconfig-controlplane-paris' },
    });
    expect(leaf?.metadata.annotations).toEqual({
      'leafway.dev/discovered-from': 'liqo-tenant-paris/controlplane-paris',
    });
  });

  it('keeps the LeafCluster that somebody made by hand', async () => {
    const before = (await fleet.leaf('rome'))?.spec;
    await peer(anIdentity({ clusterID: 'rome' }));
    expect((await fleet.leaf('rome'))?.spec).toEqual(before);
    await unpeer();
    expect((await fleet.leaf('rome'))?.spec).toEqual(before);
  });

  it('loses it with its Identity', async () => {
    await peer();
    await unpeer();
    expect(await fleet.leaf('paris')).toBeUndefined();
  });

  it('keeps it without its Identity, once somebody changed it', async () => {
    await peer();
    edit(({ spec }) => {
      spec.gateway = { mayServe: false };
    });
    await unpeer();
    expect(await isThere()).toBe(true);
  });

  it('keeps it without its Identity, as long as a shortcut names it', async () => {
    await peer();
    const spec = { clusters: [{ id: 'rome' }, { id: 'paris' }] };
    const shortcut = { apiVersion: 'leafway.dev/v1alpha1', kind: 'VirtualNodeShortcut', metadata: { name: 's' }, spec };
    await fleet.central.create(kinds.shortcuts, shortcut);
    await fleet.pass(2);
    await unpeer();
    expect(await isThere()).toBe(true);
    fleet.central.remove(kinds.shortcuts, { name: 's' });
    await fleet.pass(30);
    expect(await fleet.leaf('paris')).toBeUndefined();
  });

  it('is reached with the kubeconfig of another Identity when its own goes, and loses it with that', async () => {
    await peer();
    await peer(anIdentity({ namespace: 'another', secret: 'another' }));
    const secret = async () => (await fleet.leaf('paris'))?.spec.kubeconfigSecretRef;
    expect(await secret()).toEqual({ namespace: ref.namespace, name: 'kubeconfig-controlplane-paris' });
    await unpeer();
    expect(await secret()).toEqual({ namespace: 'another', name: 'another' });
    await peer();
    expect(await secret()).toEqual({ namespace: 'another', name: 'another' });
    await unpeer();
    fleet.central.remove(resources.identities, { ...ref, namespace: 'another' });
    await fleet.pass(2);
    expect(await fleet.leaf('paris')).toBeUndefined();
  });

  it('is reached as somebody said who changed its LeafCluster, whatever its Identities say', async () => {
    await peer();
    await peer(anIdentity({ namespace: 'another', secret: 'another' }));
    await unpeer();
    const kubeconfigSecretRef = { namespace: 'leafway-system', name: 'leaf-paris' };
    edit(({ spec }) => Object.assign(spec, { kubeconfigSecretRef }));
    await peer();
    fleet.central.remove(resources.identities, { ...ref, namespace: 'another' });
    await unpeer();
    expect((await fleet.leaf('paris'))?.spec).toEqual({ kubeconfigSecretRef });
  });

  it.each<[string, Identity]>([
    ['whose Identity says that none is wanted', anIdentity({ labels: { 'leafway.dev/discover': 'false' } })],
    ['whose Identity has no kubeconfig yet', anIdentity({ secret: '' })],
  ])('and %s gets none', async (_, identity) => {
    await peer(identity);
    expect(await fleet.leaf('paris')).toBeUndefined();
  });

  it('is not asked for again and again when its LeafCluster is refused', async () => {
    fleet.central.beforeRequest = ({ verb, type }) => {
      if (verb !== 'create' || type.kind !== 'LeafCluster') return;
      throw new ApiError('you may not', { code: 'Forbidden', status: 403, operation: 'create leafclusters' });
    };
    const tries = (): number =>
      fleet.central.requests.filter(({ verb, type }) => verb === 'create' && type.kind === 'LeafCluster').length;
    const before = tries();
    await peer();
    await fleet.clock.advance(300_000);
    expect(tries() - before).toBe(1);
    fleet.central.beforeRequest = undefined;
    await fleet.clock.advance(300_000);
    expect(await fleet.leaf('paris')).toBeDefined();
  });
});

it('a leaf is found although Liqo comes to the central cluster after us', async () => {
  fleet.central.beforeRequest = ({ verb, type }) => {
    if (!['list', 'watch'].includes(verb) || type.group !== 'authentication.liqo.io') return;
    throw new ApiError('not found', { code: 'NotFound', status: 404, operation: 'list identities' });
  };
  await fleet.start();
  await peer();
  const lists = (): number => fleet.central.requests.filter(({ type }) => type === resources.identities).length;
  const before = lists();
  await fleet.clock.advance(600_000);
  expect(lists() - before).toBeLessThanOrEqual(2);
  expect(await isThere()).toBe(false);
  fleet.central.beforeRequest = undefined;
  await fleet.clock.advance(300_000);
  await fleet.pass(2);
  expect(await isThere()).toBe(true);
});

it('a leaf keeps its LeafCluster while the Identities cannot be seen', async () => {
  fleet.central.seed<LeafCluster>(kinds.leafClusters, {
    ...{ apiVersion: 'leafway.dev/v1alpha1', kind: 'LeafCluster' },
    metadata: { name: 'paris', annotations: { 'leafway.dev/discovered-from': 'liqo-tenant-paris/controlplane-paris' } },
    spec: { kubeconfigSecretRef: { namespace: 'liqo-tenant-paris', name: 'kubeconfig-controlplane-paris' } },
  });
  fleet.central.beforeRequest = ({ type }) => {
    if (type.kind !== 'Identity') return;
    throw new ApiError('not found', { code: 'NotFound', status: 404, operation: 'list identities' });
  };
  await fleet.start();
  await fleet.pass(60);
  expect(await isThere()).toBe(true);
});
