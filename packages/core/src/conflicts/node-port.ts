import type { LeafCluster, ShortcutSpec } from '../api/index.ts';
import { type Problem, problem } from '../errors.ts';
import { currentServer, leafFacts } from '../facts/leaf-facts.ts';
import { electServer } from '../roles/elect-server.ts';

/** The node ports that Kubernetes gives, unless a cluster is set up otherwise. */
const nodePorts = { first: 30_000, last: 32_767 } as const;

interface NodePortInput {
  readonly spec: ShortcutSpec;
  readonly leaves: (id: string) => LeafCluster | undefined;
  readonly shortcuts: readonly { readonly name: string; readonly spec: ShortcutSpec }[];
  readonly currentServer?: string | undefined;
}

/** On one cluster a node port belongs to one Service: two shortcuts with the same server can not both have it. */
export function checkNodePort({ spec, leaves, shortcuts, currentServer: known }: NodePortInput): Problem[] {
  const port = nodePortOf(spec);
  const server = port === undefined ? undefined : serverOf(spec, leaves, known);
  if (port === undefined || server === undefined) return [];
  const neighbours = shortcuts.filter(
    (other) => nodePortOf(other.spec) !== undefined && serverOf(other.spec, leaves) === server,
  );
  const rival = neighbours.find((other) => nodePortOf(other.spec) === port);
  if (rival === undefined) return [];
  const free = freePort(port, new Set(neighbours.map((other) => nodePortOf(other.spec))));
  const wayOut =
    free === undefined
      ? 'leave it out and the cluster chooses'
      : `use ${free}, or leave it out and the cluster chooses`;
  const message = `the gateway server of the VirtualNodeShortcut "${rival.name}" has node port ${port} on ${server} already: ${wayOut}`;
  return [problem('spec.gateway.service.nodePort', 'CORE_NODE_PORT_TAKEN', message, rival)];
}

function nodePortOf(spec: ShortcutSpec): number | undefined {
  return spec.gateway?.service?.nodePort;
}

/** Where a shortcut's gateway server runs, as far as that is known. */
function serverOf(
  { clusters, gateway }: ShortcutSpec,
  leaves: NodePortInput['leaves'],
  known?: string,
): string | undefined {
  if (gateway?.server !== undefined && gateway.server !== 'Auto') return gateway.server;
  const [a, b] = clusters.map(({ id }) => leaves(id));
  if (a === undefined || b === undefined) return undefined;
  const [factsA, factsB] = [leafFacts(a), leafFacts(b)];
  if (!factsA.ok || !factsB.ok) return undefined;
  const running = known ?? currentServer(a, b);
  const election = electServer({ facts: [factsA.value, factsB.value], currentServer: running });
  return election.ok ? election.value.server : undefined;
}

/** The first unused port above, else the first of all. */
function freePort(port: number, used: ReadonlySet<number | undefined>): number | undefined {
  const count = nodePorts.last - nodePorts.first + 1;
  const candidates = Array.from(
    { length: count },
    (_, step) => nodePorts.first + ((port - nodePorts.first + step) % count),
  );
  return candidates.find((candidate) => !used.has(candidate));
}
