import { allocate, type Cidr, cidrOf, formatAddress, overlaps, parseCidr } from '@leafway/core';
import { LabError } from '../errors.ts';
import type { LabRequest, RequestedCluster } from './arguments.ts';

/** The pods that every cluster has, with their host numbers in the pod CIDR. */
const podHostNumbers = { client: 10, web: 11 } as const;
/** A pod that every cluster has. */
export type PodName = keyof typeof podHostNumbers;
export const podNames = Object.keys(podHostNumbers) as readonly PodName[];

/** All ranges of one cluster, as text: they go into flags, objects and files. */
export interface ClusterNetworks {
  readonly pod: string;
  readonly external: string;
  readonly service: string;
  readonly internal: string;
  /** Ranges that must not be given to a remote: the WAN and the tunnels' inner addresses. */
  readonly reserved: readonly string[];
  /** Where the cluster's gateways take their WAN addresses from. */
  readonly uplink: string;
  readonly pods: Readonly<Record<PodName, string>>;
}

export interface LabNetworks {
  readonly wan: string;
  readonly clusters: readonly ClusterNetworks[];
}

const innerAddresses = parseCidr('169.254.0.0/16');
/** Liqo's defaults, and the service range of most installations. */
const wished = {
  external: parseCidr('10.70.0.0/16'),
  internal: parseCidr('10.80.0.0/16'),
  service: parseCidr('10.96.0.0/12'),
} as const;

/**
 * Gives every cluster its ranges: the defaults where the chosen pod CIDRs leave them free, else the next free block.
 * @throws LabError `LAB_ARGUMENT` when the pod CIDRs leave no room for the lab's own ranges or for the remapped ones.
 */
export function planNetworks(request: LabRequest): LabNetworks {
  const wan = chooseWAN(request.clusters);
  const clusters = request.clusters.map((cluster, index) => planCluster(cluster, wan, index));
  checkRemapping(request, clusters);
  return { wan: wan.text, clusters };
}

function chooseWAN(clusters: readonly RequestedCluster[]): Cidr {
  const secondOctets = [30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16, 31];
  const candidates = [...secondOctets.map((octet) => `172.${octet}.0.0/16`), '198.18.0.0/16', '192.168.0.0/16'];
  const free = candidates
    .map((text) => parseCidr(text))
    .find((candidate) => clusters.every(({ podCIDR }) => !overlaps(candidate, podCIDR)));
  if (free === undefined) {
    throw new LabError(
      'LAB_ARGUMENT',
      '--pod-cidr: together the pod CIDRs leave no /16 for the network between the clusters',
    );
  }
  return free;
}

function planCluster({ id, podCIDR }: RequestedCluster, wan: Cidr, index: number): ClusterNetworks {
  const taken = [podCIDR, wan, innerAddresses];
  const choose = (name: keyof typeof wished): Cidr => {
    const others = (Object.keys(wished) as (keyof typeof wished)[])
      .filter((other) => other !== name)
      .map((other) => wished[other]);
    const chosen = chooseRange(wished[name], taken, others);
    if (chosen === undefined)
      throw new LabError('LAB_ARGUMENT', `--pod-cidr ${id}=${podCIDR.text}: leaves no room for the ${name} range`);
    taken.push(chosen);
    return chosen;
  };
  const external = choose('external');
  const internal = choose('internal');
  const service = choose('service');
  return {
    pod: podCIDR.text,
    external: external.text,
    internal: internal.text,
    service: service.text,
    reserved: [wan.text, innerAddresses.text],
    uplink: cidrOf(4, wan.address + (BigInt(index + 1) << 8n), 24).text,
    pods: {
      client: formatAddress(4, podCIDR.address + BigInt(podHostNumbers.client)),
      web: formatAddress(4, podCIDR.address + BigInt(podHostNumbers.web)),
    },
  };
}

/** The wished range, else one of its length beside the other wishes, else a /16: a service range may be any size. */
function chooseRange(wish: Cidr, taken: readonly Cidr[], others: readonly Cidr[]): Cidr | undefined {
  if (taken.every((range) => !overlaps(range, wish))) return wish;
  const sixteen = cidrOf(wish.family, wish.address, 16);
  return allocate(wish, [...taken, ...others]) ?? allocate(wish, taken) ?? allocate(sixteen, taken);
}

/** Each cluster must find names for the ranges of those it has a tunnel with at the start (centre and leaf). */
function checkRemapping(request: LabRequest, clusters: readonly ClusterNetworks[]): void {
  const [centre, ...leaves] = request.clusters.map(({ id }, index) => ({
    id,
    networks: clusters[index] as ClusterNetworks,
  }));
  if (centre === undefined) return;
  const problems = [...unnameable(centre, leaves), ...leaves.flatMap((leaf) => unnameable(leaf, [centre]))];
  if (problems.length > 0) throw new LabError('LAB_ARGUMENT', problems.join('\n'));
}

interface NamedCluster {
  readonly id: string;
  readonly networks: ClusterNetworks;
}

function unnameable(owner: NamedCluster, remotes: readonly NamedCluster[]): string[] {
  const { pod, external, service, internal, reserved } = owner.networks;
  const taken = [pod, external, service, internal, ...reserved].map((text) => parseCidr(text));
  const problems: string[] = [];
  for (const remote of remotes) {
    for (const [what, text] of [
      ['pods', remote.networks.pod],
      ['external range', remote.networks.external],
    ] as const) {
      const name = allocate(parseCidr(text), taken, { outsidePools: 'keep' });
      if (name === undefined) {
        problems.push(
          `--pod-cidr: ${owner.id} has no free block of that size to remap ${remote.id}'s ${what} ${text} to; choose smaller ranges`,
        );
      } else {
        taken.push(name);
      }
    }
  }
  return problems;
}
