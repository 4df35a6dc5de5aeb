import { annotationKeys } from '@leafway/liqo';
import { describe, expect, it } from 'vitest';
import { meeting, origins, race } from '../../testing/link-by-hand.ts';
import { actionWords, aLeafCluster, aShortcut, verdictWords, World } from '../../testing/world.ts';
import { statusOf } from '../status.ts';

const verdict = (world: World, type: string) => world.decide().verdicts.find((one) => one.type === type);

describe('existing: Refuse', () => {
  it('names each object of a link that is there, its state, and what to do, and touches nothing', () => {
    const world = meeting({ existing: 'Refuse' });
    const decision = world.decide();
    expect(decision).toMatchObject({ finalizer: 'keep', actions: new Map() });
    expect(decision.verdicts[0]).toMatchObject({ status: 'False', reason: 'LinkExists' });
    const message = decision.verdicts[0]?.message;
    expect(message).toContain(
      'rome and milan are linked, with milan as the server and rome as the client, and that works.',
    );
    expect(message).toContain('GatewayServer liqo-tenant-rome/rome on milan, PublicKey liqo-tenant-rome/rome on milan');
    expect(message).toContain('Set spec.existing to Adopt to take it over, or to Observe to watch it');
  });

  it('uses a Configuration of somebody else, and leaves it theirs', () => {
    const world = meeting({}, { until: 'Configurations' });
    world.settle();
    expect(verdict(world, 'Ready')?.status).toBe('True');
    expect(origins(world).filter((line) => line.startsWith('Configuration'))).toEqual(
      Array(2).fill('Configuration Observed'),
    );
  });
});

describe('existing: Observe', () => {
  it('shows a link with its roles, and holds nothing and writes nothing', () => {
    const world = meeting({ existing: 'Observe' }, { serviceType: 'NodePort', server: 'rome' });
    const decision = world.decide();
    expect(decision).toMatchObject({ finalizer: 'keep', actions: new Map(), unfinished: false });
    expect(verdictWords(decision)).toEqual([
      'Accepted=True Observing',
      'LeavesReachable=True AllReachable',
      'NetworkConfigured=True Configured',
      'GatewaysReady=True Ready',
      'KeysExchanged=True Exchanged',
      'Connected=True Connected',
      'Ready=True Ready',
    ]);
    const status = statusOf(world.shortcut, decision, new Date(0));
    expect(status.clusters?.map(({ role }) => role)).toEqual(['Server', 'Client']);
    expect(new Set(origins(world).map((line) => line.split(' ')[1]))).toEqual(new Set(['Observed']));
  });

  it('shows the server that there is, also where another would be elected', () => {
    const world = meeting({ existing: 'Observe' }, { server: 'rome' });
    if (world.rome.leafCluster !== undefined) world.rome.leafCluster.spec.gateway = { mayServe: false };
    expect(statusOf(world.shortcut, world.decide(), new Date(0)).clusters?.[0]).toMatchObject({
      role: 'Server',
      roleReason: 'rome is the server already',
    });
  });

  it('shows the names that the leaves have for ranges, also where others would be planned', () => {
    const world = meeting({ existing: 'Observe' });
    const cidr = { pod: ['10.99.0.0/16'], external: ['10.98.0.0/16'] };
    for (const configuration of world.rome.configurations) configuration.status = { remote: { cidr } };
    expect(verdict(world, 'NetworkConfigured')).toMatchObject({ status: 'True' });
    expect(verdict(world, 'NetworkConfigured')?.message).toContain("rome calls milan's pods 10.99.0.0/16");
  });

  it('tries no other server, whatever becomes of the link', () => {
    const world = meeting({ existing: 'Observe' });
    for (const { status } of [...world.rome.connections, ...world.milan.connections])
      if (status !== undefined) status.value = 'Error';
    expect(verdict(world, 'Ready')).toMatchObject({ status: 'False' });
    expect(world.decide().link?.trials.failsSinceMs).toBeUndefined();
    world.shortcut = aShortcut({ spec: { existing: 'Adopt' } });
    world.settle();
    expect(world.decide().link?.trials.failsSinceMs).toBeDefined();
  });

  it('makes no link where there is none', () => {
    const world = meeting({ existing: 'Observe' }, 'nothing');
    expect(world.decide()).toMatchObject({ finalizer: 'keep', actions: new Map() });
    expect(verdict(world, 'Accepted')?.message).toContain('rome and milan have no direct link.');
    expect(verdict(world, 'Ready')?.status).toBe('False');
  });

  it('shows what is wrong with a link by a race', () => {
    const world = meeting({ existing: 'Observe' }, 'nothing');
    race(world, 'Error');
    expect(verdict(world, 'GatewaysReady')).toMatchObject({ status: 'False', reason: 'RolesClash' });
    expect(verdict(world, 'Ready')?.status).toBe('False');
  });

  it('reads no Secret of a gateway of Liqo, and takes what the other side holds for its key', () => {
    const world = meeting({ existing: 'Observe' }, {}, aLeafCluster('rome', { dataPlane: 'Liqo' }));
    const [client] = world.rome.clients;
    delete client?.metadata.annotations?.[annotationKeys.publicKey];
    if (client !== undefined) client.status = { secretRef: { name: 'gw-milan', namespace: 'liqo-tenant-milan' } };
    expect(world.decide().actions.size).toBe(0);
    expect(verdict(world, 'KeysExchanged')?.status).toBe('True');
  });

  it('goes on keeping what the shortcut made itself', () => {
    const world = new World();
    world.settle();
    world.shortcut = aShortcut({ spec: { existing: 'Observe' } });
    world.rome.publicKeys = [];
    expect(actionWords(world.decide(), 'rome')).toEqual(['create PublicKey']);
  });
});
