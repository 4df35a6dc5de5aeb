import { join } from 'node:path';
import type { RunningLab } from '@leafway/lab';
import { type FrameProcess, startInFrame } from './frame-process.ts';

/** Those that turn Deployments and Jobs into Pods, and Pods into endpoints; a lab itself runs none of them. */
const controllers = [
  'deployment-controller',
  'replicaset-controller',
  'job-controller',
  'endpointslice-controller',
  'disruption-controller',
  'serviceaccount-token-controller',
  'ttl-after-finished-controller',
];

/** Starts these controllers of Kubernetes for a cluster of a lab; their log is in `directory`. */
export function startWorkloadControllers(lab: RunningLab, cluster: string, directory: string): FrameProcess {
  const { pki, credential } = lab.layout.cluster(cluster);
  const command = [
    lab.plan.tools.kubeControllerManager,
    `--kubeconfig=${credential('controller-manager')}`,
    `--controllers=${controllers.join(',')}`,
    '--use-service-account-credentials',
    `--service-account-private-key-file=${join(pki, 'service-account.key')}`,
    `--root-ca-file=${join(pki, 'ca.crt')}`,
    '--leader-elect=false',
    '--secure-port=0',
  ];
  return startInFrame(lab, command, join(directory, 'workload-controllers.log'));
}
