import { type Address, type Cidr, type Trace, type TracedCluster, trace } from '@leafway/core';
import { type ApiError, isApiError, type KubeApi } from '@leafway/reconciler';
import { failed } from '../errors.ts';
import { suggestion } from '../output/nearest.ts';
import type { OpenApi, Terminal } from '../terminal.ts';
import { serversWords } from './explain-error.ts';
import type { Fleet } from './fleet.ts';
import { openLeaf } from './open-leaf.ts';
import { type KnownCluster, readCluster, recordedCluster } from './traced-cluster.ts';

export interface FleetTraceInput {
  readonly from: string;
  /** The sender's address; its cluster's pods when nobody says. */
  readonly source: Cidr | undefined;
  readonly destination: Address;
}

/** A trace with everything that it rests on. */
export interface FleetTrace {
  readonly source: Cidr;
  readonly trace: Trace;
  readonly clusters: readonly TracedCluster[];
  /** `namespace/name` of a cluster's gateway to another, where it was seen. */
  gateway(cluster: string, remote: string): string | undefined;
}

/** A leaf that does not answer soon is taken as it is recorded. */
const leafTimeoutMs = 5_000;

/**
 * Traces a packet: by what the central cluster recorded of its leaves at first, and then, until no other leaf is on the
 * path, by the objects of the leaves themselves, where this user may read their kubeconfig Secrets and they answer.
 */
export async function traceFleet(
  terminal: Terminal,
  central: KubeApi,
  fleet: Fleet,
  input: FleetTraceInput,
): Promise<FleetTrace> {
  const known = new Map(fleet.leaves.map((leaf) => [leaf.metadata.name, recordedCluster(leaf)]));
  if (fleet.centralClusterID !== undefined)
    known.set(fleet.centralClusterID, await readCluster(central, fleet.centralClusterID, terminal.signal));
  if (!known.has(input.from)) throw unknownCluster(input.from, [...known.keys()]);
  const asked = new Set<string>();
  for (;;) {
    const traced = run(known, input);
    const { hops } = traced.trace;
    const passed = new Set([input.from, ...hops.flatMap(({ cluster, remote = cluster }) => [cluster, remote])]);
    const next = fleet.leaves.filter(({ metadata: { name } }) => passed.has(name) && !asked.has(name));
    if (next.length === 0) return traced;
    const read = await Promise.all(next.map((leaf) => readLeaf(terminal, central, leaf)));
    for (const [index, { metadata }] of next.entries()) {
      asked.add(metadata.name);
      const found = read[index];
      if (found !== undefined) known.set(metadata.name, found);
    }
  }
}

function unknownCluster(from: string, ids: readonly string[]): Error {
  return failed(`there is no leaf "${from}"${suggestion(from, ids)}: --from is one of ${ids.toSorted().join(', ')}`);
}

function run(known: ReadonlyMap<string, KnownCluster>, { from, source, destination }: FleetTraceInput): FleetTrace {
  const clusters = [...known.values()].map(({ cluster }) => cluster);
  const pods = known.get(from)?.cluster.pod ?? [];
  const sender = source ?? pods.find(({ family }) => family === destination.family);
  if (sender === undefined)
    throw failed(`the IPv${destination.family} pod range of ${from} is not known: say who sends with --source ADDRESS`);
  return {
    source: sender,
    trace: trace({ clusters, from, source: sender, destination }),
    clusters,
    gateway: (cluster, remote) => known.get(cluster)?.gateways.get(remote),
  };
}

async function readLeaf(
  terminal: Terminal,
  central: KubeApi,
  leaf: Fleet['leaves'][number],
): Promise<KnownCluster | undefined> {
  const { name } = leaf.metadata;
  const late = new AbortController();
  const cancelTimer = terminal.clock.setTimer(leafTimeoutMs, () => late.abort());
  const signal = AbortSignal.any([terminal.signal, late.signal]);
  let opened: OpenApi | undefined;
  try {
    opened = await openLeaf({ connectStrictly: terminal.connectStrictly, signal }, central, leaf);
    return await readCluster(opened.api, name, signal);
  } catch (error) {
    terminal.signal.throwIfAborted();
    const why = late.signal.aborted ? `no answer within ${leafTimeoutMs / 1_000} s` : reasonOf(error);
    terminal.progress(`${name} was not asked itself (${why}): taken as its LeafCluster says`);
    return undefined;
  } finally {
    cancelTimer();
    await opened?.close();
  }
}

const reasonOf = (error: unknown): string =>
  isApiError(error) ? serversWords(error satisfies ApiError) : error instanceof Error ? error.message : String(error);
