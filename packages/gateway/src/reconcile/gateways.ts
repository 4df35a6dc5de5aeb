import type { RangeMapping, RemoteNames } from '@leafway/core';
import { after, done, type Outcome, type ReconcileContext } from '@leafway/reconciler';
import type { DataPlane } from '../data-plane/data-plane.ts';
import type { GatewayState } from '../data-plane/state.ts';
import { entryRuleset, gatewayRuleset } from '../firewall/ruleset.ts';
import type { UplinkAddresses } from '../ipam/uplink-addresses.ts';
import type { Pinger } from '../ping/pinger.ts';
import { probeTargetOf } from '../probe/address.ts';
import type { Prober } from '../probe/prober.ts';
import type { AdmittedPeer, Doors } from '../rotation/doors.ts';
import { gatewayNames, type Site } from '../routing/site.ts';
import type { Peer } from '../wireguard/configuration.ts';
import type { Handshakes } from '../wireguard/handshakes.ts';
import { type Announcements, mustBeTrueFirst } from './announcements.ts';
import type { Caches } from './caches.ts';
import { addressMappings, type Gateway, type GatewayPlace, gatewayTowards, mtuOf, namesOf } from './gateway-objects.ts';
import type { GatewayKeys, KeyStore } from './key-store.ts';
import type { LinkKeys, Links } from './links.ts';
import type { FoundPeer, Peers } from './peers.ts';
import { choosePlace } from './places.ts';
import { Problem, type Problems } from './problems.ts';
import { settleBoth } from './settle-both.ts';

export interface GatewaysDeps {
  readonly caches: Caches;
  readonly announcements: Announcements;
  readonly site: Site;
  readonly dataPlane: DataPlane;
  readonly keys: KeyStore;
  readonly uplinkAddresses: UplinkAddresses;
  readonly pinger: Pinger;
  readonly prober: Prober;
  readonly links: Links;
  readonly handshakes: Handshakes;
  readonly peers: Peers;
  readonly doors: Doors;
  readonly problems: Problems;
  /** Called when the peer is set, so that the Connection can be told. */
  readonly onPeer: (remoteClusterID: string) => void;
}

/** Host names are asked for again after that time (as in Liqo 1.2). */
const resolveAgainMs = 300_000;
/** A problem may be solved in a Secret, which is not watched. */
const problemAgainMs = 30_000;

/** Turns the gateway object towards one remote cluster into a gateway on this machine, and back into nothing. */
export function createGatewayReconciler(deps: GatewaysDeps) {
  const { caches, problems } = deps;
  return async (remoteClusterID: string, { signal }: ReconcileContext): Promise<Outcome> => {
    const gateway = gatewayTowards(caches, remoteClusterID);
    if (gateway === undefined) return remove(deps, remoteClusterID);
    const names = namesOf(caches, remoteClusterID);
    // Its answer comes at once and wakes us again; until then the names in use stay.
    if (names === 'pending') return done();
    try {
      return await ensure(deps, remoteClusterID, { gateway, names, signal });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      problems.update(subjectOf(remoteClusterID), error);
      await deps.announcements.announceProblem(gateway, error, signal);
      return after(problemAgainMs);
    }
  };
}

async function ensure(
  deps: GatewaysDeps,
  remoteClusterID: string,
  input: { readonly gateway: Gateway; readonly names: RemoteNames; readonly signal: AbortSignal },
): Promise<Outcome> {
  const { gateway, names, signal } = input;
  const keys = await deps.keys.ensure(gateway.object, signal);
  const { place, problem } = choosePlace(deps, remoteClusterID, gateway);
  const found = await deps.peers.find(remoteClusterID, gateway);
  const { peer, nextKey, waitMs: doorMs } = await admit(deps, remoteClusterID, found);
  deps.problems.update(subjectOf(remoteClusterID), problem ?? found.problem);
  const ranges = [...names.pod, ...names.external];
  const addresses = addressMappings(deps.caches);
  const entry = entryOf(deps.site, remoteClusterID, gateway, place);
  const desired = desiredState(gateway, { keys, place, peer, nextKey, ranges, addresses, entry });
  const realizing = realize(deps, remoteClusterID, { gateway, names, desired, keys });
  const news = { keys, place, preparedFor: nextKey };
  const announcing = (mustBeTrueFirst(gateway, news) ? realizing : Promise.resolve()).then(() =>
    deps.announcements.announce(gateway, news, signal),
  );
  const [waitMs] = await settleBoth(realizing, announcing);
  const waits = [waitMs, doorMs, found.graceMs, deps.keys.checkInMs(remoteClusterID)].filter((ms) => ms !== undefined);
  return after(Math.min(...waits));
}

async function admit(deps: GatewaysDeps, remoteClusterID: string, found: FoundPeer): Promise<Partial<AdmittedPeer>> {
  const { peer, nextKey } = found;
  return peer === undefined ? {} : deps.doors.admit(remoteClusterID, { peer, nextKey });
}

/** What problems of a gateway are told under. */
function subjectOf(remoteClusterID: string): string {
  return `gateway ${remoteClusterID}`;
}

/**
 * Makes the gateway, and gets packets through a tunnel whose two ends learn of each other at different moments.
 * Resolves with the time after which to look again.
 */
