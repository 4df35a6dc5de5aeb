import { annotationKeys, encodeProbe, type Probe } from '@leafway/liqo';
import { describe, expect, it } from 'vitest';
import { aLeafCluster, aShortcut, type LeafWorld, passed, World } from '../testing/world.ts';

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
      message: expect.stringMatching(/^milan has not probed the way to rome yet\./),
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

describe('the names that a leaf with our agent shall have for the other', () => {
  const networkOf = (world: World) => world.decide().verdicts.find(({ type }) => type === 'NetworkConfigured');
  const wish = (pod: string) =>
    aShortcut({ spec: { ipMapping: { policy: 'Explicit', explicit: [{ cluster: 'milan', pod: [pod] }] } } });

  it('are awaited when they are to be others, and until then the link is not Ready', () => {
    const world = aRunningWorld();
    world.shortcut = wish('10.200.0.0/16');
    world.rome.perform(world.decide().actions.get('rome') ?? []);
    expect(networkOf(world)).toMatchObject({
      status: 'False',
      reason: 'WaitingForConfiguration',
      message: expect.stringMatching(
        /^rome still calls milan's ranges 10\.71\.0\.0\/16, .*; 10\.200\.0\.0\/16, .* are wanted\.$/,
      ),
    });
    world.rome.work();
    expect(networkOf(world)?.message).toContain("rome calls milan's pods 10.200.0.0/16");
    expect(readyOf(world)?.status).toBe('True');
  });

  it('are missed with the words of the agent that cannot give them', () => {
    const world = aRunningWorld();
    const [configuration] = world.rome.configurations;
    if (configuration === undefined) throw new Error('no configuration');
    const message = "the wanted pod range 10.71.0.0/16 overlaps the name of oslo's pods 10.71.0.0/16";
    const refusal = { type: 'NetworkCIDRsConfigured', status: 'False', reason: 'WantedCIDRsTaken', message } as const;
    configuration.status = { conditions: [{ ...refusal, lastTransitionTime: '2026-11-21T10:00:00Z' }] };
    expect(networkOf(world)?.message).toBe(`The Configuration for milan on rome is not ready: ${message}.`);
    expect(readyOf(world)).toMatchObject({ status: 'False', message: networkOf(world)?.message });
  });

  it('are not forced upon a Configuration of somebody else, and the condition says so', () => {
    const world = aRunningWorld();
    delete world.rome.configurations[0]?.metadata.labels?.['leafway.dev/shortcut-uid'];
    world.shortcut = wish('10.200.0.0/16');
    expect(world.decide().actions.get('rome')).toBeUndefined();
    expect(networkOf(world)).toMatchObject({ status: 'False', reason: 'NamesDiffer' });
    expect(networkOf(world)?.message).toContain('Configuration liqo-tenant-milan/milan on rome is not ours');
  });
});
