import { annotationKeys, clusterIDConfigMapLabel, labelKeys } from '../api/labels.ts';
import type { ConfigMap, Connection, GatewayClient, GatewayServer, LiqoObject, Secret } from '../api/types.ts';

export interface Endpoint {
  /** An IP address or a host name. */
  readonly address: string;
  readonly port: number;
}

/**
 * Where a gateway server can be reached; `undefined` while it is not known.
 * A list with one empty string is what Liqo writes while the node is not ready (contract, section 4.5).
 */
export function readServerEndpoint(server: GatewayServer): Endpoint | undefined {
  const address = server.status?.endpoint?.addresses?.[0];
  const port = server.status?.endpoint?.port;
  return address === undefined || address === '' || port === undefined || port === 0 ? undefined : { address, port };
}

/** Where a gateway client was told to connect. */
export function readClientEndpoint(client: GatewayClient): Endpoint | undefined {
  const address = client.spec?.endpoint?.addresses?.[0];
  const port = client.spec?.endpoint?.port;
  return address === undefined || address === '' || port === undefined ? undefined : { address, port };
}

/** Where a gateway's own public key can be found: on the object (our agent), or in a Secret (Liqo). */
export type OwnKeySource =
  | { readonly kind: 'known'; readonly publicKey: string }
  | { readonly kind: 'secret'; readonly namespace: string; readonly name: string }
  | { readonly kind: 'none'; readonly reason: string };

export function ownKeySource(gateway: GatewayServer | GatewayClient): OwnKeySource {
  const announced = gateway.metadata.annotations?.[annotationKeys.publicKey];
  if (announced !== undefined) {
    return isPublicKey(announced)
      ? { kind: 'known', publicKey: announced }
      : { kind: 'none', reason: `its annotation ${annotationKeys.publicKey} is not a WireGuard key` };
  }
  const { name, namespace } = gateway.status?.secretRef ?? {};
  if (name === undefined || name === '') return { kind: 'none', reason: 'its key is not made yet' };
  return { kind: 'secret', name, namespace: namespace ?? gateway.metadata.namespace ?? '' };
}

/** The public half from a key Secret (contract, section 6.1: raw 32 bytes, so base64 of them in the JSON). */
export function publicKeyFromSecret(secret: Secret): string | undefined {
  const text = secret.data?.publicKey;
  return text !== undefined && isPublicKey(text) ? text : undefined;
}

/** True for standard base64 of 32 bytes that are not all zero: fewer make Liqo's gateway panic (contract, 6.2). */
export function isPublicKey(text: string): boolean {
  if (!/^[A-Za-z0-9+/]{43}=$/.test(text)) return false;
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  return bytes.length === 32 && bytes.some((byte) => byte !== 0);
}

export interface ConnectionReading {
  /** As it stands in the status; `undefined` before the first word. */
  readonly value: string | undefined;
  readonly connected: boolean;
  readonly latency: string | undefined;
  /** When the last PONG was processed, of the leaf's clock: compare it only with itself. */
  readonly stamp: string | undefined;
}

/** Contract, section 7.1. There is no heartbeat from outside: whether it is fresh is for the caller to judge. */
export function readConnection(connection: Connection): ConnectionReading {
  const { value, latency } = connection.status ?? {};
  return { value, connected: value === 'Connected', latency: latency?.value, stamp: latency?.timestamp };
}

/** The cluster's ID from its ConfigMap (contract, section 1.1); `undefined` when it is another ConfigMap or malformed. */
export function clusterIDOf(configMap: ConfigMap): string | undefined {
  if (configMap.metadata.labels?.[labelKeys.appName] !== clusterIDConfigMapLabel) return undefined;
  const id = configMap.data?.CLUSTER_ID;
  return id !== undefined && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(id) ? id : undefined;
}

/** The remote cluster whose tenant namespace this is (contract, section 1.2). */
export function tenantOf(namespace: LiqoObject): string | undefined {
  const { labels } = namespace.metadata;
  return labels?.[labelKeys.tenantNamespace] === undefined ? undefined : labels[labelKeys.remoteClusterID];
}
