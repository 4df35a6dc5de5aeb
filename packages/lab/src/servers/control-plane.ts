import { join } from 'node:path';
import type { ClusterPlan, LabPlan } from '../plan/lab-plan.ts';
import type { LabLayout } from '../plan/layout.ts';
import type { PartSpec } from '../supervisor/part.ts';

/** The files below a cluster's `pki` directory that the command lines name. */
export const pkiFiles = {
  ca: 'ca.crt',
  apiServer: 'apiserver',
  etcd: 'etcd',
  etcdClient: 'etcd-client',
  tokenPrivateKey: 'service-account.key',
  tokenPublicKey: 'service-account.pub',
} as const;

/** Only these: without them deletions never end; others would do things that nobody asked for. */
const controllers = [
  'garbage-collector-controller',
  'namespace-controller',
  'serviceaccount-controller',
  'root-ca-certificate-publisher-controller',
];

/** etcd of one cluster: its clients need a certificate, so that the API server is the only way to its data. */
export function etcdPart(plan: LabPlan, layout: LabLayout, { id, ports }: ClusterPlan): PartSpec {
  const { pki, etcdData } = layout.cluster(id);
  const clientURL = `https://127.0.0.1:${ports.etcd}`;
  const peerURL = `http://127.0.0.1:${ports.etcdPeer}`;
  return {
    name: `etcd-${id}`,
    cluster: id,
    kind: 'etcd',
    command: [
      plan.tools.etcd,
      `--name=${id}`,
      `--data-dir=${etcdData}`,
      `--listen-client-urls=${clientURL}`,
      `--advertise-client-urls=${clientURL}`,
      `--listen-peer-urls=${peerURL}`,
      `--initial-advertise-peer-urls=${peerURL}`,
      `--initial-cluster=${id}=${peerURL}`,
      `--cert-file=${join(pki, `${pkiFiles.etcd}.crt`)}`,
      `--key-file=${join(pki, `${pkiFiles.etcd}.key`)}`,
      `--trusted-ca-file=${join(pki, pkiFiles.ca)}`,
      '--client-cert-auth',
      // Nobody keeps a lab's data over a power cut.
      '--unsafe-no-fsync',
      // As kubeadm sets it: without it an API server cannot tell a watch that nothing happened.
      '--watch-progress-notify-interval=5s',
      '--log-level=warn',
    ],
  };
}

/** kube-apiserver of one cluster, on loopback of the machine. */
export function apiServerPart(plan: LabPlan, layout: LabLayout, { id, ports, networks }: ClusterPlan): PartSpec {
  const { pki, auditLog, auditPolicy, egressPolicy, directory } = layout.cluster(id);
  const pem = (name: string): string => join(pki, name);
  return {
    name: `apiserver-${id}`,
    cluster: id,
    kind: 'apiserver',
    command: [
      plan.tools.kubeApiserver,
      '--bind-address=127.0.0.1',
      `--secure-port=${ports.apiServer}`,
      // Without these two it looks for a default route, and a machine may have none.
      '--advertise-address=192.0.2.1',
      '--endpoint-reconciler-type=none',
      `--cert-dir=${directory}`,
      `--tls-cert-file=${pem(`${pkiFiles.apiServer}.crt`)}`,
      `--tls-private-key-file=${pem(`${pkiFiles.apiServer}.key`)}`,
      `--client-ca-file=${pem(pkiFiles.ca)}`,
      `--etcd-servers=https://127.0.0.1:${ports.etcd}`,
      `--etcd-cafile=${pem(pkiFiles.ca)}`,
      `--etcd-certfile=${pem(`${pkiFiles.etcdClient}.crt`)}`,
      `--etcd-keyfile=${pem(`${pkiFiles.etcdClient}.key`)}`,
      `--service-account-issuer=https://${id}`,
      `--service-account-key-file=${pem(pkiFiles.tokenPublicKey)}`,
      `--service-account-signing-key-file=${pem(pkiFiles.tokenPrivateKey)}`,
      '--authorization-mode=RBAC',
      `--service-cluster-ip-range=${networks.service}`,
      '--allow-privileged',
      `--egress-selector-config-file=${egressPolicy}`,
      `--audit-policy-file=${auditPolicy}`,
      `--audit-log-path=${auditLog}`,
      // One file from the start to the end: requests are counted in it.
      '--audit-log-maxsize=10000',
    ],
  };
}

/** kube-controller-manager of one cluster, with its own client certificate. */
export function controllerManagerPart(plan: LabPlan, layout: LabLayout, { id }: ClusterPlan): PartSpec {
  const { pki, credential } = layout.cluster(id);
  return {
    name: `controller-manager-${id}`,
    cluster: id,
    kind: 'controller-manager',
    command: [
      plan.tools.kubeControllerManager,
      `--kubeconfig=${credential('controller-manager')}`,
      `--controllers=${controllers.join(',')}`,
      '--use-service-account-credentials',
      `--service-account-private-key-file=${join(pki, pkiFiles.tokenPrivateKey)}`,
      `--root-ca-file=${join(pki, pkiFiles.ca)}`,
      '--leader-elect=false',
      // No port of its own: nobody asks it.
      '--secure-port=0',
    ],
  };
}

/** What the API server writes into its audit log: one line per answered request, without bodies. */
export const auditPolicy = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [{ level: 'Metadata' }],
};

/**
 * Lets the API server reach Services, which admission webhooks may be behind, through a socket: it runs in the
 * machine's network and the pods do not. What is named by a URL is reached directly.
 */
export function egressPolicy(serviceProxy: string): object {
  return {
    apiVersion: 'apiserver.k8s.io/v1beta1',
    kind: 'EgressSelectorConfiguration',
    egressSelections: [
      {
        name: 'cluster',
        connection: { proxyProtocol: 'HTTPConnect', transport: { uds: { udsName: serviceProxy } } },
      },
    ],
  };
}
