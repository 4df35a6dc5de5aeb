import { annotationKeys, type LiqoObject } from '@leafway/liqo';
import { describe, expect, it } from 'vitest';
import { allObjects, meeting, type Wishes } from '../../testing/link-by-hand.ts';
import { actionWords, aShortcut, type World } from '../../testing/world.ts';
import { statusOf } from '../status.ts';

describe('deleting a shortcut', () => {
  const deleted = (world: World, spec: Wishes): void => {
    world.shortcut = aShortcut({ spec, metadata: { deletionTimestamp: '2026-11-21T11:00:00Z' } });
  };

  it('that only observed leaves everything', () => {
    const world = meeting({ existing: 'Observe' });
    deleted(world, { existing: 'Observe' });
    expect(world.decide()).toMatchObject({ finalizer: 'remove', actions: new Map() });
  });

  it('that adopted removes what it adopted, unless a peering uses it, and no namespace', () => {
    const world = meeting({ existing: 'Adopt' });
    world.settle();
    deleted(world, { existing: 'Adopt' });
    expect(actionWords(world.decide(), 'milan')).toEqual([
      'deleteUnlessPeered GatewayServer',
      'deleteUnlessPeered PublicKey',
      'deleteUnlessPeered Configuration',
    ]);
    world.settle();
    expect(allObjects(world).map(({ kind }) => kind)).toEqual(['Namespace', 'Namespace']);
    expect(world.decide().finalizer).toBe('remove');
  });

  it('that adopted gives everything back as it was, with the policy Orphan', () => {
    const world = meeting({ existing: 'Adopt' });
    const marks = ({ metadata }: LiqoObject) => [
      metadata.labels,
      Object.keys(metadata.annotations ?? {}).filter((key) => key !== annotationKeys.publicKey),
    ];
    const before = structuredClone(allObjects(world).map(marks));
    world.settle();
    deleted(world, { existing: 'Adopt', deletionPolicy: 'Orphan' });
    world.settle();
    expect(allObjects(world).map(marks)).toEqual(before);
  });

  it('that adopted writes down what an unreachable leaf keeps, also when that was never read', () => {
    const world = meeting({ existing: 'Adopt' });
    world.settle();
    const status = statusOf(world.shortcut, world.decide(), new Date(0));
    deleted(world, { existing: 'Adopt' });
    world.shortcut.status = status;
    Object.assign(world.rome, { unreachable: 'connection refused', isRead: false });
    for (const list of ['servers', 'clients', 'publicKeys', 'connections', 'configurations'] as const)
      world.milan[list] = [];
    const kinds = world
      .decide()
      .pending.get('rome')
      ?.map(({ kind }) => kind);
    expect(kinds?.sort()).toEqual(['Configuration', 'GatewayClient', 'PublicKey']);
  });
});
