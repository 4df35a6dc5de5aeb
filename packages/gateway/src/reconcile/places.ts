import type { GatewayServer } from '@leafway/liqo';
import { chooseNodePort } from '../ipam/node-ports.ts';
import type { UplinkAddresses } from '../ipam/uplink-addresses.ts';
import type { Caches } from './caches.ts';
import type { Gateway, GatewayPlace } from './gateway-objects.ts';
import { Problem } from './problems.ts';

export interface PlacesDeps {
  readonly caches: Caches;
  readonly uplinkAddresses: UplinkAddresses;
}

/** As `liqoctl` has it (contract, section 8.1). */
const defaultPort = 51_840;

/**
 * Where the gateway is: where it is already, as far as its object does not ask for another place. An address that it
 * asks for and cannot have is a `problem`, told in a sentence: a gateway that is in use stays where it is rather than
 * fall silent, and for a new one the problem is thrown, so that it is nowhere.
 */
export function choosePlace(
  { caches, uplinkAddresses }: PlacesDeps,
  remoteClusterID: string,
  gateway: Gateway,
): { readonly place: GatewayPlace; readonly problem?: Problem | undefined } {
  if (gateway.role === 'Client')
    return { place: { uplinkAddress: uplinkAddresses.assign(remoteClusterID, []), port: defaultPort } };
  const server = gateway.object;
  const wish = server.spec?.endpoint?.loadBalancerIP || undefined;
  const announced = server.status?.endpoint?.addresses?.[0];
  const complaint = wish === undefined ? undefined : uplinkAddresses.problemWith(remoteClusterID, wish);
  const problem = complaint === undefined ? undefined : addressProblem(server, `${wish} ${complaint}`);
  if (problem !== undefined && announced === undefined) throw problem;
  const uplinkAddress = uplinkAddresses.assign(remoteClusterID, [wish, announced]);
  return { place: { uplinkAddress, port: portOf(caches, remoteClusterID, server) }, problem };
}

function addressProblem(server: GatewayServer, complaint: string): Problem {
  const sentence = `spec.endpoint.loadBalancerIP: ${complaint}`;
  return new Problem(server, { reason: 'AddressNotUsable', action: 'PlaceGateway' }, sentence);
}

/** The wished one, else a node port that no other gateway has or wishes. */
function portOf(caches: Caches, remoteClusterID: string, { metadata, spec }: GatewayServer): number {
  const { serviceType, port = defaultPort, nodePort } = spec?.endpoint ?? {};
  if (serviceType !== 'NodePort') return port;
  if (nodePort) return nodePort;
  const others = caches.gatewayServers.list().filter((other) => other.metadata.uid !== metadata.uid);
  const ports = others.flatMap((other) => [other.spec?.endpoint?.nodePort, other.status?.endpoint?.port]);
  return chooseNodePort(remoteClusterID, new Set(ports.filter((port) => port !== undefined)));
}
