import type { RequestListener } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { Clock, Logger } from '@leafway/reconciler';
import { type KeyPair, problemOfKeyPair } from './key-pair.ts';
import { limits } from './limits.ts';

/** How often the files are looked at: in a Pod they are exchanged as a whole, which no file watch tells reliably. */
const reloadMs = 10_000;

/** An HTTPS server for requests of API servers. Throws when the pair is not usable. */
export function createTlsServer(pair: KeyPair, listener: RequestListener): Server {
  const server = createServer(
    {
      ...pair,
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
  // `close()` ends only connections that are idle then; one whose answer was still under way would be kept alive.
  server.on('request', (_, response) => {
    response.once('close', () => server.listening || setImmediate(() => server.closeIdleConnections()));
  });
  return server;
}

export interface CertificateDependencies {
  readonly server: Pick<Server, 'setSecureContext'>;
  /** Reads the pair as it is now. */
  readonly read: () => Promise<KeyPair>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Takes a renewed certificate into use. */
export interface CertificateFollower {
  /** Why the pair in use can not serve any more; `undefined` when it can. */
  problem(): string | undefined;
  /** Looks at the files until the signal aborts. */
  run(signal: AbortSignal): void;
  /** Looks at the files once. Never rejects. */
  refresh(): Promise<void>;
}

/**
 * Follows the certificate of a running server. A new pair is checked before it is used; with one that is broken or
 * half written the old one goes on serving.
 */
export function createCertificateFollower(first: KeyPair, deps: CertificateDependencies): CertificateFollower {
  const { server, read, clock, log } = deps;
  let current = first;
  let rejected: string | undefined;

  async function refresh(): Promise<void> {
    try {
      const next = await read();
      const isNew = next.cert !== current.cert || next.key !== current.key;
      const problem = isNew ? problemOfKeyPair(next, clock.now()) : undefined;
      if (problem !== undefined) throw new Error(problem);
      if (isNew) {
        server.setSecureContext({ ...next });
        log.info({}, 'a new certificate is in use');
      }
      current = next;
      rejected = undefined;
    } catch (err) {
      const message = err instanceof Error ? err.message : String(err);
      if (message !== rejected)
        log.error({ problem: message }, 'the certificate can not be renewed; the old one stays in use');
      rejected = message;
    }
  }

  function run(signal: AbortSignal): void {
    let cancel = (): void => {};
    const schedule = (): void => {
      if (signal.aborted) return;
      cancel = clock.setTimer(reloadMs, () => void refresh().then(schedule));
    };
    signal.addEventListener('abort', () => cancel(), { once: true });
    schedule();
  }

  return { refresh, run, problem: () => problemOfKeyPair(current, clock.now()) };
}
