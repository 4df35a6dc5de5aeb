import { annotationKeys, encodeProbe, type Probe } from '@leafway/liqo';
import { describe, expect, it } from 'vitest';
import { aLeafCluster, type LeafWorld, passed, World } from '../testing/world.ts';

function aRunningWorld(...leaves: ConstructorParameters<typeof World>): World {
  const world = new World(...leaves);
  world.settle();
  return world;
}

function setProbe(leaf: LeafWorld, probe: Partial<Probe> | string): void {
  const text = typeof probe === 'string' ? probe : encodeProbe({ ...passed, ...probe });
  leaf.connections = leaf.connections.map((connection) => ({
    ...connection,
    metadata: { ...connection.metadata, annotations: { [annotationKeys.probe]: text } },
  }));
}

const connectedOf = (world: World) => world.decide().verdicts.find(({ type }) => type === 'Connected');
const readyOf = (world: World) => world.decide().verdicts.find(({ type }) => type === 'Ready');

describe('a link between two leaves with our agent', () => {
  it('is not connected before both sides probed it', () => {
    const world = aRunningWorld();
    setProbe(world.milan, 'what is this');
    expect(connectedOf(world)).toMatchObject({
      status: 'False',
      reason: 'WaitingForProbe',
      message: 'milan has not probed the way to rome yet.',
    });
    expect(readyOf(world)?.status).toBe('False');
  });

  it('is not connected while pods do not reach each other, though both gateways say that they hear each other', () => {
    const world = aRunningWorld();
    setProbe(world.rome, { small: 'Failed', large: 'Failed' });
    const verdict = connectedOf(world);
    expect(verdict).toMatchObject({ status: 'False', reason: 'ProbeFailed' });
    expect(verdict?.message).toContain("packets from rome to milan's pod network do not come back");
    expect(verdict?.message).not.toContain('mtu');
    setProbe(world.rome, passed);
    expect(readyOf(world)?.status).toBe('True');
  });

  it('says so when only large packets are lost, and what to do', () => {
    const world = aRunningWorld();
    for (const leaf of [world.rome, world.milan]) setProbe(leaf, { large: 'Failed' });
    expect(connectedOf(world)?.message).toBe(
      "packets of 1340 bytes from rome to milan's pod network do not come back; " +
        "packets of 1340 bytes from milan to rome's pod network do not come back. " +
        'Lower spec.gateway.mtu, or find what drops large packets between the gateways.',
    );
  });
});

describe('a link with a leaf of Liqo', () => {
  it('is connected when its Connections say so: nobody there answers a probe', () => {
    const world = aRunningWorld(aLeafCluster('rome', { dataPlane: 'Liqo' }), aLeafCluster('milan'));
    setProbe(world.milan, { small: 'Failed', large: 'Failed' });
    expect(connectedOf(world)?.status).toBe('True');
  });
});
