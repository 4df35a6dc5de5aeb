import { parseCidr } from '../address/cidr.ts';
import type { LeafCluster, LeafClusterStatus, ShortcutSpec } from '../api/index.ts';
import type { LeafFacts } from '../facts/leaf-facts.ts';

type Networks = NonNullable<LeafClusterStatus['networks']>;

/** What a leaf is to be like; the rest is as in a default installation of Liqo. */
export interface LeafOptions {
  readonly dataPlane?: 'Liqo' | 'Leafway';
  readonly networks?: Partial<Networks>;
  readonly gateway?: { mayServe?: boolean; address?: string };
  readonly gateways?: LeafClusterStatus['gateways'];
}

/** The networks of a default installation (as in Liqo 1.2). */
export const defaultNetworks: Networks = {
  pod: ['10.244.0.0/16'],
  external: ['10.70.0.0/16'],
  service: ['10.96.0.0/12'],
  internal: ['10.80.0.0/16'],
  inUse: [
    { cidr: '10.244.0.0/16', owner: 'pod CIDR' },
    { cidr: '10.96.0.0/12', owner: 'service CIDR' },
    { cidr: '10.70.0.0/16', owner: 'external CIDR' },
    { cidr: '10.80.0.0/16', owner: 'internal CIDR' },
  ],
};

/** A leaf whose facts are gathered. */
export function aLeaf(id: string, options: LeafOptions = {}): LeafCluster {
  return {
    apiVersion: 'leafway.dev/v1alpha1',
    kind: 'LeafCluster',
    metadata: { name: id },
    spec: {
      kubeconfigSecretRef: { namespace: 'leafway-system', name: id },
      ...(options.gateway === undefined ? {} : { gateway: options.gateway }),
    },
    status: {
      dataPlane: { kind: options.dataPlane ?? 'Leafway' },
      networks: { ...defaultNetworks, ...options.networks },
      ...(options.gateways === undefined ? {} : { gateways: options.gateways }),
    },
  };
}

/** The facts of a default installation, with some of them different. */
export function someFacts(id: string, facts: Partial<LeafFacts> = {}): LeafFacts {
  return {
    id,
    dataPlane: 'Leafway',
    pod: [parseCidr('10.244.0.0/16')],
    external: [parseCidr('10.70.0.0/16')],
    inUse: [
      { cidr: parseCidr('10.96.0.0/12'), owner: 'service CIDR' },
      { cidr: parseCidr('10.80.0.0/16'), owner: 'internal CIDR' },
    ],
    mayServe: true,
    servers: 0,
    serversWithoutAddress: 0,
    isReachable: true,
    ...facts,
  };
}

/** A spec that says only which clusters, and what is given besides. */
export function aSpec(a: string, b: string, rest: Partial<ShortcutSpec> = {}): ShortcutSpec {
  return { clusters: [{ id: a }, { id: b }], ...rest };
}
