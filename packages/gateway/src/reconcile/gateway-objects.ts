import { type RemoteNames, safeParseAddress } from '@leafway/core';
import {
  annotationKeys,
  type Configuration,
  type GatewayClient,
  type GatewayServer,
  isPublicKey,
  type PublicKey,
  readConfiguration,
} from '@leafway/liqo';
import type { AddressMapping } from '../firewall/ruleset.ts';
import { type NamesProblem, namesCondition } from '../ipam/remote-names.ts';
import { aboutRemote, byAge, type Caches } from './caches.ts';
import { Problem } from './problems.ts';

export type GatewayObject = GatewayServer | GatewayClient;

/** A gateway object together with what it is. */
export type Gateway =
  | { readonly role: 'Server'; readonly object: GatewayServer }
  | { readonly role: 'Client'; readonly object: GatewayClient };

/**
 * The gateway towards a remote cluster. There may be only one (as in Liqo 1.2): of several the oldest counts
 * and the others get no answer.
 */
export function gatewayTowards(caches: Caches, remoteClusterID: string): Gateway | undefined {
  const gateways: Gateway[] = [
    ...aboutRemote(caches.gatewayServers, remoteClusterID).map((object) => ({ role: 'Server' as const, object })),
    ...aboutRemote(caches.gatewayClients, remoteClusterID).map((object) => ({ role: 'Client' as const, object })),
  ];
  return gateways.sort((a, b) => byAge(a.object, b.object))[0];
}

/** As `liqoctl` has it. */
const defaultMTU = 1340;

/** Of the gateway's tunnel. */
export function mtuOf({ object }: Gateway): number {
  return object.spec?.mtu ?? defaultMTU;
}

/**
 * The other side's public key, and the one that it changes to, from the PublicKey in the gateway's namespace; without a usable one, what is wrong with
 * the one that is there.
 */
export function peerKeyFor(
  caches: Caches,
  remoteClusterID: string,
  gateway: Gateway,
): { readonly publicKey?: string; readonly nextKey?: string | undefined; readonly problem?: Problem } {
  const { namespace } = gateway.object.metadata;
  const all = aboutRemote<PublicKey>(caches.publicKeys, remoteClusterID).filter(
    ({ metadata }) => metadata.namespace === namespace,
  );
  const usable = all.find(({ spec }) => isPublicKey(spec?.publicKey ?? ''));
  if (usable?.spec?.publicKey !== undefined) {
    const next = usable.metadata.annotations?.[annotationKeys.nextPeerKey] ?? '';
    return { publicKey: usable.spec.publicKey, nextKey: isPublicKey(next) ? next : undefined };
  }
  if (all[0] === undefined) return {};
  const sentence = `spec.publicKey is not the key of a gateway, which is 32 bytes in base64: write that of ${remoteClusterID}`;
  return { problem: new Problem(all[0], { reason: 'KeyNotUsable', action: 'SetPeer' }, sentence) };
}

/**
 * The remote's ranges and their names, none before they have any; `pending` while a change is about to be answered.
 * When other names are wanted and cannot be given, those that it has stay.
 */
export function namesOf(caches: Caches, remoteClusterID: string): RemoteNames | 'pending' {
  const none = { pod: [], external: [] };
  const configuration = aboutRemote<Configuration>(caches.configurations, remoteClusterID)[0];
  if (configuration === undefined) return none;
  const answer = configuration.status?.conditions?.find(({ type }) => type === namesCondition);
  if (answer?.observedGeneration !== undefined && answer.observedGeneration !== configuration.metadata.generation)
    return 'pending';
  const isWishRefused = answer?.status === 'False' && isAboutWish(answer.reason);
  const reading = readConfiguration(isWishRefused ? withoutAnswer(configuration) : configuration);
  return reading.ready ? reading : none;
}

const isAboutWish = (reason: string): boolean =>
  (['WantedCIDRsTaken', 'WantedCIDRsMalformed'] satisfies NamesProblem[]).some((each) => each === reason);

function withoutAnswer({ status, ...configuration }: Configuration): Configuration {
  return { ...configuration, status: { ...status, conditions: [] } };
}

/** All addresses of the external range that lead somewhere, in a stable order. */
export function addressMappings(caches: Caches): AddressMapping[] {
  return caches.ips
    .list()
    .flatMap(({ spec, status }) => {
      const [external, real] = [safeParseAddress(status?.ip ?? ''), safeParseAddress(spec?.ip ?? '')];
      return external.ok && real.ok ? [{ external: external.value.text, real: real.value.text }] : [];
    })
    .sort((a, b) => (a.external < b.external ? -1 : 1));
}

/** Where a server listens and what it announces are the same port. */
export interface GatewayPlace {
  readonly uplinkAddress: string;
  /** At which others dial it: its own one, or that of the real node which passes its packets on. */
  readonly address: string;
  readonly port: number;
}

/** The status of a gateway (as in Liqo 1.2). */
export function gatewayStatus(
  gateway: Gateway,
  at: GatewayPlace & { readonly secretName: string; readonly internalAddress: string; readonly node: string },
): NonNullable<GatewayServer['status']> {
  const { namespace = '' } = gateway.object.metadata;
  const endpoint = { addresses: [at.address], port: at.port, protocol: 'UDP' };
  return {
    ...gateway.object.status,
    ...(gateway.role === 'Server' ? { endpoint } : {}),
    secretRef: { name: at.secretName, namespace },
    internalEndpoint: { ip: at.internalAddress, node: at.node },
  };
}
