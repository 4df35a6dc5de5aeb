import {
  gatewayNamespacePrefix,
  nodeNamespace,
  podNamespace,
  uplinkBridge,
  uplinkNamespace,
} from './network/namespaces.ts';
import { type ClusterPlan, centreOf, type LabPlan } from './plan/lab-plan.ts';
import type { LabLayout } from './plan/layout.ts';
import type { PodName } from './plan/networks.ts';
import { leafwayNamespace, liqoNamespace } from './setup/resource-types.ts';
import type { PartSpec } from './supervisor/part.ts';

/** The process of a pod, in the pod's network. */
export function podPart(plan: LabPlan, cluster: ClusterPlan, pod: PodName): PartSpec {
  const process = pod === 'web' ? [...plan.programs.web, '0.0.0.0', '80'] : ['sleep', 'infinity'];
  return {
    name: `${cluster.id}/${pod}`,
    cluster: cluster.id,
    kind: 'pod',
    command: ['nsenter', `--net=/run/netns/${podNamespace(cluster.id, pod)}`, '--', ...process],
  };
}

/** The leaf agent of one cluster; the centre has one too, for its tunnels to the leaves. */
export function agentPart(plan: LabPlan, layout: LabLayout, { id, networks }: ClusterPlan): PartSpec {
  const { wireguardGo } = plan.tools;
  return {
    name: `agent-${id}`,
    cluster: id,
    kind: 'agent',
    command: [
      ...plan.programs.agent,
      `--kubeconfig=${layout.cluster(id).credential('agent')}`,
      `--cluster-id=${id}`,
      `--liqo-namespace=${liqoNamespace}`,
      `--pod-cidr=${networks.pod}`,
      `--external-cidr=${networks.external}`,
      `--service-cidr=${networks.service}`,
      `--internal-cidr=${networks.internal}`,
      ...networks.reserved.map((range) => `--reserved-cidr=${range}`),
      `--node-netns=${nodeNamespace(id)}`,
      `--gateway-netns-prefix=${gatewayNamespacePrefix(id)}`,
      `--uplink-netns=${uplinkNamespace}`,
      `--uplink-bridge=${uplinkBridge}`,
      `--uplink-addresses=${networks.uplink}`,
      `--uplink-prefix-length=${plan.wan.split('/')[1]}`,
      ...(wireguardGo === undefined ? [] : [`--wireguard-go=${wireguardGo}`]),
    ],
  };
}

/** The admission webhook of the centre. */
export function webhookPart(plan: LabPlan, layout: LabLayout): PartSpec {
  const { id } = centreOf(plan);
  const certificate = webhookCertificate(layout, id);
  return {
    name: 'webhook',
    cluster: id,
    kind: 'webhook',
    command: [
      ...plan.programs.webhook,
      `--kubeconfig=${layout.cluster(id).credential('webhook')}`,
      `--listen=127.0.0.1:${plan.ports.webhook}`,
      `--tls-cert=${certificate}.crt`,
      `--tls-key=${certificate}.key`,
      // No Service sends it requests that would have to be led elsewhere first.
      '--shutdown-grace=0',
      `--cluster-id=${id}`,
      `--liqo-namespace=${liqoNamespace}`,
    ],
  };
}

/** The controller of the centre. */
export function controllerPart(plan: LabPlan, layout: LabLayout): PartSpec {
  const { id } = centreOf(plan);
  return {
    name: 'controller',
    cluster: id,
    kind: 'controller',
    command: [
      ...plan.programs.controller,
      `--kubeconfig=${layout.cluster(id).credential('controller')}`,
      `--cluster-id=${id}`,
      `--liqo-namespace=${liqoNamespace}`,
      `--lease-namespace=${leafwayNamespace}`,
      // There is one at a time: the supervisor starts the next when this one is gone, and it need not wait.
      '--identity=lab',
      `--health-listen=127.0.0.1:${plan.ports.controllerHealth}`,
    ],
  };
}

/** Path of the webhook's certificate and key, without `.crt` and `.key`. */
function webhookCertificate(layout: LabLayout, centre: string): string {
  return `${layout.cluster(centre).pki}/webhook`;
}
