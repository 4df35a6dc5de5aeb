import type { LiqoObject } from '@leafway/liqo';
import { describe, expect, it } from 'vitest';
import { dialByHand, linkByHand, serveByHand } from '../../testing/link-by-hand.ts';
import { type LeafWorld, World } from '../../testing/world.ts';
import { type ExistingLink, existingLink, hasForeignGateway } from './link.ts';
import { linkSentence, objectWords } from './words.ts';

function aWorld(make: (world: World) => void): World {
  const world = new World();
  make(world);
  return world;
}

const seen = (world: World, uid = 'shortcut-uid'): ExistingLink => existingLink(world.observation.leaves, uid);
const sentence = (world: World): string => linkSentence(seen(world), world.observation.leaves);
const twin = (object: LiqoObject | undefined): LiqoObject => {
  if (object === undefined) throw new Error('nothing to copy');
  return { ...object, metadata: { ...object.metadata, name: 'twin', uid: 'twin' } };
};

/** Both leaves ran `connect` towards the other. */
function race(world: World): void {
  linkByHand(world, { server: 'milan', until: 'Client' });
  serveByHand(world.rome, 'milan');
  dialByHand(world.milan, 'rome');
}

const each = (world: World, change: (leaf: LeafWorld) => void): void => {
  for (const leaf of [world.rome, world.milan]) change(leaf);
};

describe('a link that somebody made is recognised', () => {
  it.each<[string, (world: World) => void, Partial<ExistingLink>, string]>([
    ['as nothing', () => undefined, { state: 'None', server: undefined }, 'rome and milan have no direct link.'],
    [
      'as Configurations alone',
      (world) => linkByHand(world, { until: 'Configurations' }),
      { state: 'NoGateways', server: undefined, carries: false },
      'it has no gateway yet',
    ],
    [
      'as a key that outlived its gateways',
      (world) => {
        linkByHand(world);
        each(world, (leaf) => Object.assign(leaf, { servers: [], clients: [], configurations: [], connections: [] }));
      },
      { state: 'NoGateways' },
      'it has no gateway yet',
    ],
    [
      'as one side, of which the other does not know',
      (world) => serveByHand(world.milan, 'rome'),
      { state: 'OneSide', server: 'milan' },
      'rome has no gateway, milan has a gateway server.',
    ],
    [
      'as one side that dials',
      (world) => dialByHand(world.milan, 'rome'),
      { state: 'OneSide', server: undefined },
      'rome has no gateway, milan has a gateway client.',
    ],
    [
      'with its gateways, which have no keys',
      (world) => linkByHand(world, { until: 'Client' }),
      { state: 'NoKeys', server: 'milan', carries: false },
      'with milan as the server and rome as the client: their keys are not exchanged.',
    ],
    [
      'with a key on one side only',
      (world) => {
        linkByHand(world);
        world.rome.publicKeys = [];
      },
      { state: 'NoKeys' },
      'their keys are not exchanged',
    ],
    [
      'with all of it, by one that is not connected',
      (world) => {
        linkByHand(world);
        for (const { status } of world.rome.connections) if (status !== undefined) status.value = 'Error';
      },
      { state: 'NotConnected', carries: true },
      'but the Connection on rome says Error.',
    ],
    [
      'with all of it, before any gateway reports',
      (world) => {
        linkByHand(world);
        each(world, (leaf) => Object.assign(leaf, { connections: [] }));
      },
      { state: 'NotConnected', carries: false },
      'but no gateway reports on it yet.',
    ],
    [
      'with milan as the server',
      (world) => linkByHand(world),
      { state: 'Connected', server: 'milan', carries: true },
      'with milan as the server and rome as the client, and that works.',
    ],
    [
      'with rome as the server',
      (world) => linkByHand(world, { server: 'rome' }),
      { state: 'Connected', server: 'rome', carries: true },
      'with rome as the server and milan as the client, and that works.',
    ],
    [
      'with both roles on both leaves',
      race,
      { state: 'BothRoles', server: undefined, carries: false },
      'rome has a gateway server and a gateway client, milan has a gateway server and a gateway client.',
    ],
    [
      'with both roles on one leaf',
      (world) => {
        serveByHand(world.milan, 'rome');
        dialByHand(world.milan, 'rome');
      },
      { state: 'BothRoles', server: 'milan' },
      'rome has no gateway, milan has a gateway server and a gateway client.',
    ],
    [
      'with two servers',
      (world) => {
        serveByHand(world.milan, 'rome');
        serveByHand(world.rome, 'milan');
      },
      { state: 'SameRole', server: undefined },
      'so none dials the other',
    ],
    [
      'with two clients',
      (world) => {
        dialByHand(world.milan, 'rome');
        dialByHand(world.rome, 'milan');
      },
      { state: 'SameRole', server: undefined },
      'so none dials the other',
    ],
    [
      'with more than one gateway of a role',
      (world) => {
        linkByHand(world);
        world.milan.servers.push(twin(world.milan.servers[0]));
      },
      { state: 'Several' },
      'of each kind there may be one object',
    ],
    [
      'with more than one Configuration',
      (world) => {
        linkByHand(world);
        world.rome.configurations.push(twin(world.rome.configurations[0]));
      },
      { state: 'Several' },
      'of each kind there may be one object',
    ],
  ])('%s', (_, make, expected, words) => {
    const world = aWorld(make);
    expect(seen(world)).toMatchObject({ ...expected, isForeign: true });
    expect(sentence(world)).toContain(words);
  });

  it('object by object, each with its leaf and who made it', () => {
    const world = aWorld((made) => linkByHand(made));
    Object.assign(world.milan.servers[0]?.metadata.labels ?? {}, { 'app.kubernetes.io/managed-by': 'Helm' });
    Object.assign(world.rome.clients[0]?.metadata.labels ?? {}, { 'leafway.dev/shortcut-uid': 'another' });
    Object.assign(world.rome.publicKeys[0] ?? {}, { madeBy: 'liqoctl' });
    expect(objectWords(seen(world).foreign)).toBe(
      [
        'GatewayClient liqo-tenant-milan/milan on rome (of the VirtualNodeShortcut with the UID another)',
        'PublicKey liqo-tenant-milan/milan on rome (made by liqoctl)',
        'Configuration liqo-tenant-milan/milan on rome',
        'GatewayServer liqo-tenant-rome/rome on milan (managed by Helm)',
        'PublicKey liqo-tenant-rome/rome on milan',
        'Configuration liqo-tenant-rome/rome on milan',
      ].join(', '),
    );
  });
});

describe('what a shortcut made itself', () => {
  const ours = (): World => aWorld((world) => world.settle());

  it('is not foreign', () => {
    expect(seen(ours())).toMatchObject({ state: 'Connected', foreign: [], isForeign: false });
  });

  it('makes others meaningless that stand beside it, but for gateways', () => {
    const world = ours();
    const theirs = (object: LiqoObject | undefined): LiqoObject => {
      const copy = twin(object);
      return { ...copy, metadata: { ...copy.metadata, labels: {} } };
    };
    world.rome.publicKeys.unshift(theirs(world.rome.publicKeys[0]));
    world.rome.configurations.unshift(theirs(world.rome.configurations[0]));
    expect(seen(world)).toMatchObject({ state: 'Connected', foreign: [] });
    world.rome.servers.push(theirs(world.rome.servers[0] ?? world.rome.clients[0]));
    expect(hasForeignGateway(seen(world))).toBe(true);
  });
});
