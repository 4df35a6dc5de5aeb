import { isDeepStrictEqual } from 'node:util';
import { isSameCidr, type LeafFacts, type RemoteNames } from '@leafway/core';
import {
  type Configuration,
  type ConfigurationReading,
  formatEndpoint,
  type GatewayClient,
  type GatewayServer,
  type LiqoObject,
  ownKeySource,
  type PublicKey,
  readClientEndpoint,
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
  /** That key is only what the peer holds: a Secret has it, which was not read. */
  readonly isKeyAssumed: boolean;
  /** What this side has as the key of the peer. */
  readonly publicKey: PublicKey | undefined;
  readonly connection: ObservedConnection | undefined;
  /** What its gateway is asked to do with its key. */
  readonly keyOrder: Readonly<Record<string, string>>;
}

/** Both ends, in the order of `spec.clusters`. */
export type Sides = readonly [Side, Side];

/** Each end with the other. */
export const eachWithPeer = <T>([a, b]: readonly [T, T]): readonly (readonly [T, T])[] => [
  [a, b],
  [b, a],
];

/** Where the client dials, as `address:port`; `undefined` while there is none. */
export function dialledEndpoint(sides: Sides): string | undefined {
  const client = sides.find(({ role }) => role === 'Client');
  const endpoint = client?.gateway === undefined ? undefined : readClientEndpoint(client.gateway);
  return endpoint && formatEndpoint(endpoint);
}

/** The ends as they were found. */
export function sidesOf(observation: Observation, accepted: Accepted, liqoNamespace: string): [Side, Side] {
  const { shortcut, leaves } = observation;
  const { mode } = accepted;
  const uid = shortcut.metadata.uid ?? '';
  /** What is looked at or taken over is a part of the link, too. */
  const isPart = (object: LiqoObject): boolean => mode !== 'Keep' || isOwnedBy(object, uid);
  const make = (index: 0 | 1): Side => {
    const other = index === 0 ? 1 : 0;
    const leaf = leaves[index];
    const planned = accepted.plan.sides[index];
    const { objects } = leaf;
    const namespace = objects.namespaces.find((found) => !isTerminating(found));
    const configuration = objects.configurations.find((found) => isOwnedBy(found, uid)) ?? objects.configurations[0];
    const reading = configuration === undefined ? undefined : readConfiguration(configuration);
    const [own, peer] = [accepted.facts[index], accepted.facts[other]];
    const isOurs = configuration !== undefined && isOwnedBy(configuration, uid);
    const isAuto = accepted.spec.ipMapping.policy === 'Auto' && own.dataPlane === 'Leafway';
    const isKept = isOurs && isAuto && reading?.ready === true && areNews(reading, planned.names, [own, peer]);
    const side = isKept ? { ...planned, names: reading } : planned;
    const gateways = side.role === 'Server' ? objects.servers : objects.clients;
    const gateway = gateways.find((found) => isPart(found) && !isTerminating(found));
    const knownKey = gateway === undefined ? undefined : ownKeyOf(gateway, observation.keyFromSecret);
    // No Secret is read of what is not ours, nor while changes are paused, so what the peer holds has to do.
    const heldByPeer = leaves[other].objects.publicKeys.find(
      (found) => accepted.spec.paused || (mode !== 'Keep' && !isOwnedBy(found, uid)),
    )?.spec?.publicKey;
    const input: SideInput = {
      shortcut,
      spec: accepted.spec,
      side,
      own,
      peer,
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
      reading,
      cidrsAgree:
        configuration === undefined ||
        isDeepStrictEqual(configuration.spec?.remote, desiredConfiguration(input).spec?.remote),
      namesAgree:
        mode === 'Observe' ||
        input.own.dataPlane === 'Liqo' ||
        !reading?.ready ||
        isDeepStrictEqual(nameTexts(reading), nameTexts(side.names)),
      gateway,
      ownKey: gateway === undefined ? undefined : (knownKey ?? heldByPeer),
      isKeyAssumed: knownKey === undefined && heldByPeer !== undefined,
      publicKey: objects.publicKeys.find((found) => isOwnedBy(found, uid)) ?? objects.publicKeys.find(isPart),
      keyOrder: {},
      connection: objects.connections.find(({ object }) =>
        object.metadata.ownerReferences?.some((owner) => owner.uid === gateway?.metadata.uid),
      ),
    };
  };
  return [make(0), make(1)];
}

/**
 * Whether a cluster gave names of which its facts do not tell yet. Whoever planned others did not know of them, and a link
 * that works must not get other names by that.
 */
function areNews(given: RemoteNames, planned: RemoteNames, [own, peer]: readonly [LeafFacts, LeafFacts]): boolean {
  if (isDeepStrictEqual(nameTexts(given), nameTexts(planned))) return false;
  const ranges = [...given.pod, ...given.external];
  const isTold = ranges.every(({ name }) =>
    own.inUse.some(({ cidr, remoteClusterID }) => remoteClusterID === peer.id && isSameCidr(cidr, name)),
  );
  const [named, today] = [ranges.map(({ real }) => real), [...peer.pod, ...peer.external]].map((all) =>
    all.map(textOf),
  );
  return !isTold && isDeepStrictEqual(named, today);
}

const textOf = ({ text }: { readonly text: string }): string => text;

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
