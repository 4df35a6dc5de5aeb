import { safeParseAddress } from '../address/address.ts';
import { parseCidr } from '../address/cidr.ts';
import { contains, isSameCidr } from '../address/relations.ts';
import type { CompleteShortcutSpec } from '../api/index.ts';
import type { LeafFacts } from '../facts/leaf-facts.ts';
import type { PlanCore } from './describe-link.ts';
import { fitLine } from './lines.ts';

/** What is legal, and may yet not lead to what was meant: everything that it is judged by. */
export interface RiskInput {
  readonly plan: PlanCore;
  readonly spec: CompleteShortcutSpec;
  readonly facts: readonly [LeafFacts, LeafFacts];
  /** Without it nothing is said about credentials. */
  readonly now?: Date | undefined;
}

/** Why nothing will happen, or nothing that works, as things are now. */
export function obstacles(input: RiskInput): string[] {
  return [...pausedLine(input), ...unreachableLine(input), ...expiredLines(input), ...noAddressLine(input)];
}

/** What may go wrong, the likeliest first. */
export function risks(input: RiskInput): string[] {
  return [
    ...expiryLines(input),
    ...mtuLine(input),
    ...privateAddressLine(input),
    ...twoAddressLines(input),
    ...orphanLine(input),
    ...existingLine(input.spec),
  ];
}

function pausedLine({ spec: { paused }, facts }: RiskInput): string[] {
  if (!paused) return [];
  const ids = sortedIDs(facts);
  return [fitLine(`spec.paused is true: nothing is done on ${ids.join(' and ')} until it is false`, ids)];
}

function unreachableLine({ facts }: RiskInput): string[] {
  const ids = sortedIDs(facts.filter(({ isReachable }) => !isReachable));
  if (ids.length === 0) return [];
  const why = ids.length === 1 ? 'its LeafCluster says why' : 'their LeafClusters say why';
  return [fitLine(`${ids.join(' and ')} cannot be reached now, ${why}: what is to be done there waits`, ids)];
}

const dayMs = 86_400_000;
/** Long enough to renew a credential by hand, with a holiday in between. */
const soonDays = 14;

interface Expiry {
  readonly id: string;
  readonly at: Date;
  readonly leftMs: number;
}

/** When the credentials that this shortcut uses expire; a cluster with a kubeconfig of its own uses no LeafCluster's. */
function expiries({ facts, spec, now }: RiskInput): Expiry[] {
  if (now === undefined) return [];
  return byID(facts).flatMap(({ id, credentialExpiresAt: at }) => {
    const usesAnother = spec.clusters.some((end) => end.id === id && end.kubeconfigSecretRef !== undefined);
    return at === undefined || usesAnother ? [] : [{ id, at, leftMs: at.getTime() - now.getTime() }];
  });
}

function expiredLines(input: RiskInput): string[] {
  return expiries(input)
    .filter(({ leftMs }) => leftMs <= 0)
    .map(({ id, at }) => {
      const line = `the credential for ${id} expired on ${dayOf(at)}: until it is renewed nothing can be done there`;
      return fitLine(line, [id]);
    });
}

function expiryLines(input: RiskInput): string[] {
  return expiries(input)
    .filter(({ leftMs }) => leftMs > 0 && leftMs < soonDays * dayMs)
    .map(({ id, at, leftMs }) => {
      const line = `the credential for ${id} expires ${inWords(leftMs)} (${dayOf(at)}): renew it, or repairs of the link end then`;
      return fitLine(line, [id]);
    });
}

const dayOf = (date: Date): string => date.toISOString().slice(0, 10);

function inWords(leftMs: number): string {
  const hours = Math.floor(leftMs / 3_600_000);
  if (hours < 1) return 'within the hour';
  if (hours < 48) return `in ${hours} hour${hours === 1 ? '' : 's'}`;
  return `in ${Math.floor(hours / 24)} days`;
}

