import { describe, expect, test } from 'vitest';
import { defaultLeafClusterSpec, defaultShortcutSpec } from './defaults.ts';
import type { ShortcutSpec } from './virtual-node-shortcut.ts';

const pair: ShortcutSpec['clusters'] = [{ id: 'rome' }, { id: 'milan' }];

describe('defaults', () => {
  test('two cluster ids are enough for a shortcut', () => {
    expect(defaultShortcutSpec({ clusters: pair })).toEqual({
      clusters: pair,
      gateway: { server: 'Auto', service: { type: 'LoadBalancer', port: 51840 }, mtu: 1340 },
      ipMapping: { policy: 'Auto' },
      existing: 'Refuse',
      deletionPolicy: 'Disconnect',
      paused: false,
    });
  });

  test('what the user said stays, beside the defaults of its neighbours', () => {
    const spec: ShortcutSpec = { clusters: pair, gateway: { mtu: 1280, service: { type: 'NodePort' } }, paused: true };
    const complete = defaultShortcutSpec(spec);
    expect(complete.gateway).toEqual({ server: 'Auto', service: { type: 'NodePort', port: 51840 }, mtu: 1280 });
    expect(complete.paused).toBe(true);
  });

  test('a field inside an optional object is filled in only where the object is there', () => {
    const [rome, milan] = defaultShortcutSpec({
      clusters: [{ id: 'rome', kubeconfigSecretRef: { namespace: 'fleet', name: 'rome' } }, { id: 'milan' }],
    }).clusters;
    expect(rome.kubeconfigSecretRef).toEqual({ namespace: 'fleet', name: 'rome', key: 'kubeconfig' });
    expect(milan).toEqual({ id: 'milan' });
  });

  test('null counts as absent, as on the API server', () => {
    const spec = { clusters: pair, gateway: null } as unknown as ShortcutSpec;
    expect(defaultShortcutSpec(spec).gateway.mtu).toBe(1340);
  });

  test('defaulting twice is defaulting once, and the given spec is not changed', () => {
    const spec: ShortcutSpec = { clusters: pair, gateway: {} };
    const once = defaultShortcutSpec(spec);
    expect(defaultShortcutSpec(once)).toEqual(once);
    expect(spec).toEqual({ clusters: pair, gateway: {} });
  });

  test('a leaf cluster may run gateway servers unless somebody says otherwise', () => {
    const kubeconfigSecretRef = { namespace: 'leafway-system', name: 'rome' };
    expect(defaultLeafClusterSpec({ kubeconfigSecretRef })).toEqual({
      kubeconfigSecretRef: { ...kubeconfigSecretRef, key: 'kubeconfig' },
      gateway: { mayServe: true },
    });
  });
});
