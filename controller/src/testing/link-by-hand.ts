import {
  buildConfiguration,
  buildGatewayClient,
  buildGatewayServer,
  buildPublicKey,
  buildTenantNamespace,
  type LiqoObject,
  type LiqoResource,
  resources,
} from '@leafway/liqo';
import type { LeafAction } from '../shortcut/actions.ts';
import { statusOf } from '../shortcut/status.ts';
import { aKey, aShortcut, type LeafWorld, World } from './world.ts';

const create = (resource: LiqoResource, object: LiqoObject): LeafAction => ({ kind: 'create', resource, object });

/** What `liqoctl network connect` makes, as far as it came. */
export interface HandMade {
  /** Which leaf the remote kubeconfig names: it runs the server. */
  readonly server?: 'rome' | 'milan';
  readonly until?: 'Configurations' | 'Server' | 'Client' | 'Keys';
  readonly serviceType?: 'LoadBalancer' | 'NodePort';
}

/** Makes a link as `liqoctl` does, and has the data planes do their part. */
export function linkByHand(world: World, { server = 'milan', until = 'Keys', ...rest }: HandMade = {}): void {
  const [serving, dialling] = server === 'milan' ? [world.milan, world.rome] : [world.rome, world.milan];
  for (const [leaf, peer] of [
    [serving, dialling],
    [dialling, serving],
  ] as const)
    configureByHand(leaf, peer.id);
  if (until !== 'Configurations') serveByHand(serving, dialling.id, rest.serviceType ?? 'LoadBalancer');
  if (until === 'Client' || until === 'Keys') dialByHand(dialling, serving.id);
  for (const leaf of [serving, dialling]) leaf.work();
  if (until === 'Keys') exchangeByHand(serving, dialling);
  for (const leaf of [serving, dialling]) leaf.work();
}

const sideOf = (remoteClusterID: string) => ({ remoteClusterID, namespace: `liqo-tenant-${remoteClusterID}` });
const template = { namespace: 'liqo' };

function configureByHand(leaf: LeafWorld, peer: string): void {
  const ranges = { remotePod: ['10.244.0.0/16'], remoteExternal: ['10.70.0.0/16'] };
  if (leaf.namespaces.length === 0) leaf.perform([create(resources.namespaces, buildTenantNamespace(peer))]);
  if (leaf.configurations.length === 0)
    leaf.perform([create(resources.configurations, buildConfiguration(sideOf(peer), ranges))]);
}

/** A gateway server, with nothing else. */
export function serveByHand(
  leaf: LeafWorld,
  peer: string,
  serviceType: 'LoadBalancer' | 'NodePort' = 'LoadBalancer',
): void {
  const server = buildGatewayServer(sideOf(peer), { template, mtu: 1340, serviceType, port: 51_840 });
  leaf.perform([
    create(resources.gatewayServers, { ...server, spec: { ...server.spec, secretRef: { name: '' } } } as LiqoObject),
  ]);
}

/** A gateway client, with nothing else. */
export function dialByHand(leaf: LeafWorld, peer: string): void {
  const client = buildGatewayClient(sideOf(peer), { template, mtu: 1340, address: '172.30.0.9', port: 51_840 });
  leaf.perform([create(resources.gatewayClients, client)]);
}

function exchangeByHand(serving: LeafWorld, dialling: LeafWorld): void {
  const [server] = serving.servers;
  const [client] = dialling.clients;
  if (server === undefined || client === undefined) return;
  const key = (leaf: LeafWorld, peer: string, gateway: LiqoObject) =>
    leaf.perform([create(resources.publicKeys, buildPublicKey(sideOf(peer), { publicKey: aKey(peer), gateway }))]);
  key(serving, dialling.id, server);
  key(dialling, serving.id, client);
}

/** What only two `connect` in opposite directions leave: both roles on both leaves, and Connections that say this. */
export function race(world: World, connection: 'Error' | 'Connected'): void {
  linkByHand(world);
  for (const { status } of [...world.rome.connections, ...world.milan.connections])
    if (status !== undefined) status.value = connection;
  serveByHand(world.rome, 'milan');
  dialByHand(world.milan, 'rome');
}

/** What a test wishes of a shortcut. */
export type Wishes = NonNullable<NonNullable<Parameters<typeof aShortcut>[0]>['spec']>;

/** A world with a link by hand, and a new shortcut that meets it. */
export function meeting(
  spec: Wishes,
  made: HandMade | 'nothing' = {},
  ...leaves: ConstructorParameters<typeof World>
): World {
  const world = new World(...leaves);
  if (made !== 'nothing') linkByHand(world, made);
  world.shortcut = aShortcut({ spec, metadata: { finalizers: [] } });
  return world;
}

/** All that the leaves have, but for Connections. */
export const allObjects = ({ rome, milan }: World): LiqoObject[] =>
  [rome, milan].flatMap((leaf) => [
    ...[...leaf.namespaces, ...leaf.configurations, ...leaf.servers],
    ...[...leaf.clients, ...leaf.publicKeys],
  ]);

/** `GatewayServer Adopted`, for each object that the status would list. */
export const origins = (world: World): string[] =>
  (statusOf(world.shortcut, world.decide(), new Date(0)).objects ?? []).map(({ kind, origin }) => `${kind} ${origin}`);
