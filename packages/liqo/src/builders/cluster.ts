import { annotationKeys, clusterIDConfigMapLabel, labelKeys, networkTypes } from '../api/labels.ts';
import { resources } from '../api/resources.ts';
import type { ConfigMap, GatewayTemplate, IP, Network, TenantNamespace } from '../api/types.ts';
import { type ExtraMetadata, objectHead } from './objects.ts';

/** The name that `liqoctl` gives a tenant namespace; any name is legal, so look for the labels first. */
export function tenantNamespaceName(remoteClusterID: string): string {
  return `liqo-tenant-${remoteClusterID}`;
}

/**
 * The namespace that holds everything about one remote cluster.
 * The Pod Security labels are those of `liqoctl`: Liqo's gateway pods are privileged.
 */
export function buildTenantNamespace(remoteClusterID: string, extra?: ExtraMetadata): TenantNamespace {
  return objectHead(
    resources.namespaces,
    { name: tenantNamespaceName(remoteClusterID) },
    {
      [labelKeys.remoteClusterID]: remoteClusterID,
      [labelKeys.tenantNamespace]: 'true',
      'pod-security.kubernetes.io/enforce': 'privileged',
      'pod-security.kubernetes.io/audit': 'privileged',
      'pod-security.kubernetes.io/warn': 'privileged',
    },
    extra,
  );
}

/** The cluster's own ID, where our agent serves it: the annotation says so. */
export function buildClusterIDConfigMap(input: { clusterID: string; liqoNamespace: string }): ConfigMap {
  return {
    ...objectHead(
      resources.configMaps,
      { name: 'liqo-clusterid-configmap', namespace: input.liqoNamespace },
      { [labelKeys.appName]: clusterIDConfigMapLabel },
      { annotations: { [annotationKeys.dataPlane]: 'Leafway' } },
    ),
    data: { CLUSTER_ID: input.clusterID },
  };
}

/** A CIDR as it stands in object names: `10.244.0.0/16` → `10-244-0-0-16`. */
export function escapeCIDR(cidr: string): string {
  return cidr.replaceAll(/[./:]/g, '-');
}

/**
 * One of a cluster's own networks. `status.cidr` is the caller's to write.
 * The external and the internal one may be remapped at install, the others are asked for as they are.
 */
export function buildNetwork(input: {
  name: string;
  liqoNamespace: string;
  cidr: string;
  type: keyof typeof networkTypes;
}): Network {
  const labels: Record<string, string> = { [labelKeys.networkType]: networkTypes[input.type] };
  if (input.type !== 'external' && input.type !== 'internal') labels[labelKeys.networkNotRemapped] = 'true';
  return {
    ...objectHead(resources.networks, { name: input.name, namespace: input.liqoNamespace }, labels),
    spec: { cidr: input.cidr, ...(input.type === 'external' ? { preAllocated: 1 } : {}) },
  };
}

/** A request for an address of the external CIDR that leads to `ip`. */
export function buildIP(input: { name: string; namespace: string; ip: string; extra?: ExtraMetadata }): IP {
  return {
    ...objectHead(resources.ips, { name: input.name, namespace: input.namespace }, {}, input.extra),
    spec: { ip: input.ip },
  };
}

/**
 * The default gateway templates, as far as `liqoctl` checks them.
 * Our agent renders nothing from them.
 */
export function buildGatewayTemplate(input: { role: 'Server' | 'Client'; liqoNamespace: string }): GatewayTemplate {
  const isServer = input.role === 'Server';
  const service = {
    type: '{{ .Spec.Endpoint.ServiceType }}',
    '?loadBalancerIP': '{{ .Spec.Endpoint.LoadBalancerIP }}',
    ports: [{ port: '{{ .Spec.Endpoint.Port }}', protocol: 'UDP', '?nodePort': '{{ .Spec.Endpoint.NodePort }}' }],
  };
  return {
    ...objectHead(
      isServer ? resources.wgGatewayServerTemplates : resources.wgGatewayClientTemplates,
      { name: isServer ? 'wireguard-server' : 'wireguard-client', namespace: input.liqoNamespace },
      {},
    ),
    spec: {
      objectKind: { apiVersion: 'networking.liqo.io/v1beta1', kind: isServer ? 'WgGatewayServer' : 'WgGatewayClient' },
      template: {
        metadata: { name: '{{ .Name }}', namespace: '{{ .Namespace }}' },
        spec: isServer ? { service: { spec: service } } : {},
      },
    },
  };
}
