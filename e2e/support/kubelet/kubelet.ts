import { mkdir } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { connectAsAdmin, type RunningLab } from '@leafway/lab';
import { enterFrame } from '@leafway/lab/internal';
import { createController, systemClock, systemRandom } from '@leafway/reconciler';
import { connectRaw } from '../objects/raw-api.ts';
import { followCluster, wakePods } from './cluster-view.ts';
import { fileLogger } from './file-logger.ts';
import { type Images, ownImages } from './images.ts';
import { createKubeletServer } from './kubelet-server.ts';
import { openNodeGateway } from './node-gateway.ts';
import { createNodes, deleteNodes } from './nodes.ts';
import { createPodNetworks } from './pod-network.ts';
import { createPodReconciler } from './pod-reconciler.ts';
import { serveClusterAddresses } from './service-proxy.ts';
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
 * The API server reaches Services through it, see `serviceProxy` of the lab's layout; of its own API it serves logs.
 */
export async function startKubelet(lab: RunningLab, cluster: string, options: KubeletOptions = {}): Promise<Kubelet> {
  const plan = lab.plan.clusters.find(({ id }) => id === cluster);
  if (plan === undefined) throw new Error(`there is no cluster ${cluster}`);
  const directory = join(lab.directory, cluster, 'kubelet');
  const { nodes = ['node-1', 'node-2', 'node-3'], images = ownImages(join(directory, 'images')) } = options;
  await mkdir(directory, { recursive: true });
  const logOf = (namespace: string, pod: string, container: string): string =>
    join(directory, `${namespace}.${pod}.${container}.log`);

  const common = { clock: systemClock, random: systemRandom, log: fileLogger(join(directory, 'kubelet.log')) };
  const stopping = new AbortController();
  const [api, raw] = await Promise.all([connectAsAdmin(lab, cluster), connectRaw(lab, cluster)]);
  const workloads = startWorkloadControllers(lab, cluster, directory);
  await createNodes(raw, nodes);
  const { view, ended } = await followCluster(api, common, stopping.signal);
  const gateway = await openNodeGateway(lab, plan, directory);
  const server = await createKubeletServer(join(directory, 'kubelet.sock'), logOf);
  const proxy = serveClusterAddresses(lab.layout.cluster(cluster).serviceProxy, { view, gateway, kubelet: server });
  const surroundings = {
    directory: join(directory, 'pods'),
    networks: createPodNetworks(lab, plan),
    images,
    apiServer: gateway.apiServer,
    open: gateway.connect,
    enterFrame: enterFrame(lab.frame),
    log: logOf,
  };
  const reconciler = createPodReconciler({
    ...{ view, surroundings, api: raw, tokens: createTokens(raw), status: createStatusWriter(raw) },
    enqueue: (key) => controller.enqueue(key),
  });
  const controller = createController({
    ...common,
    name: 'kubelet',
    reconcile: reconciler.reconcile,
    concurrency: 8,
    retry: { backOff: { minMs: 50, maxMs: 1_000 } },
  });
  wakePods(view, controller.enqueue);
  const working = controller.run(stopping.signal);

  return {
    connect: gateway.connect,
    kill: (namespace, pod) => reconciler.kill(`${namespace}/${pod}`),
    stop: async () => {
      stopping.abort();
      await Promise.all([working, ended]);
      await reconciler.killAll();
      proxy.close();
      server.close();
      await deleteNodes(raw, nodes);
      await Promise.all([gateway.close(), workloads.stop(), api.close()]);
      raw.close();
    },
  };
}
