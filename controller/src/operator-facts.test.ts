import { kinds } from '@leafway/core';
import {
  annotationKeys,
  buildConfiguration,
  buildGatewayTemplate,
  type Configuration,
  type GatewayTemplate,
  resources,
} from '@leafway/liqo';
import { ApiError } from '@leafway/reconciler';
import { afterEach, describe, expect, it } from 'vitest';
import { FakeFleet } from './testing/fake-fleet.ts';
import type { FakeLeaf } from './testing/fake-leaf.ts';

let fleet: FakeFleet;
afterEach(() => fleet.stop());

const { plural } = resources.wgGatewayServerTemplates;
const template = buildGatewayTemplate({ role: 'Server', liqoNamespace: 'liqo' });
const configMap = { namespace: 'liqo', name: 'liqo-clusterid-configmap' };

/** The fleet of which rome is run by Liqo. */
async function aFleet(prepare: (fleet: FakeFleet) => void = () => undefined): Promise<FakeFleet> {
  fleet = new FakeFleet();
  prepare(fleet);
  await fleet.start();
  await makeLiqo(fleet.rome);
  return fleet;
}

async function makeLiqo(leaf: FakeLeaf): Promise<void> {
  leaf.api.edit(resources.configMaps, configMap, ({ metadata }) => {
    delete metadata.annotations?.[annotationKeys.dataPlane];
  });
  await fleet.pass(1);
}

const statusOf = async (id: string) => (await fleet.leaf(id))?.status;

async function isReady(id: string): Promise<boolean | undefined> {
  return (await statusOf(id))?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True');
}

describe('the facts of a leaf that Liqo runs', () => {
  it('follow its gateway templates', async () => {
    const { rome } = await aFleet();
    expect((await statusOf('rome'))?.templates).toEqual([]);
    rome.api.seed<GatewayTemplate>(resources.wgGatewayServerTemplates, template);
    await fleet.pass(1);
    expect((await statusOf('rome'))?.templates).toMatchObject([
      { kind: 'WgGatewayServerTemplate', namespace: 'liqo', name: 'wireguard-server' },
    ]);
    rome.api.remove(resources.wgGatewayServerTemplates, template.metadata);
    await fleet.pass(1);
    expect((await statusOf('rome'))?.templates).toEqual([]);
    expect((await statusOf('milan'))?.templates).toBeUndefined();
  });

  it.each([
    ['are not served', 404],
    ['may not be read', 403],
  ])('say nothing of templates that %s, and it is asked for them once', async (_, status) => {
    const { rome } = await aFleet((fresh) => fresh.refuse(plural, status));
    expect(await isReady('rome')).toBe(true);
    await fleet.pass(120);
    expect(await statusOf('rome')).not.toHaveProperty('templates');
    expect(rome.api.requests.filter(({ type }) => type.plural === plural)).toHaveLength(1);
  });

  it('lose the templates that are served no longer', async () => {
    const { rome } = await aFleet();
    rome.api.seed<GatewayTemplate>(resources.wgGatewayServerTemplates, template);
    await fleet.pass(1);
    fleet.refuse(plural, 404);
    rome.api.breakWatches();
    await fleet.pass(60);
    expect(await statusOf('rome')).not.toHaveProperty('templates');
    expect(await isReady('rome')).toBe(true);
  });

  it('have the templates as soon as it is known that they may be read, and the leaf is never away', async () => {
    const rights = [`list ${plural}`, `watch ${plural}`];
    const { rome } = await aFleet((fresh) => {
      fresh.refuse(plural, 403);
      for (const right of rights) fresh.rome.denied.add(right);
    });
    rome.api.seed<GatewayTemplate>(resources.wgGatewayServerTemplates, template);
    const before = await statusOf('rome');
    expect(before?.missingPermissions).toHaveLength(2);
    fleet.serve(plural);
    rome.denied.clear();
    await fleet.clock.advance(300_000);
    await fleet.pass(2);
    const now = await statusOf('rome');
    expect(now?.missingPermissions).toEqual([]);
    expect(now?.templates).toMatchObject([{ name: template.metadata.name }]);
    const ofType = (one: string) => (status: typeof now) => status?.conditions?.find(({ type }) => type === one);
    for (const find of ['Reachable', 'CredentialsCurrent'].map(ofType)) expect(find(now)).toEqual(find(before));
    const asked = rome.api.requests.length;
    await fleet.clock.advance(600_000);
    expect(rome.api.requests.slice(asked).filter(({ verb }) => verb !== 'watch')).toEqual([]);
  });

  it('wait for no templates that never come', async () => {
    await aFleet((fresh) => fresh.hang(plural));
    await fleet.pass(15);
    expect(await isReady('rome')).toBe(true);
    expect(await statusOf('rome')).not.toHaveProperty('templates');
  });
});

