const kiB = 1024;
const miB = 1024 * kiB;

/**
 * What one request, one connection and all of them together may cost. There is no limit for one address: behind a
 * Service every API server can have the address of the same node.
 */
export const limits = {
  /** An update carries two objects, and the API server takes objects of 3 MiB. */
  bodyBytes: 8 * miB,
  /** Of each body this much is counted apart from the rest, so that large ones never keep small ones waiting. */
  smallBodyBytes: 64 * kiB,
  /** What the first parts of all bodies together may hold in memory, and what the rests may. */
  smallBodiesBytes: 32 * miB,
  largeBodiesBytes: 64 * miB,
  /** Far more than all API servers of a cluster open, and a quarter of a GiB when all of them are in use. */
  connections: 4_000,
  handshakeMs: 5_000,
  headersMs: 5_000,
  /** From the first byte of a request to the last. */
  requestMs: 10_000,
  /** How long a connection may stand still while a request or its answer is under way. */
  stallMs: 10_000,
  /** The API server keeps idle connections for 90 s: closed from this side, they meet a request that is under way. */
  keepAliveMs: 120_000,
  /** How often the times are looked at. */
  checkMs: 1_000,
} as const;

/** What a single connection, and all together, may cost. */
export type ConnectionLimits = Readonly<
  Record<'connections' | 'handshakeMs' | 'headersMs' | 'requestMs' | 'stallMs' | 'keepAliveMs' | 'checkMs', number>
>;
