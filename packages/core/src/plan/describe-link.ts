import { isSameCidr } from '../address/relations.ts';
import type { CompleteShortcutSpec } from '../api/index.ts';
import type { RangeMapping } from '../remap/range-mapping.ts';
import { fitLine, listLines, shortenWords, warningLength } from './lines.ts';
import type { Plan, SidePlan } from './plan.ts';

/** A plan as far as it is decided before anything is said about it. */
export type PlanCore = Omit<Plan, 'warnings'>;

/** Who runs the gateway server, and why. */
export function roleLine({ sides, server, roleReason }: PlanCore): string {
  const client = sides.find(({ cluster }) => cluster !== server)?.cluster ?? '';
  return fitLine(`${server} runs the gateway server, ${client} the client: ${roleReason}`, [server, client]);
}

/** What one side calls the pods of the other. */
export function podLines(side: SidePlan): string[] {
  const { cluster, peer, names } = side;
  const verb = side.certainty === 'will be' ? 'will be' : 'are expected at';
  const items = names.pod.map((mapping) => ({ full: withReal(mapping, peer), bare: mapping.name.text }));
  return listLines(`seen from ${cluster}, ${peer}'s pods ${verb} `, items, [cluster, peer]);
}

function withReal({ real, name }: RangeMapping, peer: string): string {
  return `${name.text} (${isSameCidr(real, name) ? 'unchanged' : `${real.text} in ${peer}`})`;
}

/** What both sides call each other's external ranges, of which each cluster has one. */
export function externalLines({ sides }: PlanCore): string[] {
  const items = byID(sides).flatMap(({ cluster, peer, names: { external }, certainty }) => {
    const verb = certainty === 'will be' ? 'will be' : 'is expected at';
    return external.map(({ name }) => {
      const full = `${peer}'s ${verb} ${name.text} in ${cluster}`;
      return { full, bare: shortenWords(full, [peer, cluster]) };
    });
  });
  return listLines('external ranges: ', items);
}

/** What the link takes: gateways, ranges, a load balancer or a node port. */
export function costLine({ sides, server }: PlanCore, { gateway: { service } }: CompleteShortcutSpec): string {
  const [a, b] = byID(sides).map((side) => ({ id: side.cluster, ranges: rangesOf(side) })) as [RangeCount, RangeCount];
  const ids = sides.map(({ cluster }) => cluster);
  const atServer = serviceCost(service, server);
  const apart = `a gateway on each cluster, ${countOf(a.ranges)} on ${a.id}, ${b.ranges} on ${b.id}`;
  const taken = a.ranges === b.ranges ? `a gateway and ${countOf(a.ranges)} on each cluster` : apart;
  const line = fitLine(`cost: ${taken}${atServer}`, ids);
  return line.length <= warningLength
    ? line
    : fitLine(`cost: 2 gateways, ${countOf(a.ranges + b.ranges)}${atServer}`, ids);
}

interface RangeCount {
  readonly id: string;
  readonly ranges: number;
}

const rangesOf = ({ names: { pod, external } }: SidePlan): number => pod.length + external.length;

const countOf = (ranges: number): string => (ranges === 1 ? '1 address range' : `${ranges} address ranges`);

function serviceCost(service: CompleteShortcutSpec['gateway']['service'], server: string): string {
  const { type, port, nodePort } = service;
  const atNodes = nodePort === undefined ? 'a UDP node port' : `UDP node port ${nodePort}`;
  if (type === 'NodePort') return `, ${atNodes} on ${server}`;
  if (type === 'ClusterIP') return '';
  return `, a load balancer (UDP ${port})${nodePort === undefined ? '' : ` and ${atNodes}`} on ${server}`;
}

/** In an order that does not depend on that of the spec. */
function byID(sides: PlanCore['sides']): SidePlan[] {
  return sides.toSorted((a, b) => (a.cluster < b.cluster ? -1 : 1));
}
