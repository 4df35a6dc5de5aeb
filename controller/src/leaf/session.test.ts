import { buildConnection, type Connection, type LiqoObject, resources } from '@leafway/liqo';
import { noMetrics } from '@leafway/reconciler';
import { FakeClock, seededRandom, silentLogger } from '@leafway/reconciler/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeLeaf } from '../testing/fake-leaf.ts';
import { LeafSession } from './session.ts';

const ref = { namespace: 'liqo-tenant-milan', name: 'gw-milan' };

let clock: FakeClock;
let leaf: FakeLeaf;
let told: (LiqoObject | undefined)[];
const stop = { now: new AbortController(), done: Promise.resolve() };

beforeEach(async () => {
  clock = new FakeClock();
  leaf = new FakeLeaf('rome');
  await leaf.install('10.244.0.0/16');
  const gateway = {
    apiVersion: 'networking.liqo.io/v1beta1',
    kind: 'GatewayServer',
    metadata: { name: 'milan', uid: 'gateway' },
  };
  const side = { remoteClusterID: 'milan', namespace: ref.namespace };
  const connection = buildConnection(side, { role: 'Server', gateway });
  leaf.api.seed<Connection>(resources.connections, { ...connection, status: { value: 'Connected' } });
  const session = new LeafSession('rome', {
    connect: () => Object.assign(leaf.api, { close: async () => undefined }),
    ...{ clock, random: seededRandom(1), log: silentLogger, metrics: noMetrics, liqoNamespace: 'liqo' },
    source: {
      ...{ isMoving: () => false, read: async () => () => ({ server: 'https://rome' }), follow: async () => undefined },
    },
    whoseIsIt: () => undefined,
    onChange: (object) => told.push(object),
  });
  told = [];
  stop.now = new AbortController();
  stop.done = session.run(stop.now.signal);
  await renewAfter(1_000);
  await renewAfter(10_000);
  told = [];
});
afterEach(async () => {
  stop.now.abort();
  await clock.advance(60_000);
  await stop.done;
});

/** The ping of the gateway says once more that the other is there. */
async function renewAfter(ms: number): Promise<void> {
  await clock.advance(ms);
  await leaf.renewConnections();
  await clock.settle();
}

describe('a session tells of a Connection', () => {
  it('nothing while it is renewed', async () => {
    for (let tens = 0; tens < 30; tens += 1) await renewAfter(10_000);
    expect(told).toEqual([]);
  });

  it('that it is renewed after it had become too old to be believed', async () => {
    await renewAfter(61_000);
    expect(told).not.toEqual([]);
  });

  it('that it says something else, with a new stamp or not', async () => {
    leaf.api.edit<Connection>(resources.connections, ref, (draft) => {
      draft.status = { value: 'Error', latency: { value: '9ms', timestamp: '2026-11-21T12:00:00Z' } };
    });
    await clock.settle();
    expect(told).not.toEqual([]);
    told = [];
    leaf.api.edit<Connection>(resources.connections, ref, ({ metadata }) => {
      metadata.annotations = { 'leafway.dev/probe': 'another' };
    });
    await clock.settle();
    expect(told).not.toEqual([]);
  });
});
