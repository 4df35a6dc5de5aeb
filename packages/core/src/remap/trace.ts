import type { Address } from '../address/address.ts';
import type { Cidr } from '../address/cidr.ts';
import { contains } from '../address/relations.ts';
import type { RemoteNames } from './range-mapping.ts';
import {
  type Packet,
  type Rewrite,
  type Rewritten,
  toNamedSource,
  toRealDestination,
  withDestination,
  withFirstSource,
} from './trace-packet.ts';

/** What one cluster calls the ranges of another, and whether packets can get there. */
export interface TracedRemote {
  readonly cluster: string;
  readonly names: RemoteNames;
  /** False when no gateway leads there: then the names lead nowhere. */
  readonly hasGateway: boolean;
}

/** One cluster, as far as it forwards and rewrites packets. */
export interface TracedCluster {
  readonly id: string;
  readonly pod: readonly Cidr[];
  readonly external: readonly Cidr[];
  readonly remotes: readonly TracedRemote[];
  /** Where the addresses of its external range lead (`IP` objects), where that is known. */
  readonly published?: readonly PublishedAddress[];
}

/** An address of an external range, and the address that it stands for on the same cluster. */
export interface PublishedAddress {
  readonly external: Address;
  readonly real: Address;
}

/** A packet at one place of its path. */
export interface Hop {
  readonly cluster: string;
  /** The sending pod, the node, the gateway to `remote`, or where it ends. */
  readonly place: 'Sender' | 'Node' | 'Gateway' | 'Receiver';
  /** The cluster at the other end of the gateway's tunnel. */
  readonly remote?: string;
  /** The packet as it leaves this place. */
  readonly source: Cidr;
  readonly destination: Address;
  /** What this place rewrote, in this order. */
  readonly rewrites: readonly Rewrite[];
}

/** The way of a packet. */
export interface Trace {
  readonly hops: readonly Hop[];
  /** Why the packet gets no further than the last hop; absent when it arrives. */
  readonly stuck?: string;
}

/** A packet, and what is known of the clusters that may carry it. */
export interface TraceInput {
  readonly clusters: readonly TracedCluster[];
  /** Where the sender is. */
  readonly from: string;
  /** The sender's address, or the range in which it is. */
  readonly source: Cidr;
  /** What the sender dials. */
  readonly destination: Address;
}

/** More clusters than any sensible path has: a packet that goes on after them goes round in circles. */
const mostClusters = 8;

/**
 * Follows a packet from a pod through every gateway to where it ends, with each rewriting of its addresses, in the
 * order in which Liqo's gateways do it. Names and `IP` objects alone decide which way it goes, direct or through the centre.
 */
export function trace({ clusters, from, source, destination }: TraceInput): Trace {
  const hops: Hop[] = [{ cluster: from, place: 'Sender', source, destination, rewrites: [] }];
  let packet: Packet = { source, destination };
  let at = from;
  for (let passed = 0; passed < mostClusters; passed += 1) {
    const cluster = clusters.find(({ id }) => id === at);
    if (cluster === undefined) return { hops, stuck: `nothing is known of the ranges of ${at}` };
    const step = forward(cluster, packet, hops.length === 1, clusters);
    hops.push(...step.hops);
    if (step.stuck !== undefined) return { hops, stuck: step.stuck };
    if (step.next === undefined) return { hops };
    ({ packet, at } = step.next);
  }
  return { hops, stuck: 'it goes round in circles' };
}

interface Step {
  readonly hops: readonly Hop[];
  readonly next?: { readonly packet: Packet; readonly at: string };
  readonly stuck?: string;
}

/** From a cluster's node to where the packet ends there, or through a tunnel to the node of the next cluster. */
function forward(self: TracedCluster, packet: Packet, isSender: boolean, clusters: readonly TracedCluster[]): Step {
  if (self.pod.some((range) => contains(range, packet.destination))) {
    return { hops: [hop(self.id, 'Receiver', { packet })] };
  }
  for (const remote of self.remotes) {
    const outgoing = toRealDestination(packet, remote.names);
    if (outgoing !== undefined) return through(self, remote, packet, clusters);
  }
  return { hops: [], stuck: deadEnd(self, packet, isSender) };
}

function through(
  self: TracedCluster,
  { cluster, names, hasGateway }: TracedRemote,
  packet: Packet,
  clusters: readonly TracedCluster[],
): Step {
  if (!hasGateway) {
    const stuck = `${self.id} has names for the ranges of ${cluster}, but no gateway to it: there is no tunnel`;
    return { hops: [], stuck };
  }
  const node = leaveNode(self, packet);
  const outgoing = toRealDestination(node.packet, names) ?? node;
  const hops = [
    ...(node.rewrite === undefined ? [] : [hop(self.id, 'Node', node)]),
    hop(self.id, 'Gateway', outgoing, cluster),
  ];
  const peer = clusters.find(({ id }) => id === cluster);
  const back = peer?.remotes.find((remote) => remote.cluster === self.id);
  if (peer === undefined || back === undefined) {
    return { hops, stuck: `what ${cluster} calls the ranges of ${self.id} is not known` };
  }
  const published = leadOn(peer, outgoing.packet);
  const incoming = toNamedSource(published.packet, back.names);
  if (incoming === undefined) {
    return { hops, stuck: `${cluster} drops it: its sender is in no range that ${cluster} knows of ${self.id}` };
  }
  hops.push(hop(cluster, 'Gateway', incoming, self.id, published.rewrite));
  return { hops, next: { packet: incoming.packet, at: cluster } };
}

/** A remote knows a cluster's own pods only: whoever else sends gets the first address of its external range. */
function leaveNode({ pod, external }: TracedCluster, packet: Packet): Rewritten {
  const [unknownSource] = external.filter(({ family }) => family === packet.destination.family);
  const isOwnPod = pod.some((range) => contains(range, packet.source));
  return isOwnPod || unknownSource === undefined ? { packet } : withFirstSource(packet, unknownSource);
}

/** A gateway leads what comes from its tunnel for an address of the external range on to what that stands for. */
function leadOn({ published = [] }: TracedCluster, packet: Packet): Rewritten {
  const found = published.find(({ external }) => external.text === packet.destination.text);
  return found === undefined ? { packet } : withDestination(packet, found.real);
}

function deadEnd({ id, external, published }: TracedCluster, { destination }: Packet, isSender: boolean): string {
  if (!external.some((range) => contains(range, destination))) {
    return `${destination.text} is neither a pod of ${id} nor a name that ${id} has for another cluster: it leaves ${id} like any other address`;
  }
  if (isSender) return `${destination.text} is in the external range of ${id} itself, which is for other clusters`;
  if (published === undefined)
    return `where ${id} leads ${destination.text} is not known: its IP objects cannot be read`;
  return `no IP object on ${id} has the address ${destination.text}`;
}

function hop(
  cluster: string,
  place: Hop['place'],
  { packet, rewrite }: Rewritten,
  remote?: string,
  first?: Rewrite,
): Hop {
  const rewrites = [...(first === undefined ? [] : [first]), ...(rewrite === undefined ? [] : [rewrite])];
  return { cluster, place, ...(remote === undefined ? {} : { remote }), ...packet, rewrites };
}
