import { type LiqoObject, resources } from '@leafway/liqo';
import type { Clock, KubeApi } from '@leafway/reconciler';

const answerWithinMs = 5_000;

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
    if (system?.metadata.uid !== undefined) return system.metadata.uid;
  } catch (error) {
    if (!late.signal.aborted) throw error;
    throw new Error(`it does not answer within ${answerWithinMs / 1_000} s`, { cause: error });
  } finally {
    cancel();
  }
  throw new Error('it has no kube-system namespace: this is not a Kubernetes cluster');
}
