import { mkdir, readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { connectAsAdmin, enterFrame, type RunningLab } from '@leafway/lab';
import {
  type Cache,
  createCache,
  createController,
  type KubeObject,
  type ResourceType,
  systemClock,
  systemRandom,
} from '@leafway/reconciler';
import { connectRaw } from '../raw-api.ts';
import { fileLogger } from './file-logger.ts';
import { type Images, ownImages } from './images.ts';
import { openNodeGateway } from './node-gateway.ts';
import { createNodes, deleteNodes } from './nodes.ts';
import { type DataObject, type Node, nodeKinds, type Pod } from './pod.ts';
import { createPodNetworks } from './pod-network.ts';
import { createPodReconciler } from './pod-reconciler.ts';
import { type EndpointSlice, proxyServices, type Service } from './service-proxy.ts';
import { createStatusWriter } from './status-writer.ts';
import { createTokens } from './tokens.ts';
import { startWorkloadControllers } from './workload-controllers.ts';

export interface KubeletOptions {
  /** Our own by default. */
  readonly images?: Images;
  /** Names of the nodes; three by default. */
  readonly nodes?: readonly string[];
}

/** What plays the parts of scheduler, kubelet, container runtime and kube-proxy for one cluster of a lab. */
export interface Kubelet {
  /** Opens a connection to an address and port in the network of the Pods. */
  connect(target: string): Promise<Socket>;
  /** What a container of a Pod has printed. */
  log(namespace: string, pod: string, container: string): Promise<string>;
  /** Kills the processes of a Pod, which are then started again as its restart policy says. */
  kill(namespace: string, pod: string): void;
  /** Ends every process of it and deletes its nodes; the Pods stay as objects. */
  stop(): Promise<void>;
}

/**
 * Runs the Pods of Deployments and Jobs of a cluster as processes of this machine, inside the lab's frame. Each is
 * started as its Pod says: arguments, variables, ServiceAccount tokens, mounted Secrets, user, read-only root, probes,
 * time of grace, in a network of its own. Not honoured are limits, seccomp and NetworkPolicies; a Pod that asks for
 * anything else that cannot be done here is not started, and says why.
 * The API server reaches Services through it; see `serviceProxy` of the lab's layout.
 */
export async function startKubelet(lab: RunningLab, cluster: string, options: KubeletOptions = {}): Promise<Kubelet> {
  const plan = lab.plan.clusters.find(({ id }) => id === cluster);
  if (plan === undefined) throw new Error(`there is no cluster ${cluster}`);
  const directory = join(lab.directory, cluster, 'kubelet');
  const { nodes = ['node-1', 'node-2', 'node-3'] } = options;
  await mkdir(directory, { recursive: true });
  const controllers = startWorkloadControllers(lab, cluster, directory);
  const [api, raw] = await Promise.all([connectAsAdmin(lab, cluster), connectRaw(lab, cluster)]);
  const gateway = await openNodeGateway(lab, plan, directory);
  await createNodes(raw, nodes);
  const stopping = new AbortController();
  const log = fileLogger(join(directory, 'kubelet.log'));
  const common = { clock: systemClock, random: systemRandom, log };
  const follow = <T extends KubeObject>(type: ResourceType): Cache<T> => createCache<T>({ api, type, ...common });
  const caches = {
    pods: follow<Pod>(nodeKinds.pods),
    nodes: follow<Node>(nodeKinds.nodes),
    secrets: follow<DataObject>(nodeKinds.secrets),
    configMaps: follow<DataObject>(nodeKinds.configMaps),
    services: follow<Service>(nodeKinds.services),
    slices: follow<EndpointSlice>(nodeKinds.endpointSlices),
  };
  const logOf = (namespace: string, pod: string, container: string): string =>
    join(directory, `${namespace}.${pod}.${container}.log`);
  const reconciler = createPodReconciler({
    ...caches,
    api: raw,
    tokens: createTokens(raw),
    status: createStatusWriter(raw),
    enqueue: (key) => controller.enqueue(key),
    surroundings: {
      directory: join(directory, 'pods'),
      networks: createPodNetworks(lab, plan),
      images: options.images ?? ownImages(join(directory, 'images')),
      apiServer: gateway.apiServer,
      open: (target) => gateway.connect(target),
      enterFrame: enterFrame(lab.frame),
      log: ({ metadata: { namespace = '', name } }, container) => logOf(namespace, name, container),
    },
  });
  const controller = createController({
    ...common,
    name: 'kubelet',
    reconcile: (key) => reconciler.reconcile(key),
    concurrency: 8,
    retry: { backOff: { minMs: 50, maxMs: 1_000 } },
  });
  caches.pods.onChange(({ key }) => controller.enqueue(key));
  const enqueueAll = (namespace: string | undefined): void => {
    for (const { metadata } of caches.pods.list()) {
      if (namespace === undefined || metadata.namespace === namespace) {
        controller.enqueue(`${metadata.namespace}/${metadata.name}`);
      }
    }
  };
  caches.nodes.onChange(() => enqueueAll(undefined));
  for (const cache of [caches.secrets, caches.configMaps]) {
    cache.onChange(({ before, after }) => enqueueAll((after ?? before)?.metadata.namespace));
  }
  const running = Object.values(caches).map((cache) => cache.run(stopping.signal));
  await Promise.all(Object.values(caches).map((cache) => cache.whenSynced()));
  running.push(controller.run(stopping.signal));
  const proxy = proxyServices(lab.layout.cluster(cluster).serviceProxy, caches, gateway);
  return {
    connect: (target) => gateway.connect(target),
    log: (namespace, pod, container) => readFile(logOf(namespace, pod, container), 'utf8'),
    kill: (namespace, pod) => reconciler.kill(`${namespace}/${pod}`),
    stop: async () => {
      stopping.abort();
      await Promise.all(running);
      await reconciler.killAll();
      proxy.close();
      await deleteNodes(raw, nodes);
      await gateway.close();
      await controllers.stop();
      raw.close();
      await api.close();
    },
  };
}