async function realize(
  deps: GatewaysDeps,
  remoteClusterID: string,
  wish: {
    readonly gateway: Gateway;
    readonly names: RemoteNames;
    readonly desired: GatewayState;
    readonly keys: GatewayKeys;
  },
): Promise<number | undefined> {
  const { dataPlane, links, pinger, prober, handshakes, site } = deps;
  const { gateway, names, desired, keys } = wish;
  const steps = await dataPlane.ensure(remoteClusterID, desired, keys.privateKey);
  pinger.ensure({ remoteClusterID, role: gateway.role, namespace: gatewayNames(site, remoteClusterID).namespace });
  const target = probeTargetOf(names.pod);
  if (target !== undefined) prober.ensure({ remoteClusterID, address: target, mtu: desired.tunnel.mtu });
  if (desired.wireGuard.peer === undefined) return undefined;
  const isChanged = steps.includes('configure-wireguard');
  if (notePeer(deps, remoteClusterID, { gateway, desired, keys, isChanged }) || isChanged)
    pinger.begin(remoteClusterID);
  if (target !== undefined && links.setWay(remoteClusterID, target)) deps.onPeer(remoteClusterID);
  // A server cannot speak before it was spoken to.
  if (gateway.role === 'Server') return undefined;
  if (isChanged) handshakes.begin(remoteClusterID);
  const next = handshakes.next(remoteClusterID, links.get(remoteClusterID)?.ping?.value === 'Connected');
  if (next?.restart) {
    await dataPlane.restartHandshake(remoteClusterID, desired, keys.privateKey);
    pinger.begin(remoteClusterID);
  }
  return next?.waitMs ?? resolveAgainMs;
}

/**
 * Whether the tunnel is another than the last time: another gateway object, or another key at one of its ends than the
 * one it had or was to have next.
 */
function notePeer(
  { links, prober, onPeer }: GatewaysDeps,
  remoteClusterID: string,
  wish: { gateway: Gateway; desired: GatewayState; keys: GatewayKeys; isChanged: boolean },
): boolean {
  const { gateway, desired, keys: own, isChanged } = wish;
  const { publicKey: ownKey, peer, nextKey } = desired.wireGuard;
  const keys: LinkKeys = {
    gatewayUID: gateway.object.metadata.uid ?? '',
    ownKey,
    peerKey: peer?.publicKey ?? '',
    nextKeys: [own.next?.publicKey, nextKey].filter((key) => key !== undefined),
  };
  const before = links.get(remoteClusterID);
  if (before !== undefined && isSameTunnel(before, keys)) {
    links.setKeys(remoteClusterID, keys);
    return false;
  }
  // An agent that has just started finds tunnels that it need not change: of them everything stays true.
  links.setPeer(remoteClusterID, { ...keys, isNew: before !== undefined || isChanged });
  prober.setConnected(remoteClusterID, false);
  onPeer(remoteClusterID);
  return true;
}

const isSameTunnel = (before: LinkKeys, now: LinkKeys): boolean =>
  before.gatewayUID === now.gatewayUID &&
  [before.ownKey, ...before.nextKeys].includes(now.ownKey) &&
  [before.peerKey, ...before.nextKeys].includes(now.peerKey);

async function remove(deps: GatewaysDeps, remoteClusterID: string): Promise<Outcome> {
  deps.pinger.stop(remoteClusterID);
  deps.problems.update(subjectOf(remoteClusterID), undefined);
  for (const memory of [deps.links, deps.handshakes, deps.keys, deps.peers, deps.doors, deps.prober])
    memory.forget(remoteClusterID);
  await deps.dataPlane.remove(remoteClusterID);
  deps.uplinkAddresses.release(remoteClusterID);
  return done();
}

/** What a real node needs for others to reach the gateway; a client is not dialled. */
function entryOf(site: Site, remoteClusterID: string, { role }: Gateway, place: GatewayPlace): string | undefined {
  if (site.uplink.kind === 'bridge') return undefined;
  const at = role === 'Server' ? { port: place.port, address: place.uplinkAddress } : undefined;
  return entryRuleset(gatewayNames(site, remoteClusterID).entryTable, at);
}

function desiredState(
  gateway: Gateway,
  input: {
    readonly keys: GatewayKeys;
    readonly place: GatewayPlace;
    readonly peer: Peer | undefined;
    readonly nextKey: string | undefined;
    readonly ranges: readonly RangeMapping[];
    readonly addresses: ReturnType<typeof addressMappings>;
    readonly entry: string | undefined;
  },
): GatewayState {
  const { keys, place, peer, nextKey, ranges, addresses, entry } = input;
  const mtu = mtuOf(gateway);
  return {
    uplinkAddress: place.uplinkAddress,
    tunnel: { role: gateway.role, mtu },
    wireGuard: {
      publicKey: keys.publicKey,
      listenPort: place.port,
      ...(peer === undefined ? {} : { peer }),
      ...(nextKey === undefined ? {} : { nextKey }),
    },
    firewall: gatewayRuleset({ mtu, ranges, addresses }),
    entry,
    nodeRoutes: ranges.map(({ name }) => name.text),
  };
}
