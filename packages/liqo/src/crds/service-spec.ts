import { type CrdSchema, fields, flag, int32, list, text, textMap } from './schema.ts';

const textList = (description: string): CrdSchema =>
  list(description, { type: 'string' }, { 'x-kubernetes-list-type': 'atomic' });

const servicePort = fields(
  'One port.',
  {
    name: text('Name of the port.'),
    protocol: text('TCP, UDP or SCTP.', { default: 'TCP' }),
    appProtocol: text('What is spoken there.'),
    port: int32('Port of the Service.'),
    targetPort: {
      anyOf: [{ type: 'integer' }, { type: 'string' }],
      'x-kubernetes-int-or-string': true,
      description: 'Number or name of the port behind it.',
    },
    nodePort: int32('Port on every node.'),
  },
  ['port'],
);

/** The spec of a core Kubernetes Service, as it stands inside the template of an IP. */
export const serviceSpec: CrdSchema = fields('The spec of the Service.', {
  allocateLoadBalancerNodePorts: flag('Whether a load balancer gets node ports.'),
  clusterIP: text('Address inside the cluster.'),
  clusterIPs: textList('Addresses inside the cluster, one of each family.'),
  externalIPs: textList('Further addresses that nodes answer for.'),
  externalName: text('DNS name that the Service stands for.'),
  externalTrafficPolicy: text('Cluster or Local, for traffic from outside.'),
  healthCheckNodePort: int32('Port on every node for the health check of a load balancer.'),
  internalTrafficPolicy: text('Cluster or Local, for traffic from inside.'),
  ipFamilies: textList('IPv4, IPv6 or both.'),
  ipFamilyPolicy: text('Whether both families are wanted.'),
  loadBalancerClass: text('Which implementation provides the load balancer.'),
  loadBalancerIP: text('Address to ask the load balancer for.'),
  loadBalancerSourceRanges: textList('Ranges that may use the load balancer.'),
  ports: list('The ports.', servicePort, {
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['port', 'protocol'],
  }),
  publishNotReadyAddresses: flag('Whether endpoints count before they are ready.'),
  selector: textMap('Labels of the pods behind it.', { 'x-kubernetes-map-type': 'atomic' }),
  sessionAffinity: text('None or ClientIP.'),
  sessionAffinityConfig: fields('How long affinity lasts.', {
    clientIP: fields('For ClientIP.', { timeoutSeconds: int32('Seconds.') }),
  }),
  trafficDistribution: text('Which endpoints are preferred.'),
  type: text('ClusterIP, NodePort, LoadBalancer or ExternalName.'),
});
