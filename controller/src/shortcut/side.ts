import { isDeepStrictEqual } from 'node:util';
import type { RemoteNames } from '@leafway/core';
import {
  type Configuration,
  type ConfigurationReading,
  type GatewayClient,
  type GatewayServer,
  ownKeySource,
  type PublicKey,
  readConfiguration,
  type TenantNamespace,
} from '@leafway/liqo';
import type { Accepted } from './acceptance.ts';
import { desiredConfiguration, desiredNamespace, type SideInput } from './desired.ts';
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
  /** Its names for the peer's ranges are the planned ones, as far as anybody but its IPAM has a say in them. */
  readonly namesAgree: boolean;
  /** Our gateway of the right role. */
  readonly gateway: GatewayServer | GatewayClient | undefined;
  /** This gateway's own public key. */
  readonly ownKey: string | undefined;
  /** What this side has as the key of the peer. */
  readonly publicKey: PublicKey | undefined;
  readonly connection: ObservedConnection | undefined;
  /** What its gateway is asked to do with its key. */
  readonly keyOrder: Readonly<Record<string, string>>;
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
    const reading = configuration === undefined ? undefined : readConfiguration(configuration);
    return {
      leaf,
      role: side.role,
      peer: side.peer,
      input,
      namespace,
      configuration,
      reading,
      cidrsAgree:
        configuration === undefined ||
        isDeepStrictEqual(configuration.spec?.remote, desiredConfiguration(input).spec?.remote),
      namesAgree:
        input.own.dataPlane === 'Liqo' ||
        !reading?.ready ||
        isDeepStrictEqual(nameTexts(reading), nameTexts(side.names)),
      gateway,
      ownKey: gateway === undefined ? undefined : ownKeyOf(gateway, observation.keyFromSecret),
      publicKey: objects.publicKeys.find((found) => isOwnedBy(found, uid)),
      keyOrder: {},
      connection: objects.connections.find(({ object }) =>
        object.metadata.ownerReferences?.some((owner) => owner.uid === gateway?.metadata.uid),
      ),
    };
  };
  return [make(0), make(1)];
}

/** What a cluster calls the ranges of another. */
export const nameTexts = ({ pod, external }: RemoteNames): string[] =>
  [...pod, ...external].map(({ name }) => name.text);

function ownKeyOf(
  gateway: GatewayServer | GatewayClient,
  fromSecret: Observation['keyFromSecret'],
): string | undefined {
  const source = ownKeySource(gateway);
  if (source.kind === 'known') return source.publicKey;
  return source.kind === 'secret' ? fromSecret(gateway.metadata.uid ?? '') : undefined;
}
