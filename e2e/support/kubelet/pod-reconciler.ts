import { after, done, type Outcome } from '@leafway/reconciler';
import type { RawApi } from '../objects/raw-api.ts';
import type { ClusterView } from './cluster-view.ts';
import type { References } from './environment.ts';
import type { Pod } from './pod.ts';
import { beginPod, type PodRun, type PodSurroundings } from './pod-run.ts';
import { phaseOf } from './pod-status.ts';
import { chooseNode } from './schedule.ts';
import type { StatusWriter } from './status-writer.ts';
import type { Tokens } from './tokens.ts';
import { unsupportedFields } from './unsupported.ts';

/** What Pods are run by. */
export interface PodReconcilerDeps {
  readonly view: ClusterView;
  readonly api: RawApi;
  readonly tokens: Tokens;
  readonly status: StatusWriter;
  readonly surroundings: PodSurroundings;
  /** Asks for another run of a key. */
  readonly enqueue: (key: string) => void;
}

/** Brings the processes of one Pod in line with its object, and its status in line with them. */
export interface PodReconciler {
  reconcile(key: string): Promise<Outcome>;
  /** Kills the processes of one Pod, as if they had failed. */
  kill(key: string): void;
  /** Ends every process. */
  killAll(): Promise<void>;
}

/** How often a Pod that ends is looked at, to kill what does not. */
const endingMs = 200;

export function createPodReconciler(deps: PodReconcilerDeps): PodReconciler {
  const { api, tokens, status } = deps;
  const { pods, nodes } = deps.view;
  const runs = new Map<string, { readonly uid: string | undefined; readonly run: PodRun }>();

  /** What was decided, by UID: the next Pod is often to be placed before the last one is seen where it was. */
  const bindings = new Map<string, string>();

  const runOf = (key: string, pod: Pod): PodRun => {
    const known = runs.get(key);
    if (known !== undefined) return known.run;
    const run = beginPod(pod, deps.surroundings, () => deps.enqueue(key));
    runs.set(key, { uid: pod.metadata.uid, run });
    return run;
  };

  /** For an object that is gone although its processes are not: somebody has deleted it by force. */
  const dropStale = async (key: string, pod: Pod | undefined): Promise<void> => {
    const known = runs.get(key);
    if (known === undefined || known.uid === pod?.metadata.uid) return;
    runs.delete(key);
    await known.run.kill();
  };

  const end = async (key: string, pod: Pod): Promise<Outcome> => {
    const run = runs.get(key)?.run;
    const graceMs = (pod.metadata.deletionGracePeriodSeconds ?? 0) * 1_000;
    if (run !== undefined && !run.end(graceMs)) {
      await status.write(pod, run.address, run.states);
      return after(endingMs);
    }
    await run?.remove();
    runs.delete(key);
    tokens.forget(pod);
    await deleteNow(api, pod);
    return done();
  };

  const advance = async (key: string, pod: Pod): Promise<Outcome> => {
    const unsupported = unsupportedFields(pod);
    if (unsupported.length > 0) {
      await status.refuse(pod, `this node does not honour ${unsupported.join(', ')}`);
      return done();
    }
    const run = runOf(key, pod);
    const context = { references: referencesOf(deps.view, pod), token: tokens.sourceFor(pod) };
    const isOver = ['Succeeded', 'Failed'].includes(phaseOf(pod.spec.restartPolicy ?? 'Always', run.states));
    const startsIn = isOver ? undefined : await run.advance(pod, context);
    await status.write(pod, run.address, run.states);
    if (isOver) {
      await run.remove();
      return done();
    }
    const wakeUps = [startsIn, tokens.renewalOf(pod)].filter((ms) => ms !== undefined);
    return wakeUps.length === 0 ? done() : after(Math.min(...wakeUps));
  };

  return {
    reconcile: async (key) => {
      const pod = pods.get(key);
      await dropStale(key, pod);
      if (pod === undefined) return done();
      const { nodeName } = pod.spec;
      if (nodeName === undefined) return await schedule(pod, deps, bindings);
      if (nodes.get(nodeName) === undefined) return done();
      if (pod.metadata.deletionTimestamp !== undefined) return await end(key, pod);
      return await advance(key, pod);
    },
    kill: (key) => runs.get(key)?.run.crash(),
    killAll: async () => {
      await Promise.all([...runs.values()].map(({ run }) => run.kill()));
      runs.clear();
    },
  };
}

function referencesOf({ secrets, configMaps }: ClusterView, pod: Pod): References {
  const at = (name: string): string => `${pod.metadata.namespace}/${name}`;
  return { secret: (name) => secrets.get(at(name)), configMap: (name) => configMaps.get(at(name)) };
}

/** Binds a Pod to a node; one for which there is none waits until nodes change. */
async function schedule(
  pod: Pod,
  { api, view: { pods, nodes } }: PodReconcilerDeps,
  bindings: Map<string, string>,
): Promise<Outcome> {
  // The lab's own pods are for no node: they stand for processes that it runs itself.
  if (pod.metadata.deletionTimestamp !== undefined || pod.status?.podIP !== undefined) return done();
  const { namespace, name, uid = '' } = pod.metadata;
  const withBindings = pods.list().map((one) => boundBefore(one, bindings));
  const node = chooseNode(pod, nodes.list(), withBindings);
  if (node === undefined) return done();
  bindings.set(uid, node);
  const body = {
    apiVersion: 'v1',
    kind: 'Binding',
    metadata: { name, namespace, uid },
    target: { apiVersion: 'v1', kind: 'Node', name: node },
  };
  const answer = await api.send({ method: 'POST', path: `/api/v1/namespaces/${namespace}/pods/${name}/binding`, body });
  if (answer.status >= 300 && ![404, 409].includes(answer.status)) throw new Error(answer.message);
  return done();
}

function boundBefore(pod: Pod, bindings: ReadonlyMap<string, string>): Pod {
  const nodeName = pod.spec.nodeName ?? bindings.get(pod.metadata.uid ?? '');
  return nodeName === undefined ? pod : { ...pod, spec: { ...pod.spec, nodeName } };
}

/** What a kubelet does last. */
async function deleteNow(api: RawApi, { metadata: { namespace, name, uid } }: Pod): Promise<void> {
  const body = { apiVersion: 'v1', kind: 'DeleteOptions', gracePeriodSeconds: 0, preconditions: { uid } };
  const answer = await api.send({ method: 'DELETE', path: `/api/v1/namespaces/${namespace}/pods/${name}`, body });
  if (answer.status >= 300 && ![404, 409].includes(answer.status)) throw new Error(answer.message);
}
