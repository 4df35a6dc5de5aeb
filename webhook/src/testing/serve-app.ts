import { once } from 'node:events';
import type { IncomingHttpHeaders } from 'node:http';
import { Agent, type RequestOptions, request, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { noMetrics, systemClock } from '@leafway/reconciler';
import { pino } from 'pino';
import { BodyBudget } from '../server/body-budget.ts';
import type { ConnectionLimits } from '../server/limits.ts';
import { createListener, type ListenerDependencies } from '../server/listener.ts';
import { createMeasures } from '../server/measures.ts';
import type { ClientCheck } from '../server/tls/client-certificates.ts';
import { createTlsServer, secureContext } from '../server/tls/tls-server.ts';
import { aWorld } from './builders.ts';
import { insecureTestKeyPair } from './insecure-test-key-pair.ts';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** A webhook on a free port of this machine. */
export interface ServedApp {
  readonly server: Server;
  readonly port: number;
  /** What it logged, line by line. */
  readonly log: Record<string, unknown>[];
  send(method: string, path: string, options?: RequestOptions, body?: string | Buffer): Promise<Answer>;
  /** Sends an AdmissionReview as the API server does. */
  post(path: string, review: unknown): Promise<Answer>;
  close(): Promise<void>;
}

export interface ServedAppOptions extends Partial<ListenerDependencies> {
  readonly limits?: ConnectionLimits;
  readonly tls?: { readonly clients: ClientCheck; readonly clientAuthorities: string };
}

/** Serves the webhook over HTTPS. */
export async function serveApp({ tls, limits, ...overrides }: ServedAppOptions = {}): Promise<ServedApp> {
  const lines: Record<string, unknown>[] = [];
  const log = pino({}, { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) });
  const nothing = (): undefined => undefined;
  const listener = createListener({
    world: aWorld(),
    clock: systemClock,
    log,
    budget: new BodyBudget(),
    measures: createMeasures(noMetrics),
    isStopping: () => false,
    remarks: () => [],
    worldWaitsFor: nothing,
    notReady: nothing,
    clients: tls?.clients,
    ...overrides,
  });
  const server = createTlsServer({ clients: tls?.clients, limits }, listener);
  server.setSecureContext(secureContext(insecureTestKeyPair, tls?.clientAuthorities));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const agent = new Agent({ keepAlive: true, ca: insecureTestKeyPair.cert });

  async function send(
    method: string,
    path: string,
    options: RequestOptions = {},
    body?: string | Buffer,
  ): Promise<Answer> {
    const outgoing = request({ host: '127.0.0.1', port, agent, method, path, ...options });
    // The server may cut the rest of a body after its answer.
    outgoing.on('error', () => {}).end(body);
    const [response] = await once(outgoing, 'response');
    return { status: response.statusCode, headers: response.headers, text: await text(response) };
  }

  return {
    server,
    port,
    log: lines,
    send,
    post: (path, review) =>
      send('POST', `${path}?timeout=3s`, { headers: { 'content-type': 'application/json' } }, JSON.stringify(review)),
    close: async () => {
      agent.destroy();
      server.closeAllConnections();
      if (server.listening) await new Promise((resolve) => server.close(resolve));
    },
  };
}
