import { readFile } from 'node:fs/promises';
import { mapAddress, parseAddress } from '@leafway/core';
import { type Configuration, type IP, readConfiguration, resources, tenantNamespaceName } from '@leafway/liqo';
import { createKubeApi, type KubeApi, parseKubeconfig } from '@leafway/reconciler';
import { enterFrame, enterNetwork, networkOf } from './commands/exec.ts';
import { LabError } from './errors.ts';
import type { RunningLab } from './lab.ts';
import {
  type LabCounters,
  parseForwardCounter,
  parseTunnelCounter,
  readForwardCounter,
  type TunnelCount,
} from './network/counters.ts';
import { gatewayNamespacePrefix } from './network/namespaces.ts';
import { runCommand } from './network/run.ts';
import type { PodName } from './plan/networks.ts';
import { publishedPod } from './setup/published-pods.ts';

/**
 * Runs a command in a network of the lab (see `networkOf` for the targets) and returns what it printed.
 * @throws LabError `LAB_COMMAND` with its standard error when it fails.
 */
export function runInLab(lab: RunningLab, target: string, command: readonly string[], input?: string): Promise<string> {
  return runCommand(enterNetwork(lab.frame, networkOf(lab.clusters, target), command, '/'), input);
}

/**
 * The same in the lab's frame, in no network of it: for what builds networks of its own there.
 * @throws LabError `LAB_COMMAND` with its standard error when it fails.
 */
export function runInFrame(lab: RunningLab, command: readonly string[], input?: string): Promise<string> {
  return runCommand([...enterFrame(lab.frame), ...command], input);
}

/** Reads the kernel's counters: which tunnels traffic crossed, and how much the centre forwarded between leaves. */
export async function readCounters(lab: RunningLab): Promise<LabCounters> {
  const [forwarded, namespaces] = await Promise.all([
    runInLab(lab, `${lab.centre}/node`, readForwardCounter),
    runInFrame(lab, ['ls', '/run/netns']),
  ]);
  const gateways = lab.clusters.flatMap((cluster) => {
    const prefix = gatewayNamespacePrefix(cluster);
    return namespaces
      .split('\n')
      .filter((name) => name.startsWith(prefix))
      .map((namespace) => ({ cluster, remote: namespace.slice(prefix.length), namespace }));
  });
  const tunnels = await Promise.all(
    gateways.map(async ({ cluster, remote, namespace }): Promise<TunnelCount[]> => {
      const command = ['ip', '-netns', namespace, '-json', '-stats', 'link', 'show', 'dev', 'liqo-tunnel'];
      try {
        return [{ cluster, remote, ...parseTunnelCounter(await runInFrame(lab, command)) }];
      } catch (error) {
        // A gateway that is being made or removed has no tunnel.
        if (error instanceof LabError) return [];
        throw error;
      }
    }),
  );
  return { forwardedByCentre: parseForwardCounter(forwarded), tunnels: tunnels.flat() };
}

/** The admin's connection to a cluster; the caller closes it. */
export async function connectAsAdmin(lab: RunningLab, cluster: string): Promise<KubeApi & { close(): Promise<void> }> {
  return createKubeApi(parseKubeconfig(await readFile(lab.kubeconfig(cluster), 'utf8')), {
    cluster,
    userAgent: 'leafway-lab',
  });
}

/** A pod as seen from another cluster. */
export interface Route {
  readonly from: string;
  readonly to: string;
  readonly pod: PodName;
}

/**
 * The address under which a leaf reaches another leaf's pod through the centre: what it calls the address that the
 * centre published for that pod.
 * @throws LabError `LAB_COMMAND` when the objects for it are not there.
 */
export async function addressThroughCentre(lab: RunningLab, { from, to, pod }: Route): Promise<string> {
  const published = await withAdmin(lab, lab.centre, (api) => api.get<IP>(resources.ips, publishedPod(to, pod)));
  const address = published?.status?.ip;
  if (address === undefined)
    throw new LabError('LAB_COMMAND', `${lab.centre} has published no address for ${to}/${pod}`);
  return nameOf(lab, { at: from, remote: lab.centre, range: 'external', address });
}

/**
 * The address under which a cluster reaches another's pod over their own tunnel.
 * @throws LabError `LAB_COMMAND` when there is no such tunnel, or it is not configured yet.
 */
export function directAddress(lab: RunningLab, { from, to, pod }: Route): Promise<string> {
  const address = lab.plan.clusters.find(({ id }) => id === to)?.networks.pods[pod];
  if (address === undefined) throw new LabError('LAB_ARGUMENT', `there is no cluster "${to}"`);
  return nameOf(lab, { at: from, remote: to, range: 'pod', address });
}

async function nameOf(
  lab: RunningLab,
  { at, remote, range, address }: { at: string; remote: string; range: 'pod' | 'external'; address: string },
): Promise<string> {
  const ref = { namespace: tenantNamespaceName(remote), name: remote };
  const configuration = await withAdmin(lab, at, (api) => api.get<Configuration>(resources.configurations, ref));
  const reading = configuration === undefined ? undefined : readConfiguration(configuration);
  const [mapping] = reading?.ready === true ? reading[range] : [];
  if (mapping === undefined) throw new LabError('LAB_COMMAND', `${at} has no names for the addresses of ${remote}`);
  return mapAddress(parseAddress(address), mapping.real, mapping.name).text;
}

async function withAdmin<T>(lab: RunningLab, cluster: string, use: (api: KubeApi) => Promise<T>): Promise<T> {
  const api = await connectAsAdmin(lab, cluster);
  try {
    return await use(api);
  } finally {
    await api.close();
  }
}
