import { resources } from '@leafway/liqo';
import type { KubeObject } from '@leafway/reconciler';
import type { ClusterPlan } from '../plan/lab-plan.ts';
import { podNames } from '../plan/networks.ts';
import { type ClusterAdmin, createObject, waitForObject } from './objects.ts';
import { resourceTypes } from './resource-types.ts';

const serviceAccountTimeoutMs = 60_000;

/**
 * Writes the Pod objects of a cluster with their addresses, as its kubelet would: the processes are the lab's.
 * They name no node, so that deleting one needs no kubelet either.
 */
export async function createPods(cluster: ClusterAdmin, plan: ClusterPlan, now: Date): Promise<void> {
  await waitForObject<KubeObject, true>(cluster, {
    type: resourceTypes.serviceAccounts,
    namespace: 'default',
    name: 'default',
    what: 'the ServiceAccount default/default',
    accept: () => true,
    timeoutMs: serviceAccountTimeoutMs,
  });
  await Promise.all(
    podNames.map(async (name) => {
      const ref = { namespace: 'default', name };
      await createObject(cluster, resources.pods, podObject(name));
      const status = runningStatus(name, plan.networks.pods[name], now);
      const operations = Object.entries(status).map(
        ([field, value]) => ({ op: 'add', path: `/status/${field}`, value }) as const,
      );
      await cluster.api.patch(resources.pods, ref, operations, { subresource: 'status', signal: cluster.signal });
    }),
  );
}

function podObject(name: string): KubeObject & { spec: unknown } {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', labels: { 'app.kubernetes.io/name': name } },
    spec: {
      automountServiceAccountToken: false,
      containers: [{ name, image: imageOf(name), ...(name === 'web' ? { ports: [{ containerPort: 80 }] } : {}) }],
    },
  };
}

/** No registry has it: the process is a part of the lab. */
function imageOf(pod: string): string {
  return `lab.leafway.dev/${pod}`;
}

function runningStatus(name: string, address: string, now: Date): Record<string, unknown> {
  const since = now.toISOString().replace(/\.\d+Z$/, 'Z');
  return {
    phase: 'Running',
    podIP: address,
    podIPs: [{ ip: address }],
    startTime: since,
    containerStatuses: [
      {
        name,
        image: imageOf(name),
        imageID: '',
        ready: true,
        started: true,
        restartCount: 0,
        state: { running: { startedAt: since } },
      },
    ],
    conditions: ['Initialized', 'ContainersReady', 'Ready'].map((type) => ({
      type,
      status: 'True',
      lastTransitionTime: since,
    })),
  };
}
