import { createKubeApi } from '@leafway/reconciler';
import { agentPart } from '../parts.ts';
import { type ClusterPlan, centreOf } from '../plan/lab-plan.ts';
import { apiServerPart, controllerManagerPart, etcdPart } from '../servers/control-plane.ts';
import { type AdminAccess, writeClusterCredentials, writeSecret } from '../servers/credentials.ts';
import { formatKubeconfig } from '../servers/kubeconfig.ts';
import { requestToken, waitForAnswer } from '../servers/request.ts';
import { createIdentity, createNamespaces, type Identity, installKinds } from '../setup/cluster.ts';
import type { TunnelEnd } from '../setup/link.ts';
import { createPods } from '../setup/pods.ts';
import { waitForOwnNetworks } from '../setup/ranges.ts';
import { type BringUp, serverTimeoutMs, waiting } from './bring-up-work.ts';

/** A cluster whose control plane and agent work. */
export interface RunningCluster extends TunnelEnd {
  readonly access: AdminAccess;
  close(): Promise<void>;
}

/** Starts one cluster: its control plane, what every cluster holds, and its agent as soon as `network` is built. */
export async function startCluster(work: BringUp, plan: ClusterPlan, network: Promise<void>): Promise<RunningCluster> {
  const access = await startControlPlane(work, plan);
  const { server, ca, cert, key } = access;
  const api = createKubeApi(
    { server, caData: ca, certData: cert, keyData: key },
    { cluster: plan.id, userAgent: 'leafway-lab' },
  );
  const admin = { id: plan.id, api, signal: work.signal, sleep: waiting(work).sleep };
  const { bare, charts } = work.plan;
  await installKinds(admin, { isCentre: plan === centreOf(work.plan), bare, charts });
  // Only now: the garbage collector learns of kinds at its start, and then only every half minute.
  work.start(controllerManagerPart(work.plan, work.layout, plan));
  await createNamespaces(admin);
  const cluster = { admin, access, plan, close: () => api.close() };
  await writeProcessKubeconfig(work, cluster, 'agent');
  await network;
  work.start(agentPart(work.plan, work.layout, plan));
  await Promise.all([createPods(admin, plan, work.clock.now()), waitForOwnNetworks(cluster)]);
  return cluster;
}

async function startControlPlane(work: BringUp, cluster: ClusterPlan): Promise<AdminAccess> {
  const { plan, layout, start, clock, signal } = work;
  const access = await writeClusterCredentials(layout, cluster, clock.now());
  start(etcdPart(plan, layout, cluster));
  start(apiServerPart(plan, layout, cluster));
  const what = `the API server of ${cluster.id}`;
  await waitForAnswer(
    { url: `${access.server}/readyz`, access, signal, what, timeoutMs: serverTimeoutMs },
    waiting(work),
  );
  return access;
}

/** A kubeconfig with a token of the process's own ServiceAccount on that cluster. */
export async function processKubeconfig(
  work: BringUp,
  { admin, access, plan }: RunningCluster,
  identity: Identity,
): Promise<string> {
  const account = await createIdentity(admin, identity, work.plan.charts);
  const token = await requestToken(access, account, work.signal);
  const { server, ca } = access;
  return formatKubeconfig({ cluster: plan.id, user: account.name, server, ca, credential: { token } });
}

/** Writes that kubeconfig to where the process reads it. */
export async function writeProcessKubeconfig(
  work: BringUp,
  cluster: RunningCluster,
  identity: Identity,
): Promise<void> {
  const text = await processKubeconfig(work, cluster, identity);
  await writeSecret(work.layout.cluster(cluster.plan.id).credential(identity), text);
}
