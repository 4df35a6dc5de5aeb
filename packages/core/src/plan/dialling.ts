import { type Address, safeParseAddress } from '../address/address.ts';
import { isPrivate } from '../address/private-ranges.ts';
import { contains } from '../address/relations.ts';
import type { LeafFacts } from '../facts/leaf-facts.ts';
import { fitLine } from './lines.ts';
import type { RiskInput } from './risk-input.ts';

/** How the gateway client finds the server, as far as it is fixed before the server has a Service. */
interface Dialling {
  readonly server: string;
  readonly client: LeafFacts;
  /** An IP address or a DNS name; `undefined` when it will be what the Service gets. */
  readonly address: string | undefined;
  /** The address where it is one. */
  readonly parsed: Address | undefined;
}

/** The shortcut's own word counts first, then the server's LeafCluster's. */
function diallingOf({ plan, spec: { gateway }, facts: [a, b] }: RiskInput): Dialling {
  const [server, client] = a.id === plan.server ? [a, b] : [b, a];
  const address = gateway.client?.address ?? server.address ?? gateway.service.loadBalancerIP;
  const parsed = address === undefined ? undefined : safeParseAddress(address);
  return { server: server.id, client, address, parsed: parsed?.ok ? parsed.value : undefined };
}

/** Why the client cannot reach the server, or will need help to. */
export function noWayLine(input: RiskInput): string[] {
  const dialling = diallingOf(input);
  const { server, client, address, parsed } = dialling;
  if (parsed !== undefined) return takenAddressLine(input, client, parsed);
  const { type } = input.spec.gateway.service;
  if (address !== undefined || type === 'LoadBalancer') return [];
  const line =
    type === 'ClusterIP'
      ? `a ClusterIP Service has no address outside of ${server}: name one for ${client.id} in spec.gateway.client.address`
      : `${client.id} will dial the address of a node of ${server}: if it cannot, set spec.gateway.client.address`;
  return [fitLine(line, [server, client.id])];
}

/** An address that has another meaning on the client's cluster leads to its own pods, or into the tunnel itself. */
function takenAddressLine({ plan }: RiskInput, client: LeafFacts, address: Address): string[] {
  const side = plan.sides.find(({ cluster }) => cluster === client.id);
  const namesGiven = [...(side?.names.pod ?? []), ...(side?.names.external ?? [])].map(({ name }) => name);
  const meanings = [
    { ranges: [...client.pod, ...client.external], what: 'own range', whose: '' },
    { ranges: namesGiven, what: 'range', whose: ` for ${plan.server}` },
  ];
  for (const { ranges, what, whose } of meanings) {
    const range = ranges.find((candidate) => contains(candidate, address));
    if (range === undefined) continue;
    const line = `${client.id} cannot dial ${address.text}, which is in its ${what} ${range.text}${whose}: change it`;
    return [fitLine(line, [client.id, plan.server, address.text, range.text])];
  }
  return [];
}

/** A private address is reached from some networks only, and nothing tells whether the client's is one of them. */
export function privateAddressLine(input: RiskInput): string[] {
  const { client, parsed } = diallingOf(input);
  if (parsed === undefined || !isPrivate(parsed)) return [];
  if (takenAddressLine(input, client, parsed).length > 0) return [];
  const line = `${client.id} will dial ${parsed.text}, a private address: it must be on a network that leads there`;
  return [fitLine(line, [client.id, parsed.text])];
}

/** What fits a path of 1500 bytes: WireGuard adds 60 over IPv4 and 80 over IPv6. */
const safeMTU = { 4: 1440, 6: 1420 } as const;

/** An MTU that many networks on the way do not carry. */
export function mtuLine(input: RiskInput): string[] {
  const { mtu } = input.plan;
  const { family } = diallingOf(input).parsed ?? { family: 4 };
  if (mtu <= safeMTU[family]) return [];
  return [
    `MTU ${mtu} is above ${safeMTU[family]}: large packets are lost where an IPv${family} network on the way carries only 1500 bytes`,
  ];
}
