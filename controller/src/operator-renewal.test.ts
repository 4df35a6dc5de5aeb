import { kinds, type LeafCluster } from '@leafway/core';
import { type Network, resources, type Secret } from '@leafway/liqo';
import { ApiError, sleep } from '@leafway/reconciler';
import type { FakeKubeApi } from '@leafway/reconciler/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { answerReview } from './testing/answer-review.ts';
import { FakeFleet } from './testing/fake-fleet.ts';
import { FakeLeaf } from './testing/fake-leaf.ts';

let fleet: FakeFleet;
beforeEach(() => {
  fleet = new FakeFleet();
});
afterEach(() => fleet.stop());

const secret = { namespace: 'leafway-system', name: 'leaf-rome' };
const key = { namespace: 'liqo-tenant-milan', name: 'milan' };

const condition = (type: string) => fleet.leafCondition(type);

/** Somebody deletes an object of a link; the repair tells with which credentials the operator writes. */
async function repairs(client: FakeKubeApi): Promise<boolean> {
  const from = client.requests.length;
  fleet.rome.api.remove(resources.publicKeys, key);
  await fleet.pass(1);
  return client.requests.slice(from).some(({ verb, type }) => verb === 'create' && type.kind === 'PublicKey');
}

/** A token that ends in so many days. */
function tokenFor(days: number): string {
  const exp = fleet.clock.now().getTime() / 1_000 + days * 86_400;
  return `e30.${Buffer.from(JSON.stringify({ exp })).toString('base64url')}.signature`;
}

const unauthorized = (): never => {
  throw new ApiError('get namespaces kube-system on rome: Unauthorized', {
    ...{ code: 'Unauthorized', status: 401, operation: 'get namespaces' },
  });
};

