import type { RawApi } from '../objects/raw-api.ts';
import type { Pod } from './pod.ts';
import { type ContainerState, statusOf } from './pod-status.ts';

/** Writes what is known of Pods, when it has changed. */
export interface StatusWriter {
  write(pod: Pod, address: string | undefined, states: readonly ContainerState[]): Promise<void>;
  /** Says that a Pod cannot be started here. */
  refuse(pod: Pod, why: string): Promise<void>;
}

interface Written {
  readonly text: string;
  /** When each condition came to be as it is. */
  readonly since: ReadonlyMap<string, { readonly status: string; readonly time: string }>;
}

export function createStatusWriter(api: RawApi): StatusWriter {
  const written = new Map<string, Written>();

  const send = async (pod: Pod, status: object): Promise<void> => {
    const { namespace, name } = pod.metadata;
    const path = `/api/v1/namespaces/${namespace}/pods/${name}/status`;
    const answer = await api.send({
      method: 'PATCH',
      path,
      contentType: 'application/merge-patch+json',
      body: { metadata: { uid: pod.metadata.uid }, status },
    });
    if (answer.status >= 300 && ![404, 409].includes(answer.status)) throw new Error(answer.message);
  };

  return {
    write: async (pod, address, states) => {
      const key = pod.metadata.uid ?? '';
      const status = statusOf(pod, address, states);
      const text = JSON.stringify(status);
      const before = written.get(key);
      if (before?.text === text) return;
      const now = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
      const since = new Map(
        status.conditions.map(({ type, status: value }) => {
          const last = before?.since.get(type);
          return [type, last?.status === value ? last : { status: value, time: now }];
        }),
      );
      const conditions = status.conditions.map((one) => ({ ...one, lastTransitionTime: since.get(one.type)?.time }));
      await send(pod, { ...status, conditions, startTime: pod.metadata.creationTimestamp });
      written.set(key, { text, since });
    },
    refuse: async (pod, message) => {
      const key = pod.metadata.uid ?? '';
      if (written.get(key)?.text === message) return;
      const waiting = { reason: 'CreateContainerConfigError', message };
      const containerStatuses = pod.spec.containers.map(({ name, image }) => ({
        ...{ name, image, imageID: '', ready: false, started: false, restartCount: 0 },
        state: { waiting },
      }));
      await send(pod, { phase: 'Pending', containerStatuses });
      written.set(key, { text: message, since: new Map() });
    },
  };
}
