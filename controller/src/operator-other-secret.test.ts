import { kinds, type LeafCluster } from '@leafway/core';
import { resources } from '@leafway/liqo';
import { ApiError } from '@leafway/reconciler';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FakeFleet } from './testing/fake-fleet.ts';
import { FakeLeaf } from './testing/fake-leaf.ts';

const another = { namespace: 'leafway-system', name: 'another' };

let fleet: FakeFleet;
beforeEach(() => {
  fleet = new FakeFleet();
});
afterEach(() => fleet.stop());

async function condition(type: string) {
  return (await fleet.leaf('rome'))?.status?.conditions?.find((one) => one.type === type);
}

it.each(['is made later', 'is put right later'])(
  'another Secret that may not be watched is taken when it %s',
  async (when) => {
    fleet.central.beforeRequest = ({ verb, type }) => {
      if (type.kind !== 'Secret' || !['list', 'watch'].includes(verb)) return;
      throw new ApiError('forbidden', { code: 'Forbidden', status: 403, operation: 'watch secrets' });
    };
    await fleet.start();
    if (when === 'is put right later') {
      fleet.clientOf('bad', fleet.rome).beforeRequest = () => {
        throw new ApiError('Unauthorized', { code: 'Unauthorized', status: 401, operation: 'get namespaces' });
      };
      await fleet.storeKubeconfig('rome', 'another', 'bad');
    }
    fleet.pointTo('rome', 'another');
    await fleet.pass(2);
    expect((await condition('CredentialsCurrent'))?.status).toBe('False');
    if (when === 'is put right later') fleet.central.remove(resources.secrets, another);
    await fleet.storeKubeconfig('rome', 'another', 'good');
    const good = fleet.clientOf('good', fleet.rome);
    await fleet.clock.advance(300_000);
    await fleet.pass(2);
    expect(good.requests.length).toBeGreaterThan(0);
    expect((await condition('CredentialsCurrent'))?.status).toBe('True');
    const reads = (): number => fleet.central.requests.filter(({ type }) => type.kind === 'Secret').length;
    const before = reads();
    await fleet.clock.advance(7_200_000);
    expect(reads()).toBe(before);
  },
);

it('another Secret may give less than one that leads to a cluster which is not the leaf', async () => {
  await fleet.start();
  const stranger = new FakeLeaf('rome');
  await stranger.install('10.244.0.0/16');
  await stranger.becomeAnotherCluster();
  fleet.clientOf('strange', stranger);
  fleet.away = 'rome';
  fleet.rome.api.breakWatches();
  await fleet.pass(10);
  fleet.renew('rome', 'strange');
  await fleet.pass(60);
  expect((await condition('Reachable'))?.message).toContain('another cluster answers now');
  fleet.away = undefined;
  fleet.rome.denied.add('list cronjobs');
  const client = fleet.clientOf('ours', fleet.rome);
  await fleet.storeKubeconfig('rome', 'another', 'ours');
  fleet.pointTo('rome', 'another');
  await fleet.pass(60);
  expect(await condition('CredentialsCurrent')).toMatchObject({ status: 'True' });
  expect((await condition('Ready'))?.status).toBe('True');
  expect(client.requests.length).toBeGreaterThan(0);
});

it('another Secret is called used only when it is', async () => {
  await fleet.start();
  const slow = fleet.clientOf('slow', fleet.rome);
  const answers = Promise.withResolvers<undefined>();
  slow.beforeRequest = () => answers.promise;
  await fleet.storeKubeconfig('rome', 'another', 'slow');
  fleet.pointTo('rome', 'another');
  await fleet.pass(2);
  const before = {
    observedGeneration: 1,
    message: 'The controller logs in with what Secret leafway-system/leaf-rome holds.',
  };
  expect(await condition('CredentialsCurrent')).toMatchObject(before);
  answers.resolve(undefined);
  await fleet.pass(2);
  const used = { status: 'True', observedGeneration: 2, message: expect.stringContaining('leafway-system/another') };
  expect(await condition('CredentialsCurrent')).toMatchObject(used);
  await fleet.storeKubeconfig('rome', 'copy', 'slow');
  fleet.pointTo('rome', 'copy');
  await fleet.pass(2);
  const copied = { status: 'True', observedGeneration: 3, message: expect.stringContaining('leafway-system/copy') };
  expect(await condition('CredentialsCurrent')).toMatchObject(copied);
});

it('another Secret that leads to the cluster of another leaf makes nothing of that a part of a link', async () => {
  fleet.milan.api.compact(); // Its UIDs are other ones than rome's from here.
  await fleet.start();
  await fleet.create();
  await fleet.pass(5);
  fleet.clientOf('milans', fleet.milan);
  await fleet.storeKubeconfig('rome', 'another', 'milans');
  fleet.pointTo('rome', 'another');
  await fleet.pass(2);
  expect((await condition('CredentialsCurrent'))?.message).toContain('the cluster of LeafCluster milan');
  expect((await fleet.shortcut())?.status?.phase).toBe('Ready');
  await fleet.replaceOperator(); // It never had the right login.
  await fleet.pass(5);
  expect((await condition('Reachable'))?.message).toContain('says that its ID is milan');
  const uid = fleet.milan.api.object(resources.namespaces, { name: 'kube-system' })?.metadata.uid ?? '';
  fleet.central.edit<LeafCluster>(kinds.leafClusters, { name: 'rome' }, ({ metadata }) => {
    metadata.annotations = { 'leafway.dev/accept-identity': uid };
  });
  await fleet.pass(5);
  expect((await condition('Reachable'))?.message).toContain('says that its ID is milan');
  const { conditions = [] } = (await fleet.shortcut())?.status ?? {};
  expect(conditions.find(({ type }) => type === 'NetworkConfigured')).toMatchObject({ status: 'Unknown' });
});
