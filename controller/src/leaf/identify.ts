import { leafClusterSchema } from '@leafway/core';
import { type LiqoObject, resources } from '@leafway/liqo';
import type { Clock, KubeApi } from '@leafway/reconciler';

const { uid: uidSchema } = leafClusterSchema.properties.status.properties.identity.properties;

const answerWithinMs = 5_000;

/** No LeafCluster could hold another one. */
const isUID = (uid: unknown): uid is string =>
  typeof uid === 'string' && uid !== '' && uid.length <= uidSchema.maxLength;

/**
 * Who answers: the UID of the cluster's kube-system namespace. Whoever does not answer soon is away, and nobody waits
 * for it for longer. Throws with a sentence for people.
 */
export async function identify(api: KubeApi, clock: Clock, signal?: AbortSignal): Promise<string> {
  const late = new AbortController();
  const cancel = clock.setTimer(answerWithinMs, () => late.abort());
  const limit = signal === undefined ? late.signal : AbortSignal.any([signal, late.signal]);
  try {
    const system = await api.get<LiqoObject>(resources.namespaces, { name: 'kube-system' }, limit);
    const uid: unknown = system?.metadata.uid;
    if (isUID(uid)) return uid;
  } catch (error) {
    if (!late.signal.aborted) throw error;
    throw new Error(`it does not answer within ${answerWithinMs / 1_000} s`, { cause: error });
  } finally {
    cancel();
  }
  throw new Error('it has no kube-system namespace with a UID: this is not a Kubernetes cluster');
}
