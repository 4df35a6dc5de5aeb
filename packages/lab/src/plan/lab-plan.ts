import type { LabRequest } from './arguments.ts';
import { type ClusterNetworks, type LabNetworks, planNetworks } from './networks.ts';

/** How one of our own programs is started: the executable and its first arguments. */
export type ProgramCommand = readonly string[];

/** Absolute paths of the binaries that a lab runs. */
export interface LabTools {
  readonly etcd: string;
  readonly kubeApiserver: string;
  readonly kubeControllerManager: string;
  readonly kubectl: string;
  /** Absent where the kernel has WireGuard. */
  readonly wireguardGo?: string | undefined;
  /** For people; the lab itself does not need it. */
  readonly helm: string;
}

/** How the processes of the other packages are started; the lab imports none of them. */
export interface LabPrograms {
  readonly supervisor: ProgramCommand;
  readonly web: ProgramCommand;
  readonly agent: ProgramCommand;
  readonly webhook: ProgramCommand;
  readonly controller: ProgramCommand;
}

/** A cluster by its Liqo cluster ID, its ranges, and the ports of its servers on 127.0.0.1. */
export interface ClusterPlan {
  readonly id: string;
  readonly networks: ClusterNetworks;
  readonly ports: { readonly apiServer: number; readonly etcd: number; readonly etcdPeer: number };
}

/** Everything that is decided before the first process starts. Plain data: it is kept as `lab.json`. */
export interface LabPlan {
  readonly directory: string;
  /** Without Leafway: its kinds, webhook, controller and LeafClusters. */
  readonly bare: boolean;
  readonly wan: string;
  /** The first one is the centre. */
  readonly clusters: readonly ClusterPlan[];
  readonly ports: { readonly webhook: number; readonly controllerHealth: number };
  readonly tools: LabTools;
  readonly programs: LabPrograms;
  /** Where the charts' roles and CRDs are read from. */
  readonly charts: string;
}

/** How many ports `planLab` needs. */
export function portsNeeded(clusterCount: number): number {
  return clusterCount * 3 + 2;
}

/** What a lab of so many clusters writes in its first hour: above all etcd, which sets its log aside at the start. */
export function bytesNeeded(clusterCount: number): number {
  return clusterCount * 200_000_000;
}

/** Every port of a lab, and what for. */
export function portsOf(plan: LabPlan): { readonly port: number; readonly use: string }[] {
  const ofClusters = plan.clusters.flatMap(({ id, ports }) =>
    Object.entries(ports).map(([use, port]) => ({ port, use: `${use} of ${id}` })),
  );
  return [...ofClusters, ...Object.entries(plan.ports).map(([use, port]) => ({ port, use }))];
}

/**
 * Puts request, ports and tools together.
 * @throws LabError `LAB_ARGUMENT` when the pod CIDRs leave no room, see `planNetworks`.
 */
export function planLab(input: {
  readonly directory: string;
  readonly bare: boolean;
  readonly request: LabRequest;
  readonly ports: readonly number[];
  readonly tools: LabTools;
  readonly programs: LabPrograms;
  readonly charts: string;
}): LabPlan {
  const networks: LabNetworks = planNetworks(input.request);
  const ports = [...input.ports];
  const takePort = (): number => {
    const port = ports.shift();
    if (port === undefined)
      throw new RangeError(`a lab of ${input.request.clusters.length} clusters needs more ports than were given`);
    return port;
  };
  return {
    directory: input.directory,
    bare: input.bare,
    wan: networks.wan,
    clusters: input.request.clusters.map(({ id }, index) => ({
      id,
      networks: networks.clusters[index] as ClusterNetworks,
      ports: { apiServer: takePort(), etcd: takePort(), etcdPeer: takePort() },
    })),
    ports: { webhook: takePort(), controllerHealth: takePort() },
    tools: input.tools,
    programs: input.programs,
    charts: input.charts,
  };
}

/** The central cluster of a plan. */
export function centreOf(plan: LabPlan): ClusterPlan {
  return plan.clusters[0] as ClusterPlan;
}