/** Where the client dials, as far as it is fixed before the server has a Service. */
function dialledAddress({ spec: { gateway }, plan, facts }: RiskInput): string | undefined {
  const server = facts.find(({ id }) => id === plan.server);
  return gateway.client?.address ?? server?.address ?? gateway.service.loadBalancerIP;
}

function noAddressLine(input: RiskInput): string[] {
  const { type } = input.spec.gateway.service;
  if (type === 'LoadBalancer' || dialledAddress(input) !== undefined) return [];
  const { server, client } = endsOf(input);
  const line =
    type === 'ClusterIP'
      ? `a ClusterIP Service has no address outside of ${server}: name one for ${client} in spec.gateway.client.address`
      : `${client} will dial the address of a node of ${server}: if it cannot, set spec.gateway.client.address`;
  return [fitLine(line, [server, client])];
}

/** RFC 1918, RFC 6598 (behind carriers), RFC 4193. */
const privateRanges = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7'].map((text) =>
  parseCidr(text),
);

function privateAddressLine(input: RiskInput): string[] {
  const dialled = dialledAddress(input);
  const parsed = dialled === undefined ? undefined : safeParseAddress(dialled);
  if (!parsed?.ok || !privateRanges.some((range) => contains(range, parsed.value))) return [];
  const { client } = endsOf(input);
  const { text } = parsed.value;
  return [
    fitLine(`${client} will dial ${text}, a private address: it must be on a network that leads there`, [client]),
  ];
}

function endsOf({ plan: { server, sides } }: RiskInput): { server: string; client: string } {
  return { server, client: sides.find(({ cluster }) => cluster !== server)?.cluster ?? '' };
}

/** What fits a path of 1500 bytes: WireGuard adds 60 over IPv4 and 80 over IPv6. */
const safeMTU = { 4: 1440, 6: 1420 } as const;

function mtuLine(input: RiskInput): string[] {
  const { mtu } = input.plan;
  const dialled = safeParseAddress(dialledAddress(input) ?? '');
  const family = dialled.ok ? dialled.value.family : 4;
  if (mtu <= safeMTU[family]) return [];
  return [
    `MTU ${mtu} is above ${safeMTU[family]}: large packets are lost where an IPv${family} network on the way carries only 1500 bytes`,
  ];
}

/** Where the centre and the other leaf call the same pods differently, and neither by their own addresses. */
function twoAddressLines({ plan: { sides }, facts }: RiskInput): string[] {
  return sides
    .toSorted((a, b) => (a.cluster < b.cluster ? -1 : 1))
    .flatMap(({ cluster, peer, names }) => {
      const atCentre = facts.find(({ id }) => id === peer)?.podAtCentre ?? [];
      const index = names.pod.findIndex(({ real, name }, position) => {
        const central = atCentre[position];
        return central !== undefined && !isSameCidr(central, real) && !isSameCidr(central, name);
      });
      const [direct, central] = [names.pod[index], atCentre[index]];
      if (direct === undefined || central === undefined) return [];
      const [atCentreText, directText] = [central.text, direct.name.text];
      const line = `${peer}'s pods are ${atCentreText} at the centre, but ${directText} directly from ${cluster}`;
      return [fitLine(line, [peer, cluster, atCentreText, directText])];
    });
}

/** A link that is there already is refused for now, whatever the shortcut wishes. */
function existingLine({ existing }: CompleteShortcutSpec): string[] {
  return existing === 'Refuse'
    ? []
    : [`spec.existing: ${existing} is not carried out yet: a link that is there already is refused`];
}

function orphanLine({ spec, facts }: RiskInput): string[] {
  if (spec.deletionPolicy !== 'Orphan') return [];
  const ids = sortedIDs(facts);
  return [fitLine(`deletionPolicy Orphan: deleting this shortcut leaves its objects on ${ids.join(' and ')}`, ids)];
}

const byID = (facts: readonly LeafFacts[]): LeafFacts[] => facts.toSorted((a, b) => (a.id < b.id ? -1 : 1));

const sortedIDs = (facts: readonly LeafFacts[]): string[] => byID(facts).map(({ id }) => id);
