import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LiqoObject, PublicKey } from '@leafway/liqo';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { allObjects, origins } from '../../testing/link-by-hand.ts';
import { aLeafCluster, aShortcut, type LeafWorld, World } from '../../testing/world.ts';

const directory = process.env.LEAFWAY_LIQO_DATA;
if (directory === undefined) console.log('skipped: adopting a real Liqo connection, LEAFWAY_LIQO_DATA is not set');

/** All objects of one side of a connection that a real `liqoctl network connect` made. */
function objectsOf(cluster: string): LiqoObject[] {
  const text = readFileSync(join(directory ?? '', 'liqo-1.2.0', 'connection', `${cluster}.yaml`), 'utf8');
  return parseAllDocuments(text).flatMap((document) => {
    const value = document.toJS() as { items?: LiqoObject[] } & LiqoObject;
    return value?.items ?? (value?.kind === undefined ? [] : [value]);
  });
}

function fill(leaf: LeafWorld): void {
  const found = objectsOf(leaf.id);
  const ofKind = <T extends LiqoObject>(kind: string): T[] => found.filter((object) => object.kind === kind) as T[];
  leaf.namespaces = ofKind('Namespace').filter(({ metadata }) => metadata.labels?.['liqo.io/tenant-namespace']);
  leaf.configurations = ofKind('Configuration');
  leaf.servers = ofKind('GatewayServer');
  leaf.clients = ofKind('GatewayClient');
  leaf.publicKeys = ofKind('PublicKey');
  leaf.connections = ofKind('Connection');
}

function aRealLink(spec: Parameters<typeof aShortcut>[0]): World {
  const world = new World(aLeafCluster('rome', { dataPlane: 'Liqo' }), aLeafCluster('milan', { dataPlane: 'Liqo' }));
  for (const leaf of [world.rome, world.milan]) fill(leaf);
  world.shortcut = aShortcut(spec);
  return world;
}

const specs = (world: World): unknown =>
  structuredClone(allObjects(world)).map(({ metadata: { name }, ...rest }) => [name, rest]);

describe.runIf(directory !== undefined)('a link that liqoctl 1.2.0 made', () => {
  it('is refused for what it is', () => {
    const [accepted] = aRealLink({}).decide().verdicts;
    expect(accepted).toMatchObject({
      reason: 'LinkExists',
      message: expect.stringContaining('with milan as the server and rome as the client, and that works'),
    });
  });

  it('is adopted by marks alone, when the shortcut asks for what is there', () => {
    const world = aRealLink({ spec: { existing: 'Adopt', gateway: { service: { type: 'NodePort' } } } });
    const before = specs(world);
    expect([...world.decide().actions.values()].flat().filter(({ kind }) => kind !== 'readKey')).toHaveLength(6);
    const [client, server] = [world.rome.clients[0], world.milan.servers[0]];
    const keyOn = (leaf: LeafWorld): string => (leaf.publicKeys[0] as PublicKey).spec?.publicKey ?? '';
    world.keysFromSecrets.set(client?.metadata.uid ?? '', keyOn(world.milan));
    world.keysFromSecrets.set(server?.metadata.uid ?? '', keyOn(world.rome));
    for (let rounds = 0; rounds < 3; rounds += 1) {
      const { actions } = world.decide();
      for (const leaf of [world.rome, world.milan]) leaf.perform(actions.get(leaf.id) ?? []);
    }
    expect(world.decide().actions.size).toBe(0);
    expect(specs(world)).toEqual(before);
    expect(origins(world).filter((line) => line.endsWith('Adopted'))).toHaveLength(6);
  });

  it('is not adopted by a shortcut that would change the type of its Service', () => {
    const [accepted] = aRealLink({ spec: { existing: 'Adopt' } }).decide().verdicts;
    expect(accepted).toMatchObject({
      reason: 'NotAdoptable',
      message: expect.stringContaining('set spec.gateway.service.type to NodePort'),
    });
  });
});
