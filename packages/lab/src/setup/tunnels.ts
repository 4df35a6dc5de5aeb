import {
  annotationKeys,
  buildGatewayClient,
  buildGatewayServer,
  buildPublicKey,
  type Connection,
  type Endpoint,
  type GatewayClient,
  type GatewayServer,
  gatewayResourceName,
  type LiqoResource,
  readConnection,
  readServerEndpoint,
  resources,
} from '@leafway/liqo';
import { sideAbout, type TunnelEnd, waitForAgent } from './link.ts';
import { createObject } from './objects.ts';
import { liqoNamespace } from './resource-types.ts';

/** As `liqoctl network connect` has them by default. */
const mtu = 1340;
const port = 51840;
const template = { namespace: liqoNamespace };

/** Where a tunnel is being built: `at` holds the objects, which are about `remote`. */
interface Side {
  readonly at: TunnelEnd;
  readonly remote: TunnelEnd;
}

/** A gateway whose agent has made its key. */
interface KeyedGateway {
  readonly gateway: GatewayServer | GatewayClient;
  readonly publicKey: string;
}

/**
 * Builds the tunnel between the centre and a leaf as `liqoctl network connect` does, with the leaf as server
 * (Liqo's default for a provider). Resolves when both say Connected.
 */
export async function connect(centre: TunnelEnd, leaf: TunnelEnd): Promise<void> {
  const onLeaf = { at: leaf, remote: centre };
  const onCentre = { at: centre, remote: leaf };
  const endpoint = await createServer(onLeaf);
  await createClient(onCentre, endpoint);
  const [server, client] = await Promise.all([
    waitForKey(onLeaf, resources.gatewayServers),
    waitForKey(onCentre, resources.gatewayClients),
  ]);
  await Promise.all([introduce(onLeaf, server, client.publicKey), introduce(onCentre, client, server.publicKey)]);
  await Promise.all([waitUntilConnected(onLeaf), waitUntilConnected(onCentre)]);
}

async function createServer({ at, remote }: Side): Promise<Endpoint> {
  const side = sideAbout(remote);
  const server = buildGatewayServer(side, { template, mtu, serviceType: 'LoadBalancer', port });
  await createObject(at.admin, resources.gatewayServers, server);
  return waitForAgent<GatewayServer, Endpoint>(at, {
    type: resources.gatewayServers,
    namespace: side.namespace,
    name: side.remoteClusterID,
    what: 'the endpoint of the GatewayServer',
    accept: readServerEndpoint,
  });
}

async function createClient({ at, remote }: Side, endpoint: Endpoint): Promise<void> {
  const client = buildGatewayClient(sideAbout(remote), { template, mtu, ...endpoint });
  await createObject(at.admin, resources.gatewayClients, client);
}

function waitForKey({ at, remote }: Side, type: LiqoResource): Promise<KeyedGateway> {
  const side = sideAbout(remote);
  return waitForAgent<GatewayServer | GatewayClient, KeyedGateway>(at, {
    type,
    namespace: side.namespace,
    name: side.remoteClusterID,
    what: `the public key of the ${type.kind}`,
    accept: (gateway) => {
      const publicKey = gateway.metadata.annotations?.[annotationKeys.publicKey];
      return publicKey === undefined ? undefined : { gateway, publicKey };
    },
  });
}

/** Tells a gateway the key of the other one. */
async function introduce({ at, remote }: Side, { gateway }: KeyedGateway, publicKey: string): Promise<void> {
  await createObject(at.admin, resources.publicKeys, buildPublicKey(sideAbout(remote), { publicKey, gateway }));
}

function waitUntilConnected({ at, remote }: Side): Promise<true> {
  const { namespace, remoteClusterID } = sideAbout(remote);
  return waitForAgent<Connection, true>(at, {
    type: resources.connections,
    namespace,
    name: gatewayResourceName(remoteClusterID),
    what: 'Connected of the Connection',
    accept: (connection) => readConnection(connection).connected || undefined,
  });
}
