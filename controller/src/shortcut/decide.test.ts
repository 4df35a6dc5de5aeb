import { type GatewayClient, type GatewayServer, type LiqoObject, resources } from '@leafway/liqo';
import { describe, expect, it } from 'vitest';
import { actionWords, aKey, aLeafCluster, aShortcut, verdictWords, World } from '../testing/world.ts';
import { statusOf } from './status.ts';

const ready = [
  'Accepted=True Accepted',
  'LeavesReachable=True AllReachable',
  'NetworkConfigured=True Configured',
  'GatewaysReady=True Ready',
  'KeysExchanged=True Exchanged',
  'Connected=True Connected',
  'Ready=True Ready',
];

const verdict = (world: World, type: string) => world.decide().verdicts.find((one) => one.type === type);

function aRunningWorld(...leaves: ConstructorParameters<typeof World>): World {
  const world = new World(...leaves);
  world.settle();
  return world;
}

function gatewayOf({ rome }: World): GatewayServer | GatewayClient {
  const gateway = [...rome.servers, ...rome.clients][0];
  if (gateway === undefined) throw new Error('no gateway on rome');
  return gateway;
}

/** Rome's gateway has its key in a Secret and does not say it. */
function hideKey(world: World): void {
  const gateway = gatewayOf(world);
  delete gateway.metadata.annotations?.['leafway.dev/public-key'];
  gateway.status = { ...gateway.status, secretRef: { name: 'gw-milan', namespace: 'liqo-tenant-milan' } };
}

describe('a new shortcut', () => {
  it('gets its finalizer, and everything that needs no answer first, at once', () => {
    const world = new World();
    world.shortcut = aShortcut({ metadata: { finalizers: [] } });
    const decision = world.decide();
    expect(decision.finalizer).toBe('add');
    const server = decision.sides?.find(({ role }) => role === 'Server')?.leaf.id ?? '';
    const client = server === 'rome' ? 'milan' : 'rome';
    expect(actionWords(decision, server)).toEqual(['create Namespace', 'create Configuration', 'create GatewayServer']);
    expect(actionWords(decision, client)).toEqual(['create Namespace', 'create Configuration']);
  });

  it('becomes Ready with eight objects, and then needs nothing more', () => {
    const world = aRunningWorld();
    expect(verdictWords(world.decide())).toEqual(ready);
    const { rome, milan } = world;
    const made = [rome, milan].flatMap((leaf) =>
      [leaf.namespaces, leaf.configurations, leaf.servers, leaf.clients, leaf.publicKeys].flat(),
    );
    expect(made).toHaveLength(8);
    expect(world.decide().actions.size).toBe(0);
  });

  it('writes into the tenant namespace that is there, whatever its name', () => {
    const world = new World();
    world.rome.namespaces.push({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        name: 'any-name',
        uid: 'theirs',
        labels: { 'liqo.io/remote-cluster-id': 'milan', 'liqo.io/tenant-namespace': 'true' },
      },
    });
    world.settle();
    expect(world.rome.configurations[0]?.metadata.namespace).toBe('any-name');
    expect(verdictWords(world.decide())).toEqual(ready);
  });

  it('asks only leaves with our agent for the planned names', () => {
    const world = aRunningWorld(aLeafCluster('rome', { dataPlane: 'Liqo' }), aLeafCluster('milan'));
    expect(world.rome.configurations[0]?.metadata.annotations).not.toHaveProperty('leafway.dev/wanted-cidrs');
    expect(world.milan.configurations[0]?.metadata.annotations).toHaveProperty('leafway.dev/wanted-cidrs');
  });

  it('reads a key from the Secret of a gateway of Liqo, which has it nowhere else', () => {
    const world = aRunningWorld(aLeafCluster('rome', { dataPlane: 'Liqo' }), aLeafCluster('milan'));
    hideKey(world);
    expect(actionWords(world.decide(), 'rome')).toEqual(['readKey gw-milan']);
    world.keysFromSecrets.set(gatewayOf(world).metadata.uid ?? '', aKey('rome'));
    expect(world.decide().actions.size).toBe(0);
  });

  it('says what to bind for that, and what of it is there, where it knows its own account', () => {
    const world = aRunningWorld(aLeafCluster('rome', { dataPlane: 'Liqo' }), aLeafCluster('milan'));
    hideKey(world);
    const reading = () => (world.decide().actions.get('rome') ?? []).find((action) => action.kind === 'readKey');
    expect(reading()?.binding).toBeUndefined();
    const account = { kind: 'ServiceAccount', namespace: 'leafway-system', name: 'leafway-centre' } as const;
    world.rome.account = account;
    const binding = reading()?.binding;
    expect(binding).toMatchObject({ metadata: { namespace: 'liqo-tenant-milan' }, subjects: [account] });
    expect(reading()?.found).toBeUndefined();
    if (binding !== undefined) world.rome.keyBindings.push(binding);
    expect(reading()?.found).toBe(binding);
  });

  it('reads no Secret where our agent runs the leaf: it will say the key', () => {
    const world = aRunningWorld();
    hideKey(world);
    expect(actionWords(world.decide(), 'rome')).toEqual([]);
  });
});

