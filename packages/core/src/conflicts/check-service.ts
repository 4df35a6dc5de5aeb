import { type Problem, problem } from '../errors.ts';
import type { LeafNode } from './leaf-node.ts';
import type { Subject } from './review.ts';
import { isOlder } from './seniority.ts';
import { serverBetween, serverOf } from './server.ts';
import { type StoredShortcut, wishesOf } from './stored-shortcut.ts';

/** The node ports that Kubernetes gives, unless a cluster is set up otherwise. */
const nodePorts = { first: 30_000, last: 32_767 } as const;

const path = 'spec.gateway.service';

/**
 * On one cluster a node port, or an address of the load balancer, belongs to one Service: two shortcuts with the same
 * server cannot both have it.
 */
export function checkService(subject: Subject): Problem[] {
  const { server, nodePort, loadBalancerIP } = wishesOf(subject.shortcut);
  if (nodePort === undefined && loadBalancerIP === undefined) return [];
  const serverID = serverBetween(subject.leaves, server, subject.currentServer, subject.unfit);
  const leaf = subject.leaves.find((each) => each?.id === serverID);
  if (leaf === undefined) return [];
  return [
    ...(nodePort === undefined ? [] : checkNodePort(subject, leaf, nodePort)),
    ...(loadBalancerIP === undefined ? [] : checkAddress(subject, leaf, loadBalancerIP)),
  ];
}

function checkNodePort(subject: Subject, leaf: LeafNode, port: number): Problem[] {
  const rival = rivalAmong(subject, leaf, leaf.nodePorts.at(port));
  if (rival === undefined) return [];
  const free = freePort(subject, leaf, port);
  const wayOut =
    free === undefined
      ? 'leave it out and the cluster chooses'
      : `use ${free}, or leave it out and the cluster chooses`;
  const message = `the gateway server of the VirtualNodeShortcut "${rival.name}" has node port ${port} on ${leaf.id} already: ${wayOut}`;
  return [problem(`${path}.nodePort`, 'CORE_NODE_PORT_TAKEN', message, rival)];
}

function checkAddress(subject: Subject, leaf: LeafNode, address: string): Problem[] {
  const rival = rivalAmong(subject, leaf, leaf.loadBalancerIPs.at(address));
  if (rival === undefined) return [];
  const message = `the gateway server of the VirtualNodeShortcut "${rival.name}" has the address ${address} on ${leaf.id} already: use another, or leave it out and the load balancer chooses`;
  return [problem(`${path}.loadBalancerIP`, 'CORE_LOAD_BALANCER_IP_TAKEN', message, rival)];
}

/** The oldest of those that have it and to whom this shortcut yields. */
function rivalAmong(
  subject: Subject,
  leaf: LeafNode,
  candidates: Iterable<StoredShortcut>,
): StoredShortcut | undefined {
  const { shortcut, isStored, seniority } = subject;
  const yieldsToAll = !isStored || isOtherService(subject, leaf);
  return served(leaf, candidates, shortcut)
    .filter((other) => yieldsToAll || isOlder(other, seniority))
    .sort((a, b) => (isOlder(a, b) ? -1 : 1))[0];
}

/** The stored shortcut is changed: what it wants now it never had, however old it is. */
function isOtherService({ self, shortcut }: Subject, leaf: LeafNode): boolean {
  if (self === undefined || self.uid !== shortcut.metadata.uid) return false;
  const { nodePort, loadBalancerIP } = wishesOf(shortcut);
  const { wishes } = self;
  return serverOf(self) !== leaf.id || wishes.nodePort !== nodePort || wishes.loadBalancerIP !== loadBalancerIP;
}

/** Those of other pairs that are served by that leaf; one of the same pair is judged as such. */
function served(
  leaf: LeafNode,
  candidates: Iterable<StoredShortcut>,
  { metadata, spec }: Subject['shortcut'],
): StoredShortcut[] {
  const ends = spec.clusters.map(({ id }) => id);
  return [...candidates].filter((other) => {
    const isOfPair = ends.includes(other.pair.a.id) && ends.includes(other.pair.b.id);
    return other.name !== metadata.name && !isOfPair && serverOf(other) === leaf.id;
  });
}

/** The first port above that nobody asks for, else the first of all. */
function freePort({ shortcut }: Subject, leaf: LeafNode, port: number): number | undefined {
  const count = nodePorts.last - nodePorts.first + 1;
  for (let step = 1; step < count; step += 1) {
    const candidate = nodePorts.first + ((port - nodePorts.first + step) % count);
    if (served(leaf, leaf.nodePorts.at(candidate), shortcut).length === 0) return candidate;
  }
  return undefined;
}
