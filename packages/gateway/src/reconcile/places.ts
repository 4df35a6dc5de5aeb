import type { GatewayServer } from '@leafway/liqo';
import { chooseNodePort } from '../ipam/node-ports.ts';
import type { UplinkAddresses } from '../ipam/uplink-addresses.ts';
import { dialPorts, type Site } from '../routing/site.ts';
import { byAge, type Caches } from './caches.ts';
import type { Gateway, GatewayPlace } from './gateway-objects.ts';
import { Problem } from './problems.ts';

export interface PlacesDeps {
  readonly caches: Caches;
  readonly uplinkAddresses: UplinkAddresses;
  readonly site: Site;
}

/** As `liqoctl` has it. */
const defaultPort = 51_840;

/**
 * Where the gateway is: where it is already, as far as its object does not ask for another place. An address that it
 * asks for and cannot have is a `problem`, told in a sentence: a gateway that is in use stays where it is rather than
 * fall silent, and for a new one the problem is thrown, so that it is nowhere.
 */
export function choosePlace(
  { caches, uplinkAddresses, site }: PlacesDeps,
  remoteClusterID: string,
  gateway: Gateway,
): { readonly place: GatewayPlace; readonly problem?: Problem | undefined } {
  const { uplink } = site;
  if (gateway.role === 'Client') {
    const address = uplinkAddresses.assign(remoteClusterID, []);
    return { place: { uplinkAddress: address, address, port: defaultPort } };
  }
  const server = gateway.object;
  const wish = server.spec?.endpoint?.loadBalancerIP || undefined;
  const announced = server.status?.endpoint?.addresses?.[0];
  const complaint =
    wish === undefined
      ? undefined
      : uplink.kind === 'node'
        ? problemOnNode(uplink.address, wish)
        : uplinkAddresses.problemWith(remoteClusterID, wish);
  const problem = complaint === undefined ? undefined : addressProblem(server, `${wish} ${complaint}`);
  if (problem !== undefined && announced === undefined) throw problem;
  if (uplink.kind === 'node') {
    const uplinkAddress = uplinkAddresses.assign(remoteClusterID, []);
    return {
      place: { uplinkAddress, address: uplink.address, port: sharedPortOf(caches, remoteClusterID, server) },
      problem,
    };
  }
  const address = uplinkAddresses.assign(remoteClusterID, [wish, announced]);
  return { place: { uplinkAddress: address, address, port: portOf(caches, remoteClusterID, server) }, problem };
}

function problemOnNode(address: string, wish: string): string | undefined {
  return wish === address ? undefined : `is not the address of this cluster's node, which is ${address}`;
}

function addressProblem(server: GatewayServer, complaint: string): Problem {
  const sentence = `spec.endpoint.loadBalancerIP: ${complaint}`;
  return new Problem(server, { reason: 'AddressNotUsable', action: 'PlaceGateway' }, sentence);
}

/** The wished one, else a node port that no other gateway has or wishes. */
function portOf(caches: Caches, remoteClusterID: string, server: GatewayServer): number {
  const { serviceType, port = defaultPort, nodePort } = server.spec?.endpoint ?? {};
  if (serviceType !== 'NodePort') return port;
  if (nodePort) return nodePort;
  const ports = othersOf(caches, server).flatMap((other) => [other.spec?.endpoint?.nodePort, announcedPort(other)]);
  return chooseNodePort(remoteClusterID, new Set(ports.filter((taken) => taken !== undefined)));
}

/**
 * All servers of a real node share its ports. One that wants the port of another, or one for dialling, gets a node port
 * instead, and announces that. Of two new ones the older goes first: so both decide the same, whoever is looked at first.
 */
function sharedPortOf(caches: Caches, remoteClusterID: string, server: GatewayServer): number {
  const wanted = portOf(caches, remoteClusterID, server);
  const own = announcedPort(server);
  const taken = new Set(
    othersOf(caches, server).flatMap((other) => {
      const isOlder = byAge(other, server) < 0;
      const port = announcedPort(other) ?? (isOlder ? portOf(caches, remoteClusterID, other) : undefined);
      return port === undefined || (port === own && !isOlder) ? [] : port;
    }),
  );
  const isForDialling = wanted >= dialPorts.first && wanted <= dialPorts.last;
  if (!taken.has(wanted) && !isForDialling) return wanted;
  return own !== undefined && !taken.has(own) ? own : chooseNodePort(remoteClusterID, taken);
}

const announcedPort = ({ status }: GatewayServer): number | undefined => status?.endpoint?.port;

const othersOf = (caches: Caches, { metadata: { uid } }: GatewayServer): GatewayServer[] =>
  caches.gatewayServers.list().filter(({ metadata }) => metadata.uid !== uid);
