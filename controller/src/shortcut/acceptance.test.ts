import type { LeafCluster } from '@leafway/core';
import { describe, expect, it } from 'vitest';
import { meeting } from '../testing/link-by-hand.ts';
import { aLeafCluster, aShortcut, World } from '../testing/world.ts';

describe('with a LeafCluster that is being deleted', () => {
  function leaving(): LeafCluster {
    const leaf = aLeafCluster('rome');
    return { ...leaf, metadata: { ...leaf.metadata, deletionTimestamp: '2026-11-21T11:00:00Z' } };
  }

  it.each([
    ['that was never begun', {}],
    ['that was accepted while it was paused', { isCarriedOut: true }],
  ])('a link is not begun %s', (_, state) => {
    const world = Object.assign(new World(leaving()), { shortcut: aShortcut({ metadata: { finalizers: [] } }) }, state);
    const { acceptance, actions, finalizer } = world.decide();
    expect(acceptance).toMatchObject({ ok: false, verdict: { reason: 'Invalid' } });
    expect([actions.size, finalizer]).toEqual([0, 'keep']);
  });

  it('a link goes on that holds it', () => {
    const world = new World(leaving());
    world.shortcut = aShortcut({ metadata: { finalizers: ['leafway.dev/shortcut'] } });
    expect(world.decide().acceptance).toMatchObject({ ok: true });
  });

  it('a link of others is still watched', () => {
    const world = meeting({ existing: 'Observe' });
    world.rome.leafCluster = leaving();
    expect(world.decide().acceptance).toMatchObject({ ok: true, accepted: { mode: 'Observe' } });
  });
});
