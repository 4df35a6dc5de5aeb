import {
  type Configuration,
  type ConfigurationReading,
  type GatewayClient,
  type GatewayServer,
  type LiqoObject,
  type LiqoResource,
  ownKeySource,
  type PublicKey,
  readConfiguration,
  readServerEndpoint,
  resources,
  type TenantNamespace,
} from '@leafway/liqo';
import type { Accepted } from './acceptance.ts';
import type { LeafAction } from './actions.ts';
import {
  desiredClient,
  desiredConfiguration,
  desiredNamespace,
  desiredPublicKey,
  desiredServer,
  type SideInput,
} from './desired.ts';
import { differenceOf, isEqual } from './difference.ts';
import {
  isOwnedBy,
  isTerminating,
  type Observation,
  type ObservedConnection,
  type ObservedLeaf,
} from './observation.ts';

/** One end of an accepted shortcut, with what was found there. */
export interface Side {
  readonly leaf: ObservedLeaf;
  readonly role: 'Server' | 'Client';
  readonly peer: string;
  readonly input: SideInput;
  readonly namespace: TenantNamespace | undefined;
  readonly configuration: Configuration | undefined;
  readonly reading: ConfigurationReading | undefined;
  /** What its Configuration says of the peer is what the peer says of itself. */
  readonly cidrsAgree: boolean;
  /** Our gateway of the right role. */
  readonly gateway: GatewayServer | GatewayClient | undefined;
  /** This gateway's own public key. */
  readonly ownKey: string | undefined;
  /** What this side has as the key of the peer. */
  readonly publicKey: PublicKey | undefined;
  readonly connection: ObservedConnection | undefined;
}

/** Both ends, in the order of `spec.clusters`. */
export function sidesOf(observation: Observation, accepted: Accepted, liqoNamespace: string): [Side, Side] {
  const { shortcut, leaves } = observation;
  const make = (index: 0 | 1): Side => {
    const leaf = leaves[index];
    const side = accepted.plan.sides[index];
    const { objects } = leaf;
    const uid = shortcut.metadata.uid ?? '';
    const namespace = objects.namespaces.find((found) => !isTerminating(found));
    const configuration = objects.configurations.find((found) => isOwnedBy(found, uid)) ?? objects.configurations[0];
    const gateways = side.role === 'Server' ? objects.servers : objects.clients;
    const gateway = gateways.find((found) => isOwnedBy(found, uid) && !isTerminating(found));
    const input: SideInput = {
      shortcut,
      spec: accepted.spec,
      side,
      own: accepted.facts[index],
      peer: accepted.facts[index === 0 ? 1 : 0],
      namespace: namespace?.metadata.name ?? desiredNamespace(shortcut, side.peer).metadata.name,
      liqoNamespace,
    };
    return {
      leaf,
      role: side.role,
      peer: side.peer,
      input,
      namespace,
      configuration,
      reading: configuration === undefined ? undefined : readConfiguration(configuration),
      cidrsAgree:
        configuration === undefined || isEqual(configuration.spec?.remote, desiredConfiguration(input).spec?.remote),
      gateway,
      ownKey: gateway === undefined ? undefined : ownKeyOf(gateway, observation.keyFromSecret),
      publicKey: objects.publicKeys.find((found) => isOwnedBy(found, uid)),
      connection: objects.connections.find(({ object }) =>
        object.metadata.ownerReferences?.some((owner) => owner.uid === gateway?.metadata.uid),
      ),
    };
  };
  return [make(0), make(1)];
}

function ownKeyOf(
  gateway: GatewayServer | GatewayClient,
  fromSecret: Observation['keyFromSecret'],
): string | undefined {
  const source = ownKeySource(gateway);
  if (source.kind === 'known') return source.publicKey;
  return source.kind === 'secret' ? fromSecret(gateway.metadata.uid ?? '') : undefined;
}

/**
 * What is to be done on one side now. Configurations and the server gateway come at once, the client as soon as the
 * server's endpoint is known, a PublicKey as soon as the peer's key is (design, "Order"). What is ours and differs is
 * brought back; what is not ours is left alone.
 */
export function sideActions(side: Side, peer: Side): LeafAction[] {
  const { leaf, input } = side;
  const uid = input.shortcut.metadata.uid ?? '';
  const actions: LeafAction[] = [];
  const ensure = (resource: LiqoResource, wanted: LiqoObject, found: LiqoObject | undefined): void => {
    if (found === undefined) actions.push({ kind: 'create', resource, object: wanted });
    else if (isOwnedBy(found, uid) && !isTerminating(found)) {
      const operations = differenceOf(wanted, found);
      if (operations.length > 0) actions.push({ kind: 'patch', resource, object: found, operations });
    }
  };
  if (leaf.objects.namespaces.some(isTerminating)) return []; // It must be gone before anything can be made in it.
  ensure(resources.namespaces, desiredNamespace(input.shortcut, side.peer), side.namespace);
  ensure(resources.configurations, desiredConfiguration(input), side.configuration);
  const wrongRole = removeWrongRole(side, peer, uid);
  actions.push(...wrongRole.actions);
  if (wrongRole.present) return actions;
  const gateway = desiredGateway(side, peer);
  if (gateway !== undefined) {
    const resource = side.role === 'Server' ? resources.gatewayServers : resources.gatewayClients;
    const found: readonly LiqoObject[] = side.role === 'Server' ? leaf.objects.servers : leaf.objects.clients;
    ensure(resource, gateway, inPlaceOf(gateway, found, uid));
  }
  if (side.gateway !== undefined && peer.ownKey !== undefined) {
    const wanted = desiredPublicKey(input, peer.ownKey, side.gateway);
    ensure(resources.publicKeys, wanted, inPlaceOf(wanted, leaf.objects.publicKeys, uid));
  }
  actions.push(...readKeyActions(side));
  return actions;
}

function desiredGateway(side: Side, peer: Side): LiqoObject | undefined {
  if (side.role === 'Server') return desiredServer(side.input);
  const endpoint = peer.gateway === undefined ? undefined : readServerEndpoint(peer.gateway);
  return endpoint === undefined ? undefined : desiredClient(side.input, endpoint);
}

/**
 * After a change of roles: never both roles for one remote (contract, section 9), so the old gateway goes first. Not
 * while the peer is unread: a decision about roles that was made without it must not cost a running link.
 */
function removeWrongRole({ leaf, role }: Side, peer: Side, uid: string): { present: boolean; actions: LeafAction[] } {
  const resource = role === 'Server' ? resources.gatewayClients : resources.gatewayServers;
  const wrong = role === 'Server' ? leaf.objects.clients : leaf.objects.servers;
  return {
    present: wrong.length > 0,
    actions: wrong
      .filter((object) => peer.leaf.isRead && isOwnedBy(object, uid) && !isTerminating(object))
      .map((object) => ({ kind: 'delete', resource, object })),
  };
}

function readKeyActions({ gateway, ownKey }: Side): LeafAction[] {
  if (gateway === undefined || ownKey !== undefined) return [];
  const source = ownKeySource(gateway);
  return source.kind === 'secret' ? [{ kind: 'readKey', gateway, secret: source }] : [];
}

/** Ours, wherever it is; else what somebody else made under the same name. */
function inPlaceOf(wanted: LiqoObject, objects: readonly LiqoObject[], uid: string): LiqoObject | undefined {
  const { name, namespace } = wanted.metadata;
  return (
    objects.find((object) => isOwnedBy(object, uid)) ??
    objects.find(({ metadata }) => metadata.name === name && metadata.namespace === namespace)
  );
}