describe('a shortcut that may not be', () => {
  it('gives way to an older one of the same pair, in either order, and touches nothing', () => {
    const world = new World();
    const spec = { clusters: [{ id: 'milan' }, { id: 'rome' }] } as const;
    world.others = [
      aShortcut({
        name: 'first',
        uid: 'a',
        spec: { clusters: [...spec.clusters] },
        metadata: { creationTimestamp: '2026-11-21T09:59:59Z' },
      }),
    ];
    expect(world.decide().actions.size).toBe(0);
    expect(verdict(world, 'Accepted')).toMatchObject({
      reason: 'Conflicted',
      message: expect.stringMatching(/VirtualNodeShortcut "first".* carried out by itself\.$/),
    });
  });

  it('removes what it made before it knew of the older one', () => {
    const world = aRunningWorld();
    world.others = [aShortcut({ name: 'other', uid: 'a' })];
    const decision = world.decide();
    expect(actionWords(decision, 'rome')).toContain('deleteUnlessPeered Configuration');
    // As the next look finds it, which must go on removing.
    expect(statusOf({ ...world.shortcut, status: { clusters: [] } }, decision, world.now).clusters).toBeUndefined();
    world.settle();
    expect(world.rome.namespaces).toEqual([]);
    expect(verdict(world, 'Accepted')?.reason).toBe('Conflicted');
  });

  it('touches nothing while it is paused, not even what it made before it knew of the older one', () => {
    const world = new World();
    world.settle();
    world.others = [aShortcut({ name: 'first', uid: 'a', metadata: { creationTimestamp: '2026-11-21T09:00:00Z' } })];
    world.shortcut = aShortcut({ spec: { paused: true } });
    const decision = world.decide();
    expect(decision.verdicts[0]?.reason).toBe('Conflicted');
    expect(decision.actions.size).toBe(0);
  });

  it('keeps the link that it has when only a change of it is refused', () => {
    const world = aRunningWorld();
    world.isCarriedOut = true;
    world.others = [aShortcut({ name: 'other', uid: 'a' })];
    expect(world.decide().actions.size).toBe(0);
    expect(verdict(world, 'Accepted')?.message).toContain('The link stays as it was before');
  });

  it('wins over a younger one', () => {
    const world = aRunningWorld();
    world.others = [aShortcut({ name: 'second', uid: 'z', metadata: { creationTimestamp: '2026-11-21T10:00:01Z' } })];
    expect(verdictWords(world.decide())).toEqual(ready);
  });

  it('leaves a link alone that somebody else made, and names it', () => {
    const world = new World();
    world.milan.clients.push({
      apiVersion: 'networking.liqo.io/v1beta1',
      kind: 'GatewayClient',
      metadata: { name: 'rome', namespace: 'ns', uid: 'theirs' },
    });
    expect(world.decide().actions.size).toBe(0);
    expect(verdict(world, 'Accepted')).toMatchObject({
      reason: 'LinkExists',
      message: expect.stringContaining('GatewayClient ns/rome on milan'),
    });
  });

  it.each([
    ['the centre as an endpoint', 'rome', 'Invalid', 'rome'],
    ['a leaf that nobody registered', 'central', 'Invalid', 'milan'],
  ])('is refused for %s', (_, centralClusterID, reason, named) => {
    const world = new World();
    world.centralClusterID = centralClusterID;
    if (centralClusterID === 'central') world.milan.leafCluster = undefined;
    expect(world.decide().actions.size).toBe(0);
    expect(verdict(world, 'Accepted')).toMatchObject({ reason, message: expect.stringContaining(named) });
  });

  it.each([undefined, 'no answer'])('waits while the networks of a leaf are not known, which is away: %s', (away) => {
    const world = new World(aLeafCluster('rome', { status: { networks: undefined } }));
    world.rome.unreachable = away;
    const message = `the networks of rome are not known yet${away === undefined ? '' : ' (no answer)'}.`;
    expect(verdict(world, 'Accepted')).toMatchObject({ reason: 'FactsUnknown', message });
  });

  it('waits for the remainder of an earlier link of the pair', () => {
    const entry = {
      apiVersion: 'v1',
      kind: 'Namespace',
      name: 'x',
      uid: 'u',
      remoteClusterID: 'rome',
      shortcut: { name: 'old', uid: 'o' },
    };
    const world = new World(aLeafCluster('rome'), aLeafCluster('milan', { status: { pendingCleanup: [entry] } }));
    expect(verdict(world, 'Accepted')?.reason).toBe('CleanupPending');
    expect(world.decide().actions.size).toBe(0);
  });
});

