import { annotationKeys, labelKeys } from '@leafway/liqo';
import { describe, expect, it } from 'vitest';
import { allObjects, linkByHand, meeting, origins, race } from '../../testing/link-by-hand.ts';
import { actionWords, aKey, aLeafCluster, aShortcut, type World } from '../../testing/world.ts';
import type { LeafAction } from '../actions.ts';
import type { Decision } from '../decide.ts';
import { transitionEvents } from '../events.ts';
import { statusOf } from '../status.ts';

const accepted = (decision: Decision) => decision.verdicts.find(({ type }) => type === 'Accepted');
const verdict = (world: World, type: string) => world.decide().verdicts.find((one) => one.type === type);
const allActions = (decision: Decision): LeafAction[] => [...decision.actions.values()].flat();

describe('existing: Adopt', () => {
  it('makes a link where there is none', () => {
    const world = meeting({ existing: 'Adopt' }, 'nothing');
    world.settle();
    expect(verdict(world, 'Ready')?.status).toBe('True');
    expect(origins(world)).not.toContainEqual(expect.stringContaining('Adopted'));
  });

  it.each(['rome', 'milan'] as const)(
    'marks each object of a link that works with %s as the server, and changes nothing else',
    (server) => {
      const world = meeting({ existing: 'Adopt' }, { server });
      const before = structuredClone(allObjects(world));
      const decision = world.decide();
      expect(decision.finalizer).toBe('add');
      expect(accepted(decision)).toMatchObject({ status: 'True', reason: 'Adopting' });
      expect(accepted(decision)?.message).toContain('Takes over Gateway');
      expect(allActions(decision).map(({ kind }) => kind)).toEqual(Array(6).fill('patch'));
      world.settle();
      for (const [index, object] of allObjects(world).entries()) {
        const { labels: _, annotations: __, ...metadata } = object.metadata;
        const old = before[index];
        expect({ ...object, metadata }).toEqual({
          ...old,
          metadata: { ...old?.metadata, labels: undefined, annotations: undefined },
        });
      }
      const sorted = origins(world).sort();
      expect(sorted).toEqual([
        ...['Configuration Adopted', 'Configuration Adopted', 'GatewayClient Adopted', 'GatewayServer Adopted'],
        ...['Namespace Observed', 'Namespace Observed', 'PublicKey Adopted', 'PublicKey Adopted'],
      ]);
      expect(verdict(world, 'Ready')?.status).toBe('True');
      expect(verdict(world, 'Accepted')?.message).toContain("were made by somebody else and are this shortcut's now");
    },
  );

  it('waits while changes are paused, and says so', () => {
    const world = meeting({ existing: 'Adopt', paused: true }, {});
    const decision = world.decide();
    expect(decision.actions.size).toBe(0);
    expect(accepted(decision)).toMatchObject({
      reason: 'Observing',
      message: expect.stringContaining('since spec.paused is set; without that this shortcut takes over Gateway'),
    });
    const status = statusOf(world.shortcut, decision, world.now);
    expect(transitionEvents(undefined, status).map(({ action }) => action)).toEqual(['Connect']);
    world.shortcut = { ...world.shortcut, spec: { ...world.shortcut.spec, paused: false } };
    const after = statusOf(world.shortcut, world.decide(), world.now);
    expect(transitionEvents(status, after).map(({ action }) => action)).toContain('Adopt');
  });

  it('is Ready all the while, from observed to adopted', () => {
    const world = meeting({ existing: 'Observe' });
    expect(verdict(world, 'Ready')?.status).toBe('True');
    world.shortcut = aShortcut({ spec: { existing: 'Adopt' } });
    for (let rounds = 0; rounds < 4; rounds += 1) {
      const decision = world.decideAndRemember();
      expect(decision.verdicts.find(({ type }) => type === 'Ready')?.status).toBe('True');
      expect(allActions(decision).some(({ kind }) => kind !== 'patch')).toBe(false);
      for (const leaf of [world.rome, world.milan]) leaf.perform(decision.actions.get(leaf.id) ?? []);
    }
    expect(world.decide().actions.size).toBe(0);
  });

  it('repairs from then on what the shortcut speaks of, and keeps what others wrote beside it', () => {
    const world = meeting({ existing: 'Adopt' });
    world.settle();
    const [server] = world.milan.servers;
    if (server?.spec === undefined) throw new Error('no server');
    server.spec.mtu = 9000;
    world.settle();
    expect(server.spec).toMatchObject({ mtu: 1340, secretRef: { name: '' } });
  });

  it.each([
    ['Configurations', {}],
    ['Server', { serviceType: 'NodePort' }],
    ['Client', {}],
  ] as const)('completes what was left behind after its %s, as the shortcut wants it', (until, rest) => {
    const world = meeting({ existing: 'Adopt' }, { until, ...rest });
    world.settle();
    expect(verdict(world, 'Ready')?.status).toBe('True');
    expect(world.milan.servers[0]?.spec?.endpoint?.serviceType ?? 'LoadBalancer').toBe('LoadBalancer');
    expect(origins(world)).toContain('Configuration Adopted');
    expect(origins(world)).toContain('PublicKey Created');
  });

  it('resolves both roles by a race, and says before what it will remove', () => {
    const world = meeting({ existing: 'Adopt' }, 'nothing');
    race(world, 'Error');
    const decision = world.decide();
    expect(allActions(decision).map(({ kind }) => kind)).toEqual(Array(8).fill('patch'));
    const { conditions } = statusOf(world.shortcut, decision, world.now);
    const message = conditions?.find(({ type }) => type === 'Accepted')?.message ?? '';
    const removed = /Removes, once it is taken over, (.*), since that cannot work/.exec(message)?.[1];
    for (const gateway of ['GatewayServer', 'GatewayClient'])
      for (const [peer, leaf] of [
        ['milan', 'rome'],
        ['rome', 'milan'],
      ])
        expect(removed).toContain(`${gateway} liqo-tenant-${peer}/${peer} on ${leaf}`);
    world.settle();
    expect([world.rome, world.milan].map(({ servers, clients }) => servers.length + clients.length)).toEqual([1, 1]);
    expect(verdict(world, 'Ready')?.status).toBe('True');
    expect(origins(world)).toContain('GatewayServer Created');
  });

  it.each<[string, (world: World) => void, string]>([
    [
      'has both roles and carries traffic',
      (world) => race(world, 'Connected'),
      'no Connection belongs to GatewayServer liqo-tenant-milan/milan on rome',
    ],
    [
      'has another type of Service',
      (world) => linkByHand(world, { serviceType: 'NodePort' }),
      'set spec.gateway.service.type to NodePort, as GatewayServer liqo-tenant-rome/rome on milan has it',
    ],
    [
      'dials another address',
      (world) => {
        linkByHand(world);
        const [client] = world.rome.clients;
        if (client?.spec?.endpoint !== undefined) client.spec.endpoint.addresses = ['198.51.100.7'];
      },
      'set spec.gateway.client.address to 198.51.100.7',
    ],
    [
      'is made from a template of another kind',
      (world) => {
        linkByHand(world);
        const [server] = world.milan.servers;
        if (server?.spec?.serverTemplateRef !== undefined) server.spec.serverTemplateRef.kind = 'Other';
      },
      'has spec.serverTemplateRef.kind: Other, which a shortcut cannot ask for',
    ],
    [
      'has other ranges than the leaf has now',
      (world) => {
        linkByHand(world);
        const [configuration] = world.rome.configurations;
        if (configuration?.spec?.remote !== undefined)
          configuration.spec.remote.cidr = { pod: ['10.9.0.0/16'], external: ['10.70.0.0/16'] };
      },
      'Configuration liqo-tenant-milan/milan on rome has spec.remote.cidr.pod: ["10.9.0.0/16"]',
    ],
    [
      'has other names than are planned',
      (world) => {
        linkByHand(world);
        const [configuration] = world.rome.configurations;
        if (configuration !== undefined)
          configuration.status = { remote: { cidr: { pod: ['10.99.0.0/16'], external: ['10.68.0.0/16'] } } };
      },
      "rome calls milan's ranges 10.99.0.0/16, 10.68.0.0/16, and this shortcut wants 10.71.0.0/16",
    ],
    [
      'has more than one of a kind',
      (world) => {
        linkByHand(world);
        const [key] = world.rome.publicKeys;
        if (key !== undefined) world.rome.publicKeys.push({ ...key, metadata: { ...key.metadata, uid: 'twin' } });
      },
      'keep one object of each kind on each leaf',
    ],
    [
      'is managed by another tool',
      (world) => {
        linkByHand(world);
        Object.assign(world.milan.servers[0]?.metadata.labels ?? {}, { [labelKeys.managedBy]: 'Helm' });
      },
      'GatewayServer liqo-tenant-rome/rome on milan is managed by Helm',
    ],
    [
      'belongs to another shortcut',
      (world) => {
        linkByHand(world);
        Object.assign(world.milan.servers[0]?.metadata.labels ?? {}, { [labelKeys.shortcutUID]: 'another' });
      },
      'is of the VirtualNodeShortcut with the UID another: delete that one first',
    ],
    [
      'belongs to a controller',
      (world) => {
        linkByHand(world);
        const owner = { apiVersion: 'v1', kind: 'Peering', name: 'p', uid: 'p', controller: true };
        Object.assign(world.rome.clients[0]?.metadata ?? {}, { ownerReferences: [owner] });
      },
      'GatewayClient liqo-tenant-milan/milan on rome belongs to Peering p',
    ],
    [
      'is being deleted',
      (world) => {
        linkByHand(world);
        Object.assign(world.rome.clients[0]?.metadata ?? {}, { deletionTimestamp: '2026-11-21T11:00:00Z' });
      },
      'GatewayClient liqo-tenant-milan/milan on rome is being deleted',
    ],
    [
      'is outside of the tenant namespace',
      (world) => {
        linkByHand(world);
        Object.assign(world.rome.clients[0]?.metadata ?? {}, { namespace: 'default' });
      },
      'GatewayClient default/milan on rome is not in the tenant namespace liqo-tenant-milan',
    ],
    [
      'has two tenant namespaces',
      (world) => {
        linkByHand(world);
        world.rome.namespaces.push({
          apiVersion: 'v1',
          kind: 'Namespace',
          metadata: { name: 'second', uid: 'second' },
        });
      },
      'rome has several tenant namespaces for milan',
    ],
    [
      'is not read on one leaf',
      (world) => {
        linkByHand(world);
        world.rome.isRead = false;
      },
      'what rome has of it was not read yet',
    ],
  ])('refuses, with what to do, a link that %s, and touches nothing', (_, make, words) => {
    const world = meeting({ existing: 'Adopt' }, 'nothing');
    make(world);
    const decision = world.decide();
    expect(decision).toMatchObject({ finalizer: 'keep', actions: new Map() });
    expect(accepted(decision)).toMatchObject({ status: 'False', reason: 'NotAdoptable' });
    expect(accepted(decision)?.message).toContain(words);
  });

  it('refuses also where there is more in the way than a condition holds', () => {
    const world = meeting({ existing: 'Adopt' });
    const [server] = world.milan.servers;
    for (let count = 0; server !== undefined && count < 100; count += 1) {
      const labels = { ...server.metadata.labels, [labelKeys.managedBy]: 'x'.repeat(63) };
      world.milan.servers.push({ ...server, metadata: { ...server.metadata, labels, uid: `${count}` } });
    }
    expect(verdict(world, 'Accepted')?.reason).toBe('NotAdoptable');
    const { conditions } = statusOf(world.shortcut, world.decide(), world.now);
    expect(conditions?.find(({ type }) => type === 'Accepted')?.message).toMatch(/^.{1023}…$/);
  });

  it('refuses to move the server of a link that carries traffic', () => {
    const world = meeting({ existing: 'Adopt', gateway: { server: 'rome' } });
    expect(verdict(world, 'Accepted')).toMatchObject({
      reason: 'NotAdoptable',
      message: expect.stringContaining('set spec.gateway.server to milan'),
    });
  });

  it('takes a link over that says in its own spec what is there', () => {
    const gateway = { service: { type: 'NodePort' as const } };
    const world = meeting({ existing: 'Adopt', gateway }, { serviceType: 'NodePort' });
    world.settle();
    expect(world.milan.servers[0]?.spec?.endpoint?.serviceType).toBe('NodePort');
    expect(verdict(world, 'Ready')?.status).toBe('True');
  });

  it('takes a client over that names more addresses than the one that is dialled', () => {
    const world = meeting({ existing: 'Adopt' });
    world.rome.clients[0]?.spec?.endpoint?.addresses?.push('198.51.100.7');
    expect(verdict(world, 'Accepted')?.reason).toBe('Adopting');
  });

  it('reads the key of a gateway of Liqo at once', () => {
    const world = meeting({ existing: 'Adopt' }, {}, aLeafCluster('rome', { dataPlane: 'Liqo' }));
    const [client] = world.rome.clients;
    delete client?.metadata.annotations?.[annotationKeys.publicKey];
    if (client !== undefined) client.status = { secretRef: { name: 'gw-milan', namespace: 'liqo-tenant-milan' } };
    const decision = world.decide();
    expect(actionWords(decision, 'rome')).toContain('readKey gw-milan');
    expect(decision.verdicts.find(({ type }) => type === 'KeysExchanged')?.status).toBe('True');
    world.keysFromSecrets.set(client?.metadata.uid ?? '', aKey('rome'));
    world.settle();
    expect(verdict(world, 'Ready')?.status).toBe('True');
  });

  it('waits with the leaf that is away, and goes on when it is back', () => {
    const world = meeting({ existing: 'Adopt' });
    world.rome.unreachable = 'connection refused';
    expect([...world.decide().actions.keys()]).toEqual(['milan']);
    world.rome.unreachable = undefined;
    world.settle();
    expect(origins(world)).toContain('GatewayClient Adopted');
  });
});
