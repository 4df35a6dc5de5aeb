import { constants } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { SecureContextOptions } from 'node:tls';
import { type ConnectionLimits, limits as defaultLimits } from '../limits.ts';
import type { ClientCheck } from './client-certificates.ts';
import type { KeyPair } from './key-pair.ts';

export interface TlsServerOptions {
  /** With it each client is asked for a certificate, and may still go without. */
  readonly clients?: Pick<ClientCheck, 'opened'> | undefined;
  /** The times and the number of connections; those of `limits` by default. */
  readonly limits?: ConnectionLimits | undefined;
}

/** An HTTPS server for requests of API servers; it can serve nothing before it is given a {@link secureContext}. */
export function createTlsServer(
  { clients, limits = defaultLimits }: TlsServerOptions,
  listener: RequestListener,
): Server {
  const server = createServer(
    {
      ...(clients === undefined ? {} : { requestCert: true, rejectUnauthorized: false }),
      handshakeTimeout: limits.handshakeMs,
      headersTimeout: limits.headersMs,
      requestTimeout: limits.requestMs,
      keepAliveTimeout: limits.keepAliveMs,
      connectionsCheckingInterval: limits.checkMs,
    },
    listener,
  );
  server.maxConnections = limits.connections;
  server.timeout = limits.stallMs;
  if (clients !== undefined) server.on('secureConnection', clients.opened);
  return server;
}

/**
 * What handshakes are made with from now on, for `setSecureContext`, which keeps nothing of what it was given before.
 * Where clients are asked for certificates there are no tickets: a resumed session would bring along that a former
 * authority was trusted.
 */
export function secureContext(pair: KeyPair, clientAuthorities?: string): SecureContextOptions {
  if (clientAuthorities === undefined) return { ...pair };
  return { ...pair, ca: clientAuthorities, secureOptions: constants.SSL_OP_NO_TICKET };
}
