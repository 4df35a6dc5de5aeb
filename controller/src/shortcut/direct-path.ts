import {
  noTrials,
  type ServerFailure,
  type ServerSymptom,
  type ServerTrials,
  unfitReason,
  type VirtualNodeShortcut,
} from '@leafway/core';
import { readConnection, readServerEndpoint } from '@leafway/liqo';
import type { Verdict } from './conditions.ts';
import type { ObservedLeaf } from './observation.ts';
import { hasWorked } from './readiness.ts';
import { dialledEndpoint, type Side, type Sides } from './side.ts';

type Leaves = readonly Pick<ObservedLeaf, 'id' | 'leafCluster'>[];

/** What of each cluster decides whether it is worth trying again as a server: whoever changes it means to help. */
export function situationsOf({ metadata, spec }: VirtualNodeShortcut, leaves: Leaves): Map<string, string> {
  const wishes = [metadata.generation, spec.gateway?.server];
  return new Map(
    leaves.map(({ id, leafCluster }) => [id, JSON.stringify([...wishes, leafCluster?.spec.gateway ?? {}])]),
  );
}

/** What is known of the trials by the status alone: a controller that starts must not begin anew with all of them. */
export function trialsFromStatus(
  { metadata, status }: VirtualNodeShortcut,
  situations: ReadonlyMap<string, string>,
): ServerTrials {
  const server = status?.clusters?.find(({ role }) => role === 'Server');
  if (server === undefined) return noTrials;
  const wereAllTried = status?.conditions?.some(
    ({ type, reason, observedGeneration }) =>
      type !== 'Accepted' && reason === 'DirectPathUnavailable' && observedGeneration === metadata.generation,
  );
  const failed = [...situations]
    .filter(([id]) => wereAllTried === true || server.roleReason === unfitReason(id))
    .map(([id, situation]) => [id, { failure: 'NotReached', situation }] as const);
  return { server: server.id, ...(hasWorked(status?.phase) ? { proven: server.id } : {}), failed: new Map(failed) };
}

/** How the gateway server does, as far as that can be told from here. */
export function symptomOf(sides: Sides, verdicts: readonly Verdict[]): ServerSymptom {
  if (sides.some(({ leaf }) => leaf.unreachable !== undefined || !leaf.isRead)) return 'Unknown';
  const server = sides.find(({ role }) => role === 'Server');
  if (server?.gateway === undefined) return 'Unknown';
  if (readServerEndpoint(server.gateway) === undefined) return 'NoAddress';
  const isPrepared = verdicts.every(({ type, status }) => type === 'Connected' || status === 'True');
  if (!isPrepared) return 'Unknown';
  const says = sides.map(({ connection }) => connection !== undefined && readConnection(connection.object).connected);
  if (says.every(Boolean)) return verdicts.some(({ reason }) => reason === 'ConnectionStale') ? 'Unknown' : 'Works';
  return 'NotReached';
}

/** Which clusters may be tried: the one that is wished for, or all that may serve. */
function candidatesOf(sides: Sides): string[] {
  const { server } = sides[0].input.spec.gateway;
  const all = sides.filter(({ input }) => input.own.mayServe).map(({ leaf }) => leaf.id);
  return server === 'Auto' ? all : [server];
}

/** Says that there is no direct way, where every gateway server that is possible was tried in vain. */
export function withoutDirectPath(sides: Sides, verdict: Verdict, trials: ServerTrials): Verdict {
  const candidates = candidatesOf(sides);
  const isFailing = trials.failsSinceMs !== undefined && verdict.status === 'False';
  if (!isFailing || !candidates.every((id) => trials.failed.has(id))) return verdict;
  const about = hasEndpoint(sides) ? 'Connected' : 'GatewaysReady';
  if (verdict.type !== about) return verdict;
  const tried = candidates.map((id) => failureWords(id, trials.failed.get(id)?.failure ?? 'NotReached'));
  const kept = sides
    .filter(({ leaf }) => !candidates.includes(leaf.id))
    .map(
      ({ leaf, input }) =>
        `${leaf.id} ${input.own.mayServe ? 'is not to serve by spec.gateway.server' : 'may not serve'}`,
    );
  const message = [
    `There is no direct way: ${[...tried, ...kept].join('; ')}.`,
    'Traffic stays on the path through the central cluster.',
    helpWords(sides),
  ].join(' ');
  return { type: about, status: 'False', reason: 'DirectPathUnavailable', message };
}

const failureWords = (id: string, failure: ServerFailure): string =>
  failure === 'NoAddress'
    ? `the gateway server of ${id} got no address`
    : `the gateway server of ${id} was not reached`;

const serverOf = (sides: Sides): Side => (sides[0].role === 'Server' ? sides[0] : sides[1]);

function hasEndpoint(sides: Sides): boolean {
  const { gateway } = serverOf(sides);
  return gateway !== undefined && readServerEndpoint(gateway) !== undefined;
}

/** What would help, in the order of what is easiest. */
function helpWords(sides: Sides): string {
  const { leaf, peer, input } = serverOf(sides);
  const { type, port } = input.spec.gateway.service;
  if (hasEndpoint(sides)) {
    const where = dialledEndpoint(sides) ?? 'the gateway server';
    return `To help, let UDP packets from ${peer} reach ${where} on ${leaf.id}, where the server goes on waiting, or set spec.gateway.address of a LeafCluster to where the other leaf reaches it (behind NAT).`;
  }
  const wayOut = type === 'NodePort' ? '' : ', or set spec.gateway.service.type to NodePort';
  return `To help, see why the Service of the gateway server (type ${type}, UDP port ${port}) gets no address on ${leaf.id}${wayOut}.`;
}
