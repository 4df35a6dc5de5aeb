import type { Dispatcher } from 'undici';
import { Agent, ProxyAgent } from 'undici';
import type { ClusterConnection } from '../connection/connection.ts';
import type { Clock } from '../ports/clock.ts';
import { untilAborted } from '../ports/until-aborted.ts';

/** One HTTP exchange with the server; the answer's body is still to be read. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Path and query below the server's own path. */
  readonly path: string;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly signal?: AbortSignal | undefined;
  /** Longest silence before the headers and between two pieces of the body. */
  readonly silenceMs: number;
}

export interface Transport {
  send(request: HttpRequest): Promise<Dispatcher.ResponseData>;
  /** Ends every request that is still under way. */
  close(): Promise<void>;
}

export interface TransportOptions {
  readonly clock: Pick<Clock, 'monotonicMs'>;
  /** See `KubeApiOptions`. */
  readonly writesLeaveWithinMs?: number | undefined;
}

/** Below the 90 s after which an API server closes an idle connection, so that we never write into a closing one. */
const keepAliveMs = 45_000;
const connectMs = 10_000;

/** One pool of kept-alive connections to one API server. Redirects are not followed. */
export function createTransport(
  connection: ClusterConnection,
  userAgent: string,
  { clock, writesLeaveWithinMs = Number.POSITIVE_INFINITY }: TransportOptions,
): Transport {
  const { origin, pathname } = new URL(connection.server);
  const base = pathname.replace(/\/+$/, '');
  const pool = createPool(connection);
  const perform = async ({ method, path, body, contentType, signal, silenceMs }: HttpRequest) => {
    const punctual = punctually(clock, method === 'GET' ? Number.POSITIVE_INFINITY : writesLeaveWithinMs);
    const dispatcher = await pool.dispatcher();
    return dispatcher.compose(punctual).request({
      origin,
      path: base + path,
      method,
      body: body === undefined ? null : JSON.stringify(body),
      headers: await headers(connection, userAgent, contentType),
      signal: signal ?? null,
      headersTimeout: silenceMs,
      bodyTimeout: silenceMs,
    });
  };
  return {
    // Credential programs know no signal, and undici heeds it only when it has a connection.
    send: (request) => untilAborted(perform(request), request.signal),
    close: () => pool.close(),
  };
}

/** Asks for the time once more when a connection is there, in the moment before the request is written to it. */
function punctually(clock: TransportOptions['clock'], withinMs: number): Dispatcher.DispatcherComposeInterceptor {
  const lateAtMs = clock.monotonicMs() + withinMs;
  return (dispatch) => (options, handler) => {
    const start = handler.onRequestStart?.bind(handler);
    handler.onRequestStart = (...request) => {
      if (clock.monotonicMs() >= lateAtMs) throw new Error(`not sent: no connection within ${withinMs} ms`);
      start?.(...request);
    };
    return dispatch(options, handler);
  };
}

/** A pool for as long as the client certificate is the same; the connections of an earlier one end with their requests. */
function createPool(connection: ClusterConnection) {
  let { certData } = connection;
  let current = createDispatcher(connection);
  return {
    async dispatcher(): Promise<Dispatcher> {
      const certificate = await connection.clientCertificate?.();
      if (certificate === undefined || certificate.certData === certData) return current;
      ({ certData } = certificate);
      void current.close();
      current = createDispatcher({ ...connection, ...certificate });
      return current;
    },
    close: () => current.destroy(),
  };
}

function createDispatcher(connection: ClusterConnection): Dispatcher {
  const tls = {
    ca: connection.caData,
    cert: connection.certData,
    key: connection.keyData,
    servername: connection.serverName,
    rejectUnauthorized: true,
    timeout: connectMs,
  };
  // HTTP/1.1, so that a connection that silently died fails one request only: over HTTP/2 all requests would go on
  // into it for a minute and more. A watch holds a connection of its own.
  const pool = { keepAliveTimeout: keepAliveMs, allowH2: false };
  if (connection.proxyUrl === undefined) return new Agent({ ...pool, connect: tls });
  return new ProxyAgent({ ...pool, uri: connection.proxyUrl, requestTls: tls });
}

async function headers(
  connection: ClusterConnection,
  userAgent: string,
  contentType: string | undefined,
): Promise<Record<string, string>> {
  const token = typeof connection.token === 'function' ? await connection.token() : connection.token;
  return {
    accept: 'application/json',
    'user-agent': userAgent,
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(contentType === undefined ? {} : { 'content-type': contentType }),
  };
}
