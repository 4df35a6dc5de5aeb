import type { Values } from './helm.ts';

/** Everything that can be switched on, and every list and map with something in it. */
const everything: Values = {
  image: { registry: 'registry.example.com/mirror', pullSecrets: ['registry'] },
  webhook: {
    clientCA: { configMap: 'clients', commonName: 'kube-apiserver' },
    podDisruptionBudget: { maxUnavailable: '40%' },
    topologySpread: [{ topologyKey: 'kubernetes.io/hostname', maxSkew: 2, whenUnsatisfiable: 'DoNotSchedule' }],
    tolerations: [{ key: 'infra', operator: 'Exists', effect: 'NoSchedule' }],
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchExpressions: [{ key: 'infra', operator: 'Exists' }] }],
        },
      },
    },
    priorityClassName: 'system-cluster-critical',
    podLabels: { team: 'network' },
    podAnnotations: { 'example.com/log': 'json' },
  },
  controller: {
    credentials: { namespaces: ['tenants', 'leafway-system'] },
    priorityClassName: 'system-cluster-critical',
  },
  networkPolicy: {
    enabled: true,
    apiServer: { cidrs: ['192.0.2.1/32', '2001:db8::1/128'] },
    leaves: { cidrs: ['198.51.100.0/24'], ports: [6443] },
    metricsFrom: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } }],
  },
  serviceMonitor: { enabled: true, labels: { release: 'prometheus' } },
  alerts: { enabled: true, labels: { release: 'prometheus' } },
  dashboard: { enabled: true, annotations: { 'grafana/folder': 'Network' } },
  commonLabels: { owner: 'network' },
  commonAnnotations: { 'example.com/owner': 'network' },
};

/** Ways in which the chart is installed, by what each is for. */
export const variants: Readonly<Record<string, Values>> = {
  'the defaults': {},
  'certificates of the webhook itself': { certManager: { enabled: false } },
  everything,
  'one replica of each': { webhook: { replicas: 1 }, controller: { replicas: 1 } },
  'an issuer of the company': { certManager: { issuerRef: { name: 'company', kind: 'ClusterIssuer' } } },
  'clients by a Secret': { webhook: { clientCA: { secret: 'clients', key: 'authorities.pem' } } },
  'a centre without Liqo': { liqo: { clusterID: 'hub', namespace: 'absent' } },
  'credentials in all namespaces': { controller: { credentials: { namespaces: ['*'] } } },
  'the network of the nodes': { webhook: { hostNetwork: true, port: 10_260, healthPort: 10_261 } },
  'IPv6, and images by digest': {
    listenAddress: '[::]',
    webhook: { image: { digest: `sha256:${'1'.repeat(64)}` } },
    controller: { image: { digest: `sha256:${'2'.repeat(64)}` } },
  },
  'the kinds of the Foreign Cluster Connector': { compatibility: { enabled: true } },
  'network policies without addresses': { networkPolicy: { enabled: true, apiServer: { ports: [] } } },
  'as little as can be': {
    crds: { enabled: false },
    drain: { enabled: false },
    webhook: {
      podDisruptionBudget: { enabled: false },
      topologySpread: [],
      nodeSelector: { 'kubernetes.io/os': null },
    },
    controller: { podDisruptionBudget: { enabled: false }, topologySpread: [] },
  },
};

const agent = { enabled: true, clusterID: 'rome', podCIDRs: ['10.42.0.0/16'], serviceCIDR: '10.43.0.0/16' } as const;

/** The same for the chart of a leaf. */
export const leafVariants: Readonly<Record<string, Values>> = {
  'the defaults': {},
  'no rights for keys': { centre: { readGatewayKeys: false } },
  'a token that never expires': { centre: { tokenSecret: { create: true } } },
  'the agent': { agent: { ...agent, namespace: 'default' } },
  everything: {
    centre: { tokenSecret: { create: true } },
    agent: {
      ...agent,
      namespace: 'default',
      podCIDRs: ['10.42.0.0/16', '10.52.0.0/16'],
      reservedCIDRs: ['192.0.2.0/24'],
      nodeAddress: '192.0.2.10',
      image: { digest: `sha256:${'1'.repeat(64)}` },
    },
    image: { registry: 'registry.example.com/mirror', pullSecrets: ['registry'] },
    commonLabels: { owner: 'network' },
    commonAnnotations: { 'example.com/owner': 'network' },
  },
};
