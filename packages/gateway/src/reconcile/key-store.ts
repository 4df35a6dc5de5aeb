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
import { type Clock, isApiError, type KubeApi } from '@leafway/reconciler';
import { generateKeyPair, type KeyPair, keyPairOf } from '../wireguard/keys.ts';
import { Problem } from './problems.ts';

type Gateway = GatewayServer | GatewayClient;

/** The key pair of a gateway and the Secret that keeps it. */
export interface GatewayKeys extends KeyPair {
  readonly secretName: string;
}

/**
 * Keeps the key pairs of gateways in Secrets (as in Liqo 1.2). They are not watched, which would need the right
 * to read every Secret of the cluster: once read, a key is asked for again only when somebody needs it anyway, and at
 * most every five minutes. A Secret that was deleted meanwhile is then made again, with the same key. When the agent
 * ends before, the key is lost, and the next one makes another.
 */
export interface KeyStore {
  /** Throws a `Problem` when the Secret that a gateway names is not there or holds no key. */
  ensure(gateway: Gateway, signal: AbortSignal): Promise<GatewayKeys>;
  forget(remoteClusterID: string): void;
}

const checkAgainMs = 300_000;

export function createKeyStore(api: KubeApi, clock: Clock): KeyStore {
  const known = new Map<string, GatewayKeys & { readonly gateway: string; readonly checkedMs: number }>();
  return {
    ensure: async (gateway, signal) => {
      const id = remoteClusterIDOf(gateway) ?? '';
      const secretName = secretNameOf(gateway);
      const { uid = '' } = gateway.metadata;
      const last = known.get(id);
      const remembered = last?.gateway === uid && last.secretName === secretName ? last : undefined;
      const checkedMs = clock.monotonicMs();
      if (remembered !== undefined && checkedMs - remembered.checkedMs < checkAgainMs) return remembered;
      const keys = { ...(await ensureSecret(api, gateway, { remembered, signal })), secretName };
      known.set(id, { ...keys, gateway: uid, checkedMs });
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

async function ensureSecret(
  api: KubeApi,
  gateway: Gateway,
  { remembered, signal }: { readonly remembered: KeyPair | undefined; readonly signal: AbortSignal },
): Promise<KeyPair> {
  const ref = { namespace: gateway.metadata.namespace, name: secretNameOf(gateway) };
  const isGenerated = ref.name === gatewayResourceName(gateway.metadata.name);
  const found = await api.get<Secret>(resources.secrets, ref, signal);
  if (found !== undefined && !(isGenerated && isOfAnother(found, gateway))) return readKeyPair(gateway, found);
  if (!isGenerated && remembered !== undefined) return remembered;
  if (!isGenerated)
    throw unusable(
      gateway,
      `the Secret ${ref.namespace}/${ref.name} that the gateway names does not exist: create it, or leave spec.secretRef out`,
    );
  // It belongs to a gateway of the same name that is gone, and would be taken away as garbage while in use.
  if (found !== undefined) await api.delete(resources.secrets, ref, { uid: found.metadata.uid, signal });
  const pair = remembered ?? generateKeyPair();
  try {
    await api.create(resources.secrets, buildSecret(gateway, pair), signal);
    return pair;
  } catch (error) {
    const other = isApiError(error, 'AlreadyExists')
      ? await api.get<Secret>(resources.secrets, ref, signal)
      : undefined;
    if (other === undefined) throw error;
    return readKeyPair(gateway, other);
  }
}

function isOfAnother(secret: Secret, gateway: Gateway): boolean {
  const owners = secret.metadata.ownerReferences ?? [];
  return owners.length > 0 && owners.every(({ uid }) => uid !== gateway.metadata.uid);
}

function unusable(gateway: Gateway, sentence: string): Problem {
  return new Problem(gateway, { reason: 'KeyNotUsable', action: 'ReadKey' }, sentence);
}

function readKeyPair(gateway: Gateway, secret: Secret): KeyPair {
  const { namespace, name } = secret.metadata;
  try {
    return keyPairOf(secret.data?.privateKey ?? '');
  } catch (error) {
    throw unusable(gateway, `the Secret ${namespace}/${name} has no usable privateKey: ${(error as Error).message}`);
  }
}

function buildSecret(gateway: Gateway, { privateKey, publicKey }: KeyPair): Secret {
  const { name, namespace } = gateway.metadata;
  return {
    apiVersion: apiVersionOf(resources.secrets),
    kind: resources.secrets.kind,
    metadata: {
      name: gatewayResourceName(name),
      ...(namespace === undefined ? {} : { namespace }),
      labels: { [labelKeys.remoteClusterID]: remoteClusterIDOf(gateway) ?? '', [labelKeys.gatewayResource]: 'true' },
      ownerReferences: [ownerReferenceTo(gateway)],
    },
    data: { privateKey, publicKey },
  };
}
