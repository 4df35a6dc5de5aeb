import fc from 'fast-check';
import type { LeafCluster, ShortcutSpec, VirtualNodeShortcut } from '../api/index.ts';
import { aLeaf, aSpec } from './builders.ts';

/** A shortcut as an API server stores it; the second of its creation and its UID tell its age. */
export function aShortcut(name: string, spec: ShortcutSpec, age = 0, uid: string = name): VirtualNodeShortcut {
  const creationTimestamp = `2026-01-01T12:00:${String(age).padStart(2, '0')}Z`;
  const metadata = { name, uid, creationTimestamp };
  return { apiVersion: 'leafway.dev/v1alpha1', kind: 'VirtualNodeShortcut', metadata, spec };
}

const ids = ['bonn', 'milan', 'oslo', 'paris', 'rome'] as const;
const blocks = Array.from({ length: 12 }, (_, index) => `10.${index + 64}.0.0/16`);

/** A leaf with its ranges, some names that it has for others, and gateways. */
export const leaves: fc.Arbitrary<LeafCluster> = fc
  .record({
    id: fc.constantFrom(...ids),
    dataPlane: fc.constantFrom('Liqo' as const, 'Leafway' as const),
    inUse: fc.uniqueArray(
      fc.record({
        cidr: fc.constantFrom(...blocks),
        remote: fc.option(fc.constantFrom(...ids, 'central'), { nil: undefined }),
        real: fc.constantFrom('10.244.0.0/16', '10.70.0.0/16'),
      }),
      { selector: ({ cidr }) => cidr, maxLength: 5 },
    ),
    pod: fc.constantFrom('10.244.0.0/16', '10.66.0.0/16'),
    mayServe: fc.boolean(),
    isServing: fc.option(fc.constantFrom(...ids), { nil: undefined }),
    isKnown: fc.integer({ min: 0, max: 5 }).map((value) => value > 0),
  })
  .map(({ id, dataPlane, inUse, pod, mayServe, isServing, isKnown }) => {
    const leaf = aLeaf(id, {
      dataPlane,
      gateway: { mayServe },
      gateways: isServing === undefined ? [] : [{ remoteClusterID: isServing, role: 'Server' }],
      networks: {
        pod: [pod],
        inUse: inUse.map(({ cidr, remote, real }) =>
          remote === undefined
            ? { cidr, owner: 'reserved network' }
            : { cidr, owner: 'x', remoteClusterID: remote, real },
        ),
      },
    });
    return isKnown ? leaf : { ...leaf, status: {} };
  });

/** What shortcuts wish, so that they often wish the same. */
const wishes: fc.Arbitrary<(a: string, b: string) => Partial<ShortcutSpec>> = fc.oneof(
  { weight: 4, arbitrary: fc.constant(() => ({})) },
  { weight: 1, arbitrary: fc.constant(() => ({ ipMapping: { policy: 'Identity' as const } })) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.constantFrom(...blocks), fc.constantFrom(...blocks), fc.boolean())
      .map(([pod, external, isOfFirst]) => (a: string, b: string) => ({
        ipMapping: {
          policy: 'Explicit' as const,
          explicit: [{ cluster: isOfFirst ? a : b, pod: [pod], external: [external] }],
        },
      })),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom(30_001, 30_002), fc.constantFrom('192.0.2.1', '192.0.2.2'), fc.constantFrom('Auto', 'a'))
      .map(([nodePort, loadBalancerIP, server]) => (a: string) => ({
        gateway: { server: server === 'a' ? a : 'Auto', service: { nodePort, loadBalancerIP } },
      })),
  },
);

/** A shortcut of one of few names, between two of few leaves, of any age. */
export const shortcuts: fc.Arbitrary<VirtualNodeShortcut> = fc
  .record({
    name: fc.integer({ min: 0, max: 7 }).map((number) => `s${number}`),
    ends: fc.uniqueArray(fc.constantFrom(...ids), { minLength: 2, maxLength: 2 }),
    wish: wishes,
    age: fc.integer({ min: 0, max: 3 }),
    uid: fc.integer({ min: 0, max: 3 }),
    isLeaving: fc.integer({ min: 0, max: 6 }).map((value) => value === 0),
  })
  .map(({ name, ends: [a = '', b = ''], wish, age, uid, isLeaving }) => {
    const shortcut = aShortcut(name, aSpec(a, b, wish(a, b)), age, `${uid}-${name}`);
    if (isLeaving) shortcut.metadata.deletionTimestamp = '2026-01-01T13:00:00Z';
    return shortcut;
  });
