import type { RawApi } from '../objects/raw-api.ts';
import { kubeletPort } from './kubelet-server.ts';

/**
 * The Node objects of a cluster, each in a zone of its own: names on which Pods are spread and which can be drained.
 * All of them are this machine.
 */
export async function createNodes(api: RawApi, names: readonly string[]): Promise<void> {
  const since = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  for (const name of names) {
    const labels = {
      'kubernetes.io/hostname': name,
      'kubernetes.io/os': 'linux',
      'topology.kubernetes.io/zone': `zone-${name}`,
    };
    await send(api, 'POST', '/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name, labels } });
    const capacity = { cpu: '64', memory: '256Gi', pods: '110' };
    const reason = 'KubeletReady';
    const condition = { type: 'Ready', status: 'True', reason, lastHeartbeatTime: since, lastTransitionTime: since };
    const status = {
      ...{ capacity, allocatable: capacity, conditions: [condition] },
      addresses: [{ type: 'Hostname', address: name }],
      daemonEndpoints: { kubeletEndpoint: { Port: kubeletPort } },
    };
    await send(api, 'PATCH', `/api/v1/nodes/${name}/status`, { status });
    // A new node has a taint until a controller, which does not run here, has seen that it is ready.
    await send(api, 'PATCH', `/api/v1/nodes/${name}`, { spec: { taints: null } });
  }
}

export async function deleteNodes(api: RawApi, names: readonly string[]): Promise<void> {
  for (const name of names) await send(api, 'DELETE', `/api/v1/nodes/${name}`, {});
}

async function send(api: RawApi, method: 'POST' | 'PATCH' | 'DELETE', path: string, body: unknown): Promise<void> {
  const contentType = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
  const { status, message } = await api.send({ method, path, body, contentType });
  if (status >= 300) throw new Error(`${method} ${path}: ${message}`);
}