describe('a running shortcut', () => {
  it.each(['servers', 'clients', 'publicKeys', 'configurations'] as const)(
    'restores its %s when they are gone',
    (list) => {
      const world = aRunningWorld();
      const leaf = world.rome[list].length > 0 ? world.rome : world.milan;
      const [object] = leaf[list];
      if (object === undefined) throw new Error(`no ${list}`);
      leaf.perform([{ kind: 'delete', resource: resources.namespaces, object }]);
      expect([...world.decide().actions.keys()]).toContain(leaf.id);
      world.settle();
      expect(verdictWords(world.decide())).toEqual(ready);
    },
  );

  it('brings a changed field back, and only that', () => {
    const world = aRunningWorld();
    const leaf = world.rome.servers.length > 0 ? world.rome : world.milan;
    const server = leaf.servers[0];
    if (server?.spec === undefined) throw new Error('no server');
    server.spec.mtu = 1_400;
    server.spec.secretRef = { name: '' };
    const [action] = world.decide().actions.get(leaf.id) ?? [];
    expect(action).toMatchObject({ kind: 'patch', operations: [{ op: 'add', path: '/spec/mtu', value: 1_340 }] });
  });

  it('lets the client follow the endpoint of the server', () => {
    const world = aRunningWorld();
    const server = [...world.rome.servers, ...world.milan.servers][0];
    if (server === undefined) throw new Error('no server');
    server.status = { ...server.status, endpoint: { addresses: ['172.30.0.77'], port: 51_840 } };
    const actions = [...world.decide().actions.values()].flat();
    expect(actions).toMatchObject([
      {
        kind: 'patch',
        object: { kind: 'GatewayClient' },
        operations: [{ path: '/spec/endpoint/addresses', value: ['172.30.0.77'] }],
      },
    ]);
  });

  it('exchanges a key that changed', () => {
    const world = aRunningWorld();
    const gateway = [...world.rome.servers, ...world.rome.clients][0];
    if (gateway === undefined) throw new Error('no gateway');
    gateway.metadata.annotations = { ...gateway.metadata.annotations, 'leafway.dev/public-key': aKey('new') };
    expect(actionWords(world.decide(), 'milan')).toEqual(['patch PublicKey']);
    expect(verdict(world, 'KeysExchanged')?.status).toBe('False');
  });

  it('changes sides by removing the old gateways before it makes new ones', () => {
    const world = aRunningWorld();
    const server = world.rome.servers.length > 0 ? 'rome' : 'milan';
    const other = server === 'rome' ? 'milan' : 'rome';
    world.shortcut = aShortcut({ spec: { gateway: { server: other } } });
    expect(actionWords(world.decide(), server)).toEqual(['delete GatewayServer']);
    expect(actionWords(world.decide(), other)).toEqual(['delete GatewayClient']);
    world.settle();
    expect(world[other].servers).toHaveLength(1);
    expect(verdictWords(world.decide())).toEqual(ready);
  });

  it('is not Ready when a connection is not renewed, and wakes up to notice', () => {
    const world = aRunningWorld();
    world.rome.stampAgeMs = 20_000;
    expect(world.decide()).toMatchObject({ wakeUpAfterMs: 40_000 });
    world.rome.stampAgeMs = 60_000;
    expect(verdict(world, 'Connected')?.reason).toBe('ConnectionStale');
    expect(verdict(world, 'Ready')?.status).toBe('False');
  });

  it('stays stale after a restart of the controller, until its stamp moves', () => {
    const world = aRunningWorld();
    world.rome.stampAgeMs = 60_000;
    world.shortcut.status = statusOf(world.shortcut, world.decide(), new Date('2026-11-21T12:00:00Z'));
    world.rome.stampAgeMs = 0;
    world.rome.stampMoved = false;
    expect(verdict(world, 'Connected')?.reason).toBe('ConnectionStale');
    world.rome.stampMoved = true;
    expect(verdictWords(world.decide())).toEqual(ready);
  });

  it('keeps its roles and its gateways while the leaf with the server is not read', () => {
    const world = aRunningWorld();
    const [server, client] = world.rome.servers.length > 0 ? [world.rome, world.milan] : [world.milan, world.rome];
    const gateways = [{ remoteClusterID: client.id, role: 'Server' as const }];
    server.leafCluster = aLeafCluster(server.id, {
      status: { gateways: [...gateways, { remoteClusterID: 'x', role: 'Server' }] },
    });
    server.isRead = false;
    server.unreachable = 'connection refused';
    const decision = world.decide();
    expect(decision.sides?.find(({ leaf }) => leaf.id === server.id)?.role).toBe('Server');
    expect(actionWords(decision, client.id)).toEqual([]);
    expect(verdict(world, 'Connected')).toMatchObject({ status: 'Unknown', reason: 'LeafNotRead' });
  });

  it('drops a field that its spec does not name any more', () => {
    const world = new World();
    const service = { type: 'NodePort', nodePort: 31_000, annotations: { a: '1', b: '2' } } as const;
    world.shortcut = aShortcut({ spec: { gateway: { service } } });
    world.settle();
    world.shortcut = aShortcut({ spec: { gateway: { service: { type: 'NodePort', annotations: { a: '1' } } } } });
    world.settle();
    const [server] = [...world.rome.servers, ...world.milan.servers];
    expect(server?.spec?.endpoint).not.toHaveProperty('nodePort');
    expect(server?.spec?.serviceAnnotations).toEqual({ a: '1' });
  });

  it('says so when a leaf has two namespaces for the other', () => {
    const world = aRunningWorld();
    world.rome.namespaces.push({
      ...(world.rome.namespaces[0] as LiqoObject),
      metadata: { name: 'second', uid: 'second' },
    });
    expect(verdict(world, 'NetworkConfigured')).toMatchObject({
      reason: 'NamespaceAmbiguous',
      message: expect.stringContaining('second'),
    });
    expect(world.decide().actions.has('rome')).toBe(false);
  });

  it('gets its own key beside one of somebody else, and names one that stands in its place', () => {
    const world = aRunningWorld();
    const [ours] = world.rome.publicKeys;
    const theirs = (namespace: string, name: string) => ({
      apiVersion: 'networking.liqo.io/v1beta1',
      kind: 'PublicKey',
      metadata: { name, namespace, uid: name },
      spec: { publicKey: aKey('x') },
    });
    world.rome.publicKeys = [theirs('mine', 'aaa')];
    expect(actionWords(world.decide(), 'rome')).toEqual(['create PublicKey']);
    world.rome.publicKeys = [theirs(ours?.metadata.namespace ?? '', ours?.metadata.name ?? '')];
    expect(actionWords(world.decide(), 'rome')).toEqual([]);
    expect(verdict(world, 'KeysExchanged')?.message).toContain('PublicKey liqo-tenant-milan/milan there is not ours');
  });

  it('is judged by our own key, not by one of somebody else beside it', () => {
    const world = aRunningWorld();
    const theirs = {
      ...(world.rome.publicKeys[0] as LiqoObject),
      metadata: { name: 'theirs', uid: 'theirs' },
      spec: { publicKey: aKey('x') },
    };
    world.rome.publicKeys.unshift(theirs);
    expect(verdictWords(world.decide())).toEqual(ready);
  });

  it('is not touched while it is paused', () => {
    const world = aRunningWorld();
    world.rome.publicKeys = [];
    world.shortcut = aShortcut({ spec: { paused: true } });
    expect(world.decide().actions.size).toBe(0);
    expect(verdict(world, 'Ready')).toMatchObject({ status: 'False', reason: 'Paused' });
  });

  it('works while it is paused, although no Secret is read then by a controller that starts', () => {
    const world = aRunningWorld(aLeafCluster('rome', { dataPlane: 'Liqo' }), aLeafCluster('milan'));
    hideKey(world);
    world.shortcut = aShortcut({ spec: { paused: true } });
    expect(verdict(world, 'Ready')).toMatchObject({ status: 'True', reason: 'Paused' });
  });

  it('is worked on at the living side while the other is away', () => {
    const world = aRunningWorld();
    world.rome.unreachable = 'connection refused';
    world.milan.publicKeys = [];
    const decision = world.decide();
    expect([...decision.actions.keys()]).toEqual(['milan']);
    expect(verdict(world, 'LeavesReachable')).toMatchObject({
      reason: 'LeafUnreachable',
      message: expect.stringMatching(/^rome: connection refused\. Nothing is changed there/),
    });
  });

  it('says that a Configuration which is not ours holds other ranges', () => {
    const world = aRunningWorld();
    const configuration = world.rome.configurations[0];
    if (configuration === undefined) throw new Error('no configuration');
    delete configuration.metadata.labels?.['leafway.dev/shortcut-uid'];
    configuration.spec = { remote: { cidr: { pod: ['10.1.0.0/16'], external: ['10.70.0.0/16'] } } };
    expect(world.decide().actions.size).toBe(0);
    expect(verdict(world, 'NetworkConfigured')?.reason).toBe('RemoteCIDRsDiffer');
  });
});
