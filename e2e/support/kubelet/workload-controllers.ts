import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { enterFrame, type RunningLab } from '@leafway/lab';
import { childOf, killQuietly } from './process-tree.ts';

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

/** Starts these controllers for a cluster of a lab, inside its frame, so that they end with it at the latest. */
export function startWorkloadControllers(
  lab: RunningLab,
  cluster: string,
  directory: string,
): { stop(): Promise<void> } {
  const { pki, credential } = lab.layout.cluster(cluster);
  const [executable = '', ...args] = [
    ...enterFrame(lab.frame),
    lab.plan.tools.kubeControllerManager,
    `--kubeconfig=${credential('controller-manager')}`,
    `--controllers=${controllers.join(',')}`,
    '--use-service-account-credentials',
    `--service-account-private-key-file=${join(pki, 'service-account.key')}`,
    `--root-ca-file=${join(pki, 'ca.crt')}`,
    '--leader-elect=false',
    '--secure-port=0',
  ];
  const log = openSync(join(directory, 'workload-controllers.log'), 'a');
  const child = spawn(executable, args, { stdio: ['ignore', log, log] });
  closeSync(log);
  const ended = once(child, 'exit');
  return {
    stop: async () => {
      // `nsenter` waits for it outside.
      const manager = child.pid === undefined ? undefined : childOf(child.pid);
      if (manager !== undefined) killQuietly(manager, 'SIGTERM');
      await ended;
    },
  };
}
