import { annotationKeys } from '@leafway/liqo';
import { gatewayFabricAddress } from '../routing/commands.ts';
import type { Site } from '../routing/site.ts';
import { type Gateway, type GatewayObject, type GatewayPlace, gatewayStatus } from './gateway-objects.ts';
import type { GatewayKeys } from './key-store.ts';
import type { Problem } from './problems.ts';
import { settleBoth } from './settle-both.ts';
import type { Writer } from './writes.ts';

/** What the other side needs to know of a gateway. */
export interface GatewayNews {
  readonly keys: GatewayKeys;
  readonly place: GatewayPlace;
  /** The next key of the peer, when it may knock. */
  readonly preparedFor: string | undefined;
}

/** Tells of a gateway on its object, where the centre reads it. */
export interface Announcements {
  announce(gateway: Gateway, news: GatewayNews, signal: AbortSignal): Promise<void>;
  /** Why nothing can be done for it now: whoever looks at the link from the centre sees no events of this cluster. */
  announceProblem(gateway: Gateway, problem: Problem, signal: AbortSignal): Promise<void>;
}

export interface AnnouncementsOptions {
  readonly site: Site;
  readonly writers: { readonly Server: Writer<GatewayObject>; readonly Client: Writer<GatewayObject> };
}

export function createAnnouncements({ site, writers }: AnnouncementsOptions): Announcements {
  return {
    announce: async (gateway, { keys, place, preparedFor }, signal) => {
      const writer = writers[gateway.role];
      const { secretName } = keys;
      const at = { ...place, secretName, internalAddress: gatewayFabricAddress, node: site.nodeNamespace };
      await settleBoth(
        writer.setAnnotations(gateway.object, annotationsOf(keys, preparedFor), signal),
        writer.setStatus(gateway.object, gatewayStatus(gateway, at), signal),
      );
    },
    announceProblem: async ({ role, object }, { message }, signal) => {
      const before = object.metadata.annotations ?? {};
      const kept = Object.fromEntries(ownAnnotations.map((key) => [key, before[key]]));
      await writers[role].setAnnotations(object, { ...kept, [annotationKeys.problem]: message }, signal);
    },
  };
}

/**
 * The other side believes what it is told, that a key is in use or is expected, and acts on it: then it has to be so
 * before. Of a new gateway it can only wait, so it is told as early as possible.
 */
export function mustBeTrueFirst({ object }: Gateway, { keys, preparedFor }: GatewayNews): boolean {
  const told = object.metadata.annotations?.[annotationKeys.publicKey];
  return preparedFor !== undefined || (told !== undefined && told !== keys.publicKey);
}

/** All that is told of a gateway; what is left out of an announcement is taken back. */
const ownAnnotations = [
  annotationKeys.publicKey,
  annotationKeys.nextPublicKey,
  annotationKeys.rotatedKey,
  annotationKeys.preparedForKey,
  annotationKeys.problem,
] as const;
type OwnAnnotations = Record<(typeof ownAnnotations)[number], string | undefined>;

function annotationsOf({ publicKey, next, request }: GatewayKeys, preparedFor: string | undefined): OwnAnnotations {
  return {
    [annotationKeys.publicKey]: publicKey,
    [annotationKeys.nextPublicKey]: next?.publicKey,
    [annotationKeys.rotatedKey]: next === undefined ? request : undefined,
    [annotationKeys.preparedForKey]: preparedFor,
    [annotationKeys.problem]: undefined,
  };
}
