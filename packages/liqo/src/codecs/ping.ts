/**
 * The ping protocol between two gateways: JSON over UDP inside the tunnel.
 * A PONG is the received object sent back with only `msgType` changed.
 */
export interface PingMessage {
  /** In a PING: the remote's cluster ID as the sender knows it. */
  clusterID: string;
  msgType: 'PING' | 'PONG';
  /** RFC 3339 with nanoseconds; of the sender's clock, so only the sender compares it. */
  timeStamp: string;
}

/** UDP port of the ping, at the tunnel's inner addresses. */
export const pingPort = 12_345;
/** Time between two pings, in milliseconds. */
export const pingIntervalMs = 2_000;
/** So many pings in a row without an answer, and the tunnel is down. */
export const pingLossThreshold = 5;
/** The reader's buffer; a longer message is not answered. */
const pingMaxBytes = 1_024;

/** The text of a message, as it goes into a datagram. */
export function encodePing(message: PingMessage): string {
  return JSON.stringify({ clusterID: message.clusterID, msgType: message.msgType, timeStamp: message.timeStamp });
}

/** `undefined` for anything that is not a message of this protocol. */
export function decodePing(data: Uint8Array): PingMessage | undefined {
  if (data.byteLength > pingMaxBytes) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(data));
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { clusterID, msgType, timeStamp } = value as Record<string, unknown>;
  if (typeof clusterID !== 'string' || typeof timeStamp !== 'string') return undefined;
  if (msgType !== 'PING' && msgType !== 'PONG') return undefined;
  return { clusterID, msgType, timeStamp };
}

/** The text of `Connection.status.latency.value`: the micro sign is U+03BC. */
export function formatLatency(latencyMs: number): string {
  if (latencyMs <= 0) return 'N/A';
  return latencyMs >= 1 ? `${Math.floor(latencyMs)}ms` : `${Math.max(1, Math.floor(latencyMs * 1_000))}\u03bcs`;
}