describe('the facts of a leaf', () => {
  it('tell when its credential expires, also of a leaf that never answered', async () => {
    const claims = Buffer.from(JSON.stringify({ exp: 1_796_083_200 })).toString('base64url');
    await aFleet((fresh) => {
      fresh.token = `e30.${claims}.signature`;
      fresh.away = 'milan';
    });
    const credential = { expiresAt: '2026-12-01T00:00:00Z' };
    expect(await statusOf('rome')).toMatchObject({ credential });
    expect(await isReady('milan')).toBe(false);
    expect(await statusOf('milan')).toMatchObject({ credential });
  });

  it('have no expiry where the credential has none', async () => {
    await aFleet();
    expect(await statusOf('rome')).not.toHaveProperty('credential');
  });

  it('tell what the centre calls its pods', async () => {
    const { central } = await aFleet();
    const side = { remoteClusterID: 'rome', namespace: 'liqo-tenant-rome' };
    const own = { remotePod: ['10.244.0.0/16'], remoteExternal: ['10.70.0.0/16'] };
    const remote = { cidr: { pod: ['10.71.0.0/16'], external: ['10.68.0.0/16'] } };
    central.seed(resources.configurations, { ...buildConfiguration(side, own), status: { remote } });
    await fleet.pass(1);
    expect((await statusOf('rome'))?.networks?.podAtCentre).toEqual(['10.71.0.0/16']);
    expect((await statusOf('milan'))?.networks).not.toHaveProperty('podAtCentre');
  });
});

it('a leaf that sends what its kinds forbid keeps nobody from saying so', async () => {
  fleet = new FakeFleet();
  const { rome } = fleet;
  await fleet.start();
  await fleet.create();
  await fleet.pass(5);
  const key = { namespace: 'liqo-tenant-milan', name: 'milan' };
  rome.api.edit<Configuration>(resources.configurations, key, (configuration) => {
    configuration.status = { remote: { cidr: { pod: [5 as unknown as string] } } };
  });
  await fleet.pass(1);
  const conditions = (await fleet.shortcut())?.status?.conditions;
  expect(conditions?.find(({ type }) => type === 'Ready')).toMatchObject({
    ...{ status: 'False', message: expect.stringContaining('The Configuration for milan on rome is not ready') },
  });
});

it.each([
  ['finalizer', 'patch'],
  ['status', 'apply'],
] as const)(
  'a LeafCluster whose %s may not be written does not keep its shortcuts waiting without a word',
  async (_, verb) => {
    fleet = new FakeFleet();
    fleet.central.beforeRequest = (request) => {
      if (request.verb !== verb || request.type !== kinds.leafClusters) return;
      throw new ApiError(`${verb}: denied by a policy`, { code: 'Forbidden', status: 403, operation: verb });
    };
    await fleet.start();
    await fleet.create();
    await fleet.pass(5);
    const [accepted] = (await fleet.shortcut())?.status?.conditions ?? [];
    expect(accepted).toMatchObject({ type: 'Accepted', status: 'False', reason: 'FactsUnknown' });
  },
);
