import { fieldDifferences } from './field-differences.ts';
import type { AnyObject } from './liqo-data.ts';

/** Stands for an object of which there is none on our side. */
const wholeObject = 'all of it';

interface Explanation {
  /** Kinds that differ so, `*` for any. */
  readonly kinds: readonly string[];
  /** Path of the field, or how the paths begin. */
  readonly path: string;
  readonly why: string;
}

const gateways = ['GatewayServer', 'GatewayClient'];
const templates = ['WgGatewayServerTemplate', 'WgGatewayClientTemplate'];
const pods = [
  'Deployment',
  'ReplicaSet',
  'Pod',
  'Service',
  'EndpointSlice',
  'ServiceAccount',
  'ClusterRoleBinding',
  'Node',
];
const tables = ['FirewallConfiguration', 'RouteConfiguration', 'GeneveTunnel', 'InternalFabric', 'InternalNode'];

/** Every way in which a link of ours may differ from one that Liqo 1.2.0 and its `liqoctl` made, and why it does. */
export const explanations: readonly Explanation[] = [
  { kinds: ['*'], path: 'metadata.annotations.leafway.dev/', why: 'our marks and keys; Liqo passes over them' },
  { kinds: ['*'], path: 'metadata.labels.leafway.dev/', why: 'our marks; Liqo passes over them' },
  { kinds: ['*'], path: 'metadata.labels.app.kubernetes.io/', why: 'tell who installed it: Helm there, Leafway here' },
  { kinds: ['*'], path: 'metadata.labels.helm.sh/', why: 'tells which chart installed it' },
  { kinds: ['Secret'], path: 'metadata.labels.liqo.io/managed', why: "marks what Liqo's managers may clean up" },
  { kinds: gateways, path: 'spec.secretRef', why: 'liqoctl writes an empty name; left out it means the same' },
  { kinds: ['GatewayClient'], path: 'spec.endpoint.', why: 'each network has addresses and ports of its own' },
  { kinds: ['GatewayServer'], path: 'status.endpoint.', why: 'each network has addresses and ports of its own' },
  { kinds: gateways, path: 'status.internalEndpoint.', why: 'each network has addresses of its own' },
  { kinds: ['GatewayServer'], path: 'status.serverRef', why: 'our agent needs no child object' },
  { kinds: ['GatewayClient'], path: 'status.clientRef', why: 'our agent needs no child object' },
  {
    kinds: ['Configuration'],
    path: 'metadata.labels.configuration.liqo.io/configured',
    why: 'says to readers of before 1.2 what the condition says to later ones',
  },
  {
    kinds: ['Configuration'],
    path: 'status.remote.cidr.',
    why: "the centre's ranges have the names already that Liqo gave here",
  },
  { kinds: ['Network'], path: 'metadata.annotations.liqo.io/preinstalled', why: 'our agent puts no finalizer on any' },
  { kinds: ['Network'], path: 'metadata.labels.ipam.liqo.io/network-shared', why: "for Liqo's IPAM alone, since 1.2" },
  { kinds: ['Network'], path: 'spec.cidr', why: 'the service range of the lab is a larger one' },
  { kinds: ['Network'], path: 'status.cidr', why: 'the service range of the lab is a larger one' },
  { kinds: ['Network'], path: wholeObject, why: 'our agent gives names in the Configuration itself' },
  { kinds: templates, path: 'spec.template.', why: 'our agent renders nothing from them' },
  { kinds: ['WgGatewayServer', 'WgGatewayClient'], path: wholeObject, why: 'our agent needs no child object' },
  { kinds: tables, path: wholeObject, why: 'our agent writes rules and routes into the kernel without objects' },
  { kinds: pods, path: wholeObject, why: 'our agent runs gateways without pods' },
  { kinds: ['ForeignCluster'], path: wholeObject, why: "Liqo's own summary of a peering" },
];

/** The fields, objects of a real connection included that are missing, in which ours differ. */
export function differencesFrom(real: readonly AnyObject[], ours: readonly AnyObject[]): Difference[] {
  const byKey = new Map(ours.map((object) => [keyOf(object), object]));
  return real.flatMap((theirs) => {
    const found = byKey.get(keyOf(theirs));
    const paths = found === undefined ? [wholeObject] : fieldDifferences(found, theirs);
    return paths.map((path) => ({ kind: theirs.kind, name: theirs.metadata.name, path }));
  });
}

export interface Difference {
  readonly kind: string;
  readonly name: string;
  readonly path: string;
}

/** Whether an explanation is about a difference. */
export function explains({ kinds, path }: Explanation, difference: Difference): boolean {
  return (kinds.includes('*') || kinds.includes(difference.kind)) && difference.path.startsWith(path);
}

function keyOf({ apiVersion, kind, metadata }: AnyObject): string {
  return [apiVersion, kind, metadata.namespace ?? '', metadata.name].join(' ');
}
