import { expectTypeOf, test } from 'vitest';
import type { CompleteShortcutSpec, LeafCluster, ShortcutSpec } from './index.ts';

test('a field is optional unless it is required', () => {
  expectTypeOf<{ clusters: [{ id: string }, { id: string }] }>().toExtend<ShortcutSpec>();
  expectTypeOf<{ clusters: [{ id: string }] }>().not.toExtend<ShortcutSpec>();
});

test('a field with a default is always there in a complete spec', () => {
  expectTypeOf<CompleteShortcutSpec['gateway']['mtu']>().toEqualTypeOf<number>();
  expectTypeOf<CompleteShortcutSpec['gateway']['service']['type']>().toEqualTypeOf<
    'LoadBalancer' | 'NodePort' | 'ClusterIP'
  >();
  expectTypeOf<CompleteShortcutSpec['gateway']['client']>().toExtend<{ address?: string; port?: number } | undefined>();
});

test('a complete spec is a spec', () => {
  expectTypeOf<CompleteShortcutSpec>().toExtend<ShortcutSpec>();
});

test('an enumeration keeps its words', () => {
  type DataPlane = NonNullable<NonNullable<LeafCluster['status']>['dataPlane']>;
  expectTypeOf<DataPlane['kind']>().toEqualTypeOf<'Liqo' | 'Leafway'>();
});
