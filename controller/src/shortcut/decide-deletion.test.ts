import { resources } from '@leafway/liqo';
import { describe, expect, it } from 'vitest';
import { actionWords, aShortcut, World } from '../testing/world.ts';
import { desiredKeyBinding } from './key-binding.ts';
import { statusOf } from './status.ts';

const verdict = (world: World, type: string) => world.decide().verdicts.find((one) => one.type === type);

function aRunningWorld(...leaves: ConstructorParameters<typeof World>): World {
  const world = new World(...leaves);
  world.settle();
  return world;
}

describe('deleting a shortcut', () => {
  const deleted = (spec: Parameters<typeof aShortcut>[0] = {}) =>
    aShortcut({ ...spec, metadata: { deletionTimestamp: '2026-11-21T11:00:00Z' } });

  it('removes everything that it made, the namespaces last, and then lets go', () => {
    const world = aRunningWorld();
    world.shortcut = deleted();
    const server = world.rome.servers.length > 0 ? 'rome' : 'milan';
    expect(actionWords(world.decide(), server)).toEqual([
      'delete GatewayServer',
      'delete PublicKey',
      'deleteUnlessPeered Configuration',
    ]);
    world.rome.perform(world.decide().actions.get('rome') ?? []);
    expect(actionWords(world.decide(), 'rome')).toEqual(['deleteNamespaceIfEmpty Namespace']);
    world.rome.namespaces = [];
    expect(world.decide().finalizer).toBe('keep');
    for (const list of ['servers', 'clients', 'publicKeys', 'connections', 'configurations', 'namespaces'] as const)
      world.milan[list] = [];
    expect(world.decide()).toMatchObject({ finalizer: 'remove' });
  });

  it.each(['Disconnect', 'Orphan'] as const)('takes back its right to read a key, also for %s', (deletionPolicy) => {
    const world = aRunningWorld();
    const account = { kind: 'ServiceAccount', namespace: 'leafway-system', name: 'leafway-centre' } as const;
    const of = { peer: 'milan', namespace: 'liqo-tenant-milan', account };
    world.rome.perform([
      { kind: 'create', resource: resources.roleBindings, object: desiredKeyBinding(world.shortcut, of) },
    ]);
    expect(statusOf(world.shortcut, world.decide(), new Date()).objects).toContainEqual(
      expect.objectContaining({ cluster: 'rome', kind: 'RoleBinding', name: 'leafway-centre-keys', origin: 'Created' }),
    );
    world.shortcut = deleted({ spec: { deletionPolicy } });
    expect(actionWords(world.decide(), 'rome')).toContain('delete RoleBinding');
  });

  it('says what somebody else keeps from going', () => {
    const world = aRunningWorld();
    world.shortcut = deleted();
    const [configuration] = world.rome.configurations;
    if (configuration === undefined) throw new Error('no Configuration');
    Object.assign(configuration.metadata, {
      deletionTimestamp: '2026-11-21T11:00:00Z',
      finalizers: ['example.com/hold'],
    });
    expect(verdict(world, 'Ready')?.message).toContain(
      'Configuration liqo-tenant-milan/milan on rome is held by the finalizer example.com/hold.',
    );
  });

  it('waits for what is only removed by garbage collection', () => {
    const world = aRunningWorld();
    world.shortcut = deleted();
    for (const list of ['servers', 'clients', 'publicKeys', 'configurations'] as const) world.rome[list] = [];
    expect(world.rome.connections).toHaveLength(1);
    expect(world.decide().actions.has('rome')).toBe(false);
    expect(verdict(world, 'Ready')?.message).toContain(
      'Kubernetes has yet to collect Connection liqo-tenant-milan/gw-milan on rome.',
    );
    Object.assign(world.rome.connections[0]?.metadata ?? {}, {
      deletionTimestamp: '2026-11-21T11:00:00Z',
      finalizers: ['example.com/hold'],
    });
    expect(verdict(world, 'Ready')?.message).toContain('gw-milan on rome is held by the finalizer example.com/hold.');
  });

  it('leaves what it did not make', () => {
    const world = aRunningWorld();
    delete world.milan.configurations[0]?.metadata.labels?.['leafway.dev/shortcut-uid'];
    delete world.milan.namespaces[0]?.metadata.labels?.['leafway.dev/shortcut-uid'];
    world.shortcut = deleted();
    const kinds = actionWords(world.decide(), 'milan');
    expect(kinds).not.toContain('deleteUnlessPeered Configuration');
    expect(kinds).not.toContain('deleteNamespaceIfEmpty Namespace');
  });

  it('gives a Configuration up that a gateway of somebody else needs', () => {
    const world = aRunningWorld();
    world.rome.servers.push({
      apiVersion: 'networking.liqo.io/v1beta1',
      kind: 'GatewayServer',
      metadata: { name: 'theirs', uid: 'theirs' },
    });
    world.shortcut = deleted();
    const words = actionWords(world.decide(), 'rome');
    expect(words).toContain('patch Configuration');
    expect(words).not.toContain('deleteUnlessPeered Configuration');
  });

  it('ends with one leaf away: the rest is written down for its return', () => {
    const world = aRunningWorld();
    world.shortcut = deleted();
    world.rome.unreachable = 'connection refused';
    for (const list of ['servers', 'clients', 'publicKeys', 'connections', 'configurations', 'namespaces'] as const)
      world.milan[list] = [];
    const decision = world.decide();
    expect(decision.finalizer).toBe('remove');
    expect(
      decision.pending
        .get('rome')
        ?.map(({ kind }) => kind)
        .sort(),
    ).toEqual(expect.arrayContaining(['Configuration', 'Namespace', 'PublicKey']));
  });

  it('goes by the last report for a leaf that was not seen since the controller started', () => {
    const world = aRunningWorld();
    const status = statusOf(world.shortcut, world.decide(), new Date('2026-11-21T12:00:00Z'));
    const fresh = new World();
    fresh.shortcut = { ...deleted(), status };
    fresh.rome.unreachable = 'connection refused';
    fresh.rome.isRead = false;
    expect(
      fresh
        .decide()
        .pending.get('rome')
        ?.map(({ kind }) => kind),
    ).toContain('Configuration');
  });

  it('names at least the namespace of a leaf of which nothing is known', () => {
    const world = new World();
    world.shortcut = deleted();
    world.rome.unreachable = 'connection refused';
    world.rome.isRead = false;
    expect(world.decide().pending.get('rome')).toMatchObject([{ kind: 'Namespace', name: 'liqo-tenant-milan' }]);
  });

  it('writes nothing down as long as the living side is not clean', () => {
    const world = aRunningWorld();
    world.shortcut = deleted();
    world.rome.unreachable = 'connection refused';
    expect(world.decide().pending.size).toBe(0);
  });

  it('with the policy Orphan takes our marks off and leaves everything else', () => {
    const world = aRunningWorld();
    world.shortcut = deleted({ spec: { deletionPolicy: 'Orphan' } });
    world.settle();
    expect(world.decide().finalizer).toBe('remove');
    const [configuration] = world.rome.configurations;
    expect(configuration?.spec?.remote?.cidr?.pod).toEqual(['10.244.0.0/16']);
    expect(JSON.stringify(configuration?.metadata)).not.toContain('leafway');
    expect(world.rome.connections).toHaveLength(1);
  });

  it('with the policy Orphan leaves nothing to be removed on a leaf that is away', () => {
    const world = aRunningWorld();
    world.shortcut = deleted({ spec: { deletionPolicy: 'Orphan' } });
    world.rome.unreachable = 'connection refused';
    world.settle();
    expect(world.decide()).toMatchObject({ finalizer: 'remove', pending: new Map() });
  });

  it('of a refused shortcut removes nothing', () => {
    const world = aRunningWorld();
    world.shortcut = aShortcut({ name: 'second', uid: 'z', metadata: { deletionTimestamp: '2026-11-21T11:00:00Z' } });
    expect(world.decide()).toMatchObject({ finalizer: 'remove', actions: new Map() });
  });
});
