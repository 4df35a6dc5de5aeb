import { kinds } from '@leafway/core';
import { type LiqoObject, type LiqoResource, labelKeys, resources } from '@leafway/liqo';
import { ApiError } from '@leafway/reconciler';
import { afterEach, describe, expect, it } from 'vitest';
import { FakeFleet } from './testing/fake-fleet.ts';
import type { FakeLeaf } from './testing/fake-leaf.ts';

const network: readonly LiqoResource[] = [
  resources.configurations,
  resources.gatewayServers,
  resources.gatewayClients,
  resources.publicKeys,
  resources.connections,
];
const inMilansNamespace = 'liqo-tenant-milan';

let fleet: FakeFleet;
afterEach(() => fleet.stop());

/** What can go, or go away, around a link of rome and milan. */
const steps = {
  shortcut: () => fleet.central.remove(kinds.shortcuts, { name: 'rome-milan' }),
  leafCluster: () => fleet.central.remove(kinds.leafClusters, { name: 'rome' }),
  secret: () => fleet.central.remove(resources.secrets, { namespace: 'leafway-system', name: 'leaf-rome' }),
  /** With what is in it, as Kubernetes does it. */
  tenantNamespace: () => {
    for (const resource of network) removeAll(fleet.rome, resource);
    if (fleet.rome.api.object(resources.namespaces, { name: inMilansNamespace }) !== undefined)
      fleet.rome.api.remove(resources.namespaces, { name: inMilansNamespace });
  },
  definitions: () => {
    for (const resource of network) removeAll(fleet.rome, resource);
    const before = fleet.rome.api.beforeRequest;
    fleet.rome.api.beforeRequest = (request) => {
      if (!network.includes(request.type)) return before?.(request);
      const operation = `${request.verb} ${request.type.plural}`;
      throw new ApiError(`${operation}: not served`, { code: 'NotFound', status: 404, operation });
    };
    fleet.rome.work = () => Promise.resolve();
    fleet.rome.api.breakWatches();
  },
  apiServer: () => {
    fleet.away = 'rome';
    fleet.rome.api.breakWatches();
  },
} satisfies Record<string, () => void>;
type Step = keyof typeof steps;

function removeAll(leaf: FakeLeaf, resource: LiqoResource): void {
  for (const { metadata } of leaf.api.objects<LiqoObject>(resource)) leaf.api.remove(resource, metadata);
}

/** What is left of the link on a leaf, by kind and name. */
function leftOn(leaf: FakeLeaf): string[] {
  return [...network, resources.namespaces].flatMap((resource) =>
    leaf.api
      .objects<LiqoObject>(resource)
      .filter(({ metadata }) => metadata.labels?.[labelKeys.shortcutUID] !== undefined)
      .map(({ kind, metadata }) => `${kind} ${metadata.name}`),
  );
}

/** The shortcut before, between and after each one and each two of the others. */
const others = Object.keys(steps).filter((step) => step !== 'shortcut') as Step[];
const orders: Step[][] = others.flatMap((one) => [
  ['shortcut', one],
  [one, 'shortcut'],
  ...others
    .filter((two) => two !== one)
    .flatMap((two): Step[][] => [
      [one, two, 'shortcut'],
      [one, 'shortcut', two],
      ['shortcut', one, two],
    ]),
]);

describe.each([0, 2])('with %d s between the steps, a link is removed in the order', (seconds) => {
  it.each(orders.map((order) => [order.join(', '), order] as const))('%s', async (_, order) => {
    fleet = new FakeFleet();
    await fleet.start();
    await fleet.create();
    await fleet.pass(3);
    for (const step of order) {
      steps[step]();
      await fleet.pass(seconds);
    }
    await fleet.pass(30);
    expect(await fleet.shortcut(), 'the shortcut').toBeUndefined();
    expect(leftOn(fleet.milan), 'on milan').toEqual([]);

    fleet.away = undefined;
    await fleet.pass(90);
    const rome = await fleet.leaf('rome');
    const pending = (rome?.status?.pendingCleanup ?? []).map(({ kind, name }) => `${kind} ${name}`);
    // What cannot be removed any more is at least known.
    for (const left of leftOn(fleet.rome)) expect(pending).toContain(left);
    const isReachable = !order.includes('secret') && !order.includes('definitions');
    if (!isReachable) return;
    expect(leftOn(fleet.rome), 'on rome').toEqual([]);
    expect(rome === undefined, 'LeafCluster gone').toBe(order.includes('leafCluster'));
  });
});