describe('renewed credentials', () => {
  beforeEach(async () => {
    await fleet.start();
    await fleet.create();
    await fleet.pass(3);
  });

  it('are taken over at once, and the leaf is never away', async () => {
    const before = await condition('Reachable');
    const client = fleet.clientOf('new', fleet.rome);
    fleet.renew('rome', 'new');
    await fleet.pass(1);
    expect(await repairs(client)).toBe(true);
    expect(await repairs(fleet.rome.api)).toBe(false);
    expect(await condition('Reachable')).toEqual(before);
    expect((await fleet.shortcut())?.status?.phase).toBe('Ready');
  });

  it('are not taken over before they work, and the old ones stay in use', async () => {
    const client = fleet.clientOf('new', fleet.rome);
    client.beforeRequest = unauthorized;
    fleet.renew('rome', 'new');
    await fleet.pass(2);
    expect(await condition('CredentialsCurrent')).toMatchObject({
      ...{ status: 'False', reason: 'NotTakenOver' },
      message: expect.stringMatching(/^What Secret leafway-system\/leaf-rome holds now is not used: .*Unauthorized/),
    });
    expect((await condition('Ready')).status).toBe('True');
    expect(await repairs(fleet.rome.api)).toBe(true);
    client.beforeRequest = undefined;
    await fleet.pass(60);
    expect((await condition('CredentialsCurrent')).status).toBe('True');
    expect(await repairs(client)).toBe(true);
  });

  it('that are refused leave the old ones in use, also after the leaf was away', async () => {
    fleet.clientOf('bad', fleet.rome).beforeRequest = unauthorized;
    fleet.renew('rome', 'bad');
    await fleet.pass(2);
    const refused = await condition('CredentialsCurrent');
    fleet.away = 'rome';
    fleet.rome.api.breakWatches();
    await fleet.pass(10);
    expect((await condition('Reachable')).status).toBe('False');
    expect(await condition('CredentialsCurrent')).toEqual(refused);
    fleet.away = undefined;
    await fleet.pass(40);
    expect((await condition('Ready')).status).toBe('True');
    expect(await condition('CredentialsCurrent')).toEqual(refused);
    expect(await repairs(fleet.rome.api)).toBe(true);
    expect(fleet.leafEvents.map(({ type, reason }) => `${type} ${reason}`)).toEqual([
      'Warning NotTakenOver',
      'Warning Unusable',
      'Normal Reachable',
    ]);
  });

  it('are used when the old ones do not work any more, once the leaf is back', async () => {
    const client = fleet.clientOf('new', fleet.rome);
    client.beforeRequest = unauthorized;
    fleet.renew('rome', 'new');
    await fleet.pass(2);
    fleet.clientOf('secret', fleet.rome).beforeRequest = unauthorized;
    client.beforeRequest = undefined;
    fleet.rome.api.breakWatches();
    await fleet.pass(5);
    expect((await condition('CredentialsCurrent')).status).toBe('True');
    expect(await repairs(client)).toBe(true);
  });

  it('are not blamed for what was wrong with earlier ones', async () => {
    fleet.clientOf('bad', fleet.rome).beforeRequest = unauthorized;
    fleet.renew('rome', 'bad');
    await fleet.pass(2);
    const refused = await condition('CredentialsCurrent');
    fleet.clientOf('slow', fleet.rome).beforeRequest = () => sleep(fleet.clock, 2_000, new AbortController().signal);
    await fleet.storeKubeconfig('rome', 'another', 'slow');
    fleet.pointTo('rome', 'another');
    await fleet.pass(1);
    expect((await condition('CredentialsCurrent')).message).toBe(refused.message);
  });

  it.each<[string, string, RegExp]>([
    ['are a kubeconfig that is refused', 'secret, exec: { command: sh }', /users\[\]\.user\.exec/],
    ['lead to another cluster', 'elsewhere', /it leads to another cluster \(kube-system UID /],
    ['may do less', 'weak', /with it we may not create configurations\.networking\.liqo\.io/],
  ])('are not taken over when they %s', async (_, token, words) => {
    const another = new FakeLeaf('rome');
    await another.install('10.244.0.0/16');
    await another.becomeAnotherCluster();
    const elsewhere = fleet.clientOf('elsewhere', another);
    fleet.clientOf('weak', fleet.rome).review = ({ body }) => answerReview(body, new Set(['create configurations']));
    fleet.renew('rome', token);
    await fleet.pass(3);
    expect((await condition('CredentialsCurrent')).message).toMatch(words);
    expect((await condition('Ready')).status).toBe('True');
    expect(await repairs(fleet.rome.api)).toBe(true);
    expect(elsewhere.requests.filter(({ verb }) => verb !== 'get')).toEqual([]);
  });

  it('are taken over when the account may do less than before, whatever it logs in with', async () => {
    fleet.rome.denied.add('create configurations');
    const client = fleet.clientOf('new', fleet.rome);
    fleet.renew('rome', 'new');
    await fleet.pass(3);
    expect((await condition('CredentialsCurrent')).status).toBe('True');
    expect((await condition('Permitted')).message).toContain('create configurations.networking.liqo.io');
    expect(await repairs(client)).toBe(true);
  });

  it('are nothing that a missing Secret has', async () => {
    fleet.central.remove(resources.secrets, secret);
    await fleet.pass(1);
    expect((await condition('CredentialsCurrent')).message).toContain('does not exist on the central cluster');
    expect((await condition('Ready')).status).toBe('True');
  });

  it('may stand in another Secret, which is taken when what is in it works', async () => {
    const client = fleet.clientOf('other', fleet.rome);
    fleet.pointTo('rome', 'not-there');
    await fleet.pass(2);
    expect(await condition('CredentialsCurrent')).toMatchObject({
      ...{ status: 'False', reason: 'NotTakenOver' },
      message: expect.stringMatching(/^What Secret leafway-system\/not-there holds now is not used: .* does not exist/),
    });
    expect((await condition('Ready')).status).toBe('True');
    expect(await repairs(fleet.rome.api)).toBe(true);
    await fleet.storeKubeconfig('rome', 'not-there', 'other');
    await fleet.pass(2);
    expect(fleet.leafEvents.map(({ type, reason }) => `${type} ${reason}`)).toEqual([
      'Warning NotTakenOver',
      'Normal Current',
    ]);
    expect(await repairs(client)).toBe(true);
    expect(await condition('CredentialsCurrent')).toMatchObject({
      ...{ status: 'True', message: 'The controller logs in with what Secret leafway-system/not-there holds.' },
    });
    expect((await fleet.shortcut())?.status?.phase).toBe('Ready');
  });

  it('are nothing of an earlier Secret any more', async () => {
    const client = fleet.clientOf('old', fleet.rome);
    await fleet.storeKubeconfig('rome', 'another', 'secret');
    fleet.pointTo('rome', 'another');
    await fleet.pass(2);
    fleet.renew('rome', 'old');
    await fleet.pass(2);
    expect(await repairs(client)).toBe(false);
    expect((await condition('CredentialsCurrent')).status).toBe('True');
  });

  it('of another Secret bring a leaf back at once that refuses the old ones', async () => {
    fleet.away = 'rome';
    fleet.rome.api.breakWatches();
    await fleet.pass(120);
    fleet.clientOf('other', fleet.rome);
    await fleet.storeKubeconfig('rome', 'another', 'other');
    fleet.pointTo('rome', 'another');
    await fleet.clock.advance(700);
    expect((await condition('Reachable')).status).toBe('True');
  });

  it('that follow on bad ones are tried at once', async () => {
    fleet.clientOf('bad', fleet.rome).beforeRequest = unauthorized;
    fleet.renew('rome', 'bad');
    await fleet.pass(60);
    const client = fleet.clientOf('good', fleet.rome);
    fleet.renew('rome', 'good');
    await fleet.pass(1);
    expect(await repairs(client)).toBe(true);
  });

  it('are tried to the end, whatever else of their Secret changes meanwhile', async () => {
    const client = fleet.clientOf('new', fleet.rome);
    client.beforeRequest = ({ name }) =>
      name === 'kube-system' ? sleep(fleet.clock, 2_000, new AbortController().signal) : undefined;
    fleet.renew('rome', 'new');
    for (let change = 0; change < 20; change += 1) {
      await fleet.pass(0.25);
      fleet.central.edit<Secret>(resources.secrets, secret, ({ metadata }) => {
        metadata.annotations = { seen: `${change}` };
      });
    }
    expect(client.requests.filter(({ name }) => name === 'kube-system')).toHaveLength(1);
    expect(await repairs(client)).toBe(true);
  });

  it('bring a leaf back at once that refuses the old ones', async () => {
    fleet.away = 'rome';
    fleet.rome.api.breakWatches();
    await fleet.pass(120);
    expect((await condition('Reachable')).status).toBe('False');
    fleet.clientOf('new', fleet.rome);
    fleet.renew('rome', 'new');
    await fleet.clock.advance(700);
    expect((await condition('Reachable')).status).toBe('True');
  });
});

it.each([
  [
    'that ended',
    -1,
    /; its credential ended on 2025-12-31T00:00:00\.000Z: put a kubeconfig that works into its Secret/,
  ],
  [
    'that it does not know',
    30,
    /; the leaf does not accept its credential: put a kubeconfig that works into its Secret/,
  ],
])('a leaf that refuses credentials %s is told with what to do', async (_, days, words) => {
  fleet.token = tokenFor(days);
  fleet.clientOf(fleet.token, fleet.rome).beforeRequest = unauthorized;
  await fleet.start();
  expect((await condition('Reachable')).message).toMatch(words);
});

it('renewed credentials are found within the hour where their Secret may not be watched and the old ones expire soon', async () => {
  fleet.central.beforeRequest = ({ verb, type }) => {
    if (type.kind !== 'Secret' || !['list', 'watch'].includes(verb)) return;
    throw new ApiError('forbidden', { code: 'Forbidden', status: 403, operation: 'watch secrets' });
  };
  const reads = (): number =>
    fleet.central.requests.filter(({ verb, type }) => verb === 'get' && type.kind === 'Secret').length;
  fleet.token = tokenFor(10);
  await fleet.start();
  const renewed = tokenFor(300);
  fleet.clientOf(renewed, fleet.rome);
  fleet.central.edit<Secret>(resources.secrets, secret, (draft) => {
    draft.data = { kubeconfig: btoa(atob(draft.data?.kubeconfig ?? '').replace(fleet.token, renewed)) };
  });
  const { expiresAt } = (await fleet.leaf('rome'))?.status?.credential ?? {};
  await fleet.clock.advance(3_600_000);
  await fleet.pass(1);
  expect((await fleet.leaf('rome'))?.status?.credential?.expiresAt).not.toBe(expiresAt);
  const before = reads();
  await fleet.clock.advance(3_600_000);
  expect(reads() - before).toBe(1); // milan's, which still ends soon
});

it('renewed credentials cost nothing as long as there are none', async () => {
  await fleet.start();
  await fleet.pass(2);
  const servers = [fleet.central, fleet.rome.api, fleet.milan.api];
  const counts = servers.map(({ requests }) => requests.length);
  await fleet.clock.advance(3_600_000);
  const asked = servers.flatMap(({ requests }, index) => requests.slice(counts[index]));
  expect(asked.filter(({ verb }) => verb !== 'watch')).toEqual([]);
});

describe('another cluster in the place of a leaf', () => {
  beforeEach(() => fleet.start());

  it('is noticed as soon as a watch breaks, and not written to until somebody accepts it', async () => {
    const { rome } = fleet;
    await rome.becomeAnotherCluster();
    rome.api.breakWatches();
    const from = rome.api.requests.length;
    await fleet.create();
    await fleet.pass(5);
    const { uid = '' } = rome.api.object(resources.namespaces, { name: 'kube-system' })?.metadata ?? {};
    const writes = rome.api.requests.slice(from).filter(({ type, verb }) => verb === 'create' && type.namespaced);
    expect(writes).toEqual([]);
    const annotate = `kubectl annotate leafcluster rome leafway.dev/accept-identity=${uid} --overwrite`;
    expect((await condition('Ready')).message).toContain(annotate);

    const accept = async (identity: string): Promise<void> => {
      fleet.central.edit<LeafCluster>(kinds.leafClusters, { name: 'rome' }, ({ metadata }) => {
        metadata.annotations = { 'leafway.dev/accept-identity': identity };
      });
      await fleet.pass(5);
    };
    await accept('another one still');
    expect((await condition('Ready')).status).toBe('False');
    await accept(uid);
    expect((await fleet.leaf('rome'))?.status?.identity?.uid).toBe(uid);
    expect((await fleet.shortcut())?.status?.phase).toBe('Ready');
  });

  it('is planned with only when its LeafCluster says what is on it', async () => {
    const { rome } = fleet;
    await rome.becomeAnotherCluster();
    rome.api.breakWatches();
    rome.api.edit<Network>(resources.networks, { namespace: 'liqo', name: 'external-cidr' }, (draft) => {
      draft.status = { cidr: '10.71.0.0/16' }; // Milan would have that name on the one before.
    });
    await fleet.create();
    await fleet.pass(5);
    const { uid = '' } = rome.api.object(resources.namespaces, { name: 'kube-system' })?.metadata ?? {};
    const from = rome.api.requests.length;
    fleet.central.beforeRequest = ({ verb }) =>
      verb === 'apply' ? new Promise((resolve) => fleet.clock.setTimer(100, resolve)) : undefined;
    fleet.central.edit<LeafCluster>(kinds.leafClusters, { name: 'rome' }, ({ metadata }) => {
      metadata.annotations = { 'leafway.dev/accept-identity': uid };
    });
    await fleet.pass(5);
    const written = rome.api.requests.slice(from).filter(({ type }) => type === resources.configurations);
    expect(JSON.stringify(written)).toContain('wanted-cidrs');
    expect(JSON.stringify(written)).not.toContain('10.71.0.0/16');
  });
});
