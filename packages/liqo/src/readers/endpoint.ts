import { safeParseAddress } from '@leafway/core';
import type { GatewayClient, GatewayServer } from '../api/types.ts';

/** Where a gateway can be dialled by UDP. */
export interface Endpoint {
  /** An IP address or a DNS name. */
  readonly address: string;
  /** 1 to 65535. */
  readonly port: number;
}

/**
 * Where a gateway server can be reached; `undefined` while it is not known, or not an endpoint.
 * A list with one empty string is what Liqo writes while the node is not ready.
 */
export function readServerEndpoint(server: GatewayServer): Endpoint | undefined {
  return readEndpoint(server.status?.endpoint);
}

/** Where a gateway client was told to connect; `undefined` when that is not an endpoint. */
export function readClientEndpoint(client: GatewayClient): Endpoint | undefined {
  return readEndpoint(client.spec?.endpoint);
}

/** `address:port`, with the brackets that an IPv6 address needs (RFC 3986, section 3.2.2). */
export function formatEndpoint({ address, port }: Endpoint): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** What one cluster says is told to another one, so nothing but an endpoint may pass, whatever the type promises. */
function readEndpoint(endpoint: { addresses?: string[]; port?: number } | undefined): Endpoint | undefined {
  const address: unknown = endpoint?.addresses?.[0];
  const port: unknown = endpoint?.port;
  if (typeof address !== 'string' || !(safeParseAddress(address).ok || isDNSName(address))) return undefined;
  if (typeof port !== 'number' || !Number.isInteger(port) || port < 1 || port > 65_535) return undefined;
  return { address, port };
}

/** Names of digits and dots alone are malformed IPv4 addresses. */
function isDNSName(text: string): boolean {
  const label = '[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?';
  return text.length <= 253 && !/^[0-9.]+$/.test(text) && new RegExp(`^${label}([.]${label})*$`, 'i').test(text);
}
