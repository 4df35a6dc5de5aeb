import {
  apiVersionOf,
  type GatewayClient,
  type GatewayServer,
  gatewayResourceName,
  labelKeys,
  ownerReferenceTo,
  remoteClusterIDOf,
  resources,
  type Secret,
} from '@leafway/liqo';
import { type Clock, guardedPatch, isApiError, type KubeApi } from '@leafway/reconciler';
import {
  type KeyOrder,
  keyOrderOf,
  nextKeys,
  readStoredKeys,
  type StoredKeys,
  storedFields,
  storeOperations,
} from '../rotation/own-key.ts';
import { generateKeyPair } from '../wireguard/keys.ts';
import { Problem } from './problems.ts';

type Gateway = GatewayServer | GatewayClient;

/** The keys of a gateway and the Secret that keeps them. */
export interface GatewayKeys extends StoredKeys {
  readonly secretName: string;
}

/**
 * Keeps the key pairs of gateways in Secrets (as in Liqo 1.2). They are not watched, which would need the right
 * to read every Secret of the cluster: a key that was read is asked for again every ten seconds. A Secret that was
 * deleted meanwhile is then made again, with the same key. When the agent ends before, the key is lost, and the next one
 * makes another.
 */
export interface KeyStore {
  /**
   * The keys as they shall be used now; what the centre orders is stored before it is used. Throws a `Problem` when the
   * Secret that a gateway names is not there or holds no key.
   */
  ensure(gateway: Gateway, signal: AbortSignal): Promise<GatewayKeys>;
  /** After how long the Secret is to be looked at again. */
  checkInMs(remoteClusterID: string): number;
  forget(remoteClusterID: string): void;
}

const checkAgainMs = 10_000;

interface KnownKeys {
  readonly gateway: string;
  readonly keys: GatewayKeys;
  readonly checkedMs: number;
}

export function createKeyStore(api: KubeApi, clock: Clock): KeyStore {
  const known = new Map<string, KnownKeys>();
  const checkInMs = (id: string): number => {
    const { checkedMs = Number.NEGATIVE_INFINITY } = known.get(id) ?? {};
    return Math.max(0, checkedMs + checkAgainMs - clock.monotonicMs());
  };
  return {
    checkInMs,
    ensure: async (gateway, signal) => {
      const id = remoteClusterIDOf(gateway) ?? '';
      const secretName = secretNameOf(gateway);
      const { uid = '' } = gateway.metadata;
      // A Secret that the gateway names is somebody else's to change.
      const order = secretName === gatewayResourceName(gateway.metadata.name) ? keyOrderOf(gateway) : {};
      const last = known.get(id);
      const remembered = last?.gateway === uid && last.keys.secretName === secretName ? last : undefined;
      const isFresh = remembered !== undefined && checkInMs(id) > 0;
      if (isFresh && nextKeys(remembered.keys, order) === remembered.keys) return remembered.keys;
      const checkedMs = clock.monotonicMs();
      const stored = await ensureSecret(api, gateway, { remembered: remembered?.keys, order, signal });
      const keys = { ...stored, secretName };
      known.set(id, { keys, gateway: uid, checkedMs });
      return keys;
    },
    forget: (remoteClusterID) => {
      known.delete(remoteClusterID);
    },
  };
}

function secretNameOf(gateway: Gateway): string {
  const given = gateway.spec?.secretRef?.name ?? '';
  return given === '' ? gatewayResourceName(gateway.metadata.name) : given;
}

interface KeyWish {
  readonly remembered: StoredKeys | undefined;
  readonly order: KeyOrder;
  readonly signal: AbortSignal;
}

async function ensureSecret(api: KubeApi, gateway: Gateway, wish: KeyWish): Promise<StoredKeys> {
  const { remembered, signal } = wish;
  const ref = { namespace: gateway.metadata.namespace, name: secretNameOf(gateway) };
  const isGenerated = ref.name === gatewayResourceName(gateway.metadata.name);
  const found = await api.get<Secret>(resources.secrets, ref, signal);
  if (found !== undefined && !(isGenerated && isOfAnother(found, gateway))) return useSecret(api, gateway, found, wish);
  if (!isGenerated && remembered !== undefined) return remembered;
  if (!isGenerated)
    throw unusable(
      gateway,
      `the Secret ${ref.namespace}/${ref.name} that the gateway names does not exist: create it, or leave spec.secretRef out`,
    );
  // It belongs to a gateway of the same name that is gone, and would be taken away as garbage while in use.
  if (found !== undefined) await api.delete(resources.secrets, ref, { uid: found.metadata.uid, signal });
  // A key that is new answers whatever request there is.
  const keys = remembered ?? { ...generateKeyPair(), request: wish.order.request };
  try {
    const made = await api.create<Secret>(resources.secrets, buildSecret(gateway, keys), signal);
    return await useSecret(api, gateway, made, wish);
  } catch (error) {
    const other = isApiError(error, 'AlreadyExists')
      ? await api.get<Secret>(resources.secrets, ref, signal)
      : undefined;
    if (other === undefined) throw error;
    return useSecret(api, gateway, other, wish);
  }
}

/** What the Secret keeps when the order is carried out in it. */
async function useSecret(
  api: KubeApi,
  gateway: Gateway,
  secret: Secret,
  { order, signal }: KeyWish,
): Promise<StoredKeys> {
  const stored = readSecret(gateway, secret);
  const wanted = nextKeys(stored, order);
  if (wanted !== stored)
    await guardedPatch(api, resources.secrets, secret, storeOperations(secret, wanted), { signal });
  return wanted;
}

function isOfAnother(secret: Secret, gateway: Gateway): boolean {
  const owners = secret.metadata.ownerReferences ?? [];
  return owners.length > 0 && owners.every(({ uid }) => uid !== gateway.metadata.uid);
}

function unusable(gateway: Gateway, sentence: string): Problem {
  return new Problem(gateway, { reason: 'KeyNotUsable', action: 'ReadKey' }, sentence);
}

function readSecret(gateway: Gateway, secret: Secret): StoredKeys {
  const { namespace, name } = secret.metadata;
  try {
    return readStoredKeys(secret);
  } catch (error) {
    throw unusable(gateway, `the Secret ${namespace}/${name} has no usable privateKey: ${(error as Error).message}`);
  }
}

function buildSecret(gateway: Gateway, keys: StoredKeys): Secret {
  const { name, namespace } = gateway.metadata;
  const { data, annotations } = storedFields(keys);
  return {
    apiVersion: apiVersionOf(resources.secrets),
    kind: resources.secrets.kind,
    metadata: {
      name: gatewayResourceName(name),
      ...(namespace === undefined ? {} : { namespace }),
      labels: { [labelKeys.remoteClusterID]: remoteClusterIDOf(gateway) ?? '', [labelKeys.gatewayResource]: 'true' },
      ...(annotations === undefined ? {} : { annotations }),
      ownerReferences: [ownerReferenceTo(gateway)],
    },
    data,
  };
}
