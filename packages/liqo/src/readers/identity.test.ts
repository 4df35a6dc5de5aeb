import { expect, it } from 'vitest';
import type { Identity } from '../api/types.ts';
import { readControlPlaneIdentity } from './identity.ts';

function anIdentity(over: Partial<Identity> = {}): Identity {
  return {
    ...{ apiVersion: 'authentication.liqo.io/v1beta1', kind: 'Identity' },
    metadata: { name: 'controlplane-rome', namespace: 'liqo-tenant-rome' },
    spec: { clusterID: 'rome', type: 'ControlPlane' },
    status: { kubeconfigSecretRef: { name: 'kubeconfig-controlplane-rome' } },
    ...over,
  };
}

it('an Identity of a control plane leads to the kubeconfig in its own namespace', () => {
  expect(readControlPlaneIdentity(anIdentity())).toEqual({
    clusterID: 'rome',
    kubeconfigSecretRef: { namespace: 'liqo-tenant-rome', name: 'kubeconfig-controlplane-rome' },
  });
});

it.each<[string, Partial<Identity>]>([
  ['of a resource slice', { spec: { clusterID: 'rome', type: 'ResourceSlice' } }],
  ['without a kubeconfig yet', { status: {} }],
  ['that names no cluster', { spec: { type: 'ControlPlane' } }],
  ['with an ID that is none', { spec: { clusterID: 'Rome!', type: 'ControlPlane' } }],
])('an Identity %s leads to no leaf', (_, over) => {
  expect(readControlPlaneIdentity(anIdentity(over))).toBeUndefined();
});
