import { constants } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { Duplex } from 'node:stream';
import type { SecureContextOptions, TLSSocket } from 'node:tls';
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
  spareTheEarly(server, limits);
  return server;
}

/**
 * API servers open connections that they use later: another one was free sooner. To Node such a client is late with its
 * headers, and the 408 that it would get could meet its first request, as the answer to it. Here it is idle, like one
 * between two requests. All other errors have the end that Node gives them.
 */
function spareTheEarly(server: Server, { keepAliveMs, stallMs }: ConnectionLimits): void {
  const openedAt = new WeakMap<Duplex, number>();
  server.on('secureConnection', (socket) => openedAt.set(socket, socket.bytesRead));
  server.on('clientError', (error: Error & { code?: string }, socket) => {
    const connection = socket as TLSSocket;
    const hasAsked = connection.bytesRead !== openedAt.get(connection);
    if (error.code !== 'ERR_HTTP_REQUEST_TIMEOUT' || hasAsked) end(connection, error);
    else connection.setTimeout(keepAliveMs);
  });
  // Only now it can stand still in the middle of something.
  server.prependListener('request', ({ socket }) => socket.setTimeout(stallMs));
}

/** With an answer where there can be one. */
function end(socket: TLSSocket, { code = '' }: { code?: string }): void {
  const status = statuses[code] ?? (code.startsWith('HPE_') ? '400 Bad Request' : undefined);
  if (socket.writable && status !== undefined) socket.write(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`);
  socket.destroy();
}

const statuses: Readonly<Record<string, string>> = {
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: '413 Payload Too Large',
};

/**
 * What handshakes are made with from now on, for `setSecureContext`, which keeps nothing of what it was given before.
 * Where clients are asked for certificates there are no tickets: a resumed session would bring along that a former
 * authority was trusted.
 */
export function secureContext(pair: KeyPair, clientAuthorities?: string): SecureContextOptions {
  if (clientAuthorities === undefined) return { ...pair };
  return { ...pair, ca: clientAuthorities, secureOptions: constants.SSL_OP_NO_TICKET };
}
