import type { RequestListener } from 'node:http';
import type { Server } from 'node:https';
import type { Clock, KubeApi, Logger, Random } from '@leafway/reconciler';
import type { PrometheusMetrics } from '@leafway/reconciler/prometheus';
import { createCachedWorld } from './cached-world.ts';
import { createApp } from './server/app.ts';
import { BodyBudget } from './server/body-budget.ts';
import { createEventLoopDelay, type DelayMonitor } from './server/event-loop.ts';
import { createListener } from './server/listener.ts';
import { createMeasures } from './server/measures.ts';
import { stopServer } from './server/shutdown.ts';
import { createStateMetrics } from './server/state-metrics.ts';
import { type ClientRule, createClientCheck } from './server/tls/client-certificates.ts';
import type { KeyPair, ServerNames } from './server/tls/key-pair.ts';
import { createServedCertificate, type ServedCertificate } from './server/tls/served-certificate.ts';
import { createTlsServer, secureContext } from './server/tls/tls-server.ts';

/** The ports of the webhook. */
export interface WebhookDependencies {
  /** The central cluster. */
  readonly api: KubeApi;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly metrics: PrometheusMetrics;
  readonly delays: DelayMonitor;
}

/** Who the webhook is, and whom it answers. */
export interface WebhookOptions {
  /** What API servers call the webhook: a certificate for something else is not taken into use. */
  readonly names?: ServerNames | undefined;
  /** Who may ask for admissions; anybody where it is left out. */
  readonly clients?: ClientRule | undefined;
  /** Where Liqo's ConfigMap with the centre's ID is. */
  readonly liqoNamespace: string;
  /** The centre's own ID, where no such ConfigMap tells it. */
  readonly clusterID?: string | undefined;
}

/** The parts of the process, put together; nothing listens yet. */
export interface Webhook {
  /** HTTPS for API servers. It serves nothing before it was offered a certificate. */
  readonly server: Server;
  /** `/healthz`, `/readyz` and `/metrics`, for a server of their own. */
  readonly health: RequestListener;
  readonly certificate: Pick<ServedCertificate, 'offer' | 'miss' | 'problem' | 'rejection'>;
  /** Exchanges the authorities of the clients; with broken ones the old ones stay. */
  offerClientAuthorities(pem: string): void;
  /** Follows the central cluster until the signal aborts. Never rejects. */
  run(signal: AbortSignal): Promise<void>;
  /** Ends the server without losing a request; resolves when that is done. */
  stop(graceMs: number): Promise<void>;
}

/** Builds the webhook. Throws when the authorities of the clients cannot be used. */
export function createWebhook(deps: WebhookDependencies, options: WebhookOptions): Webhook {
  const { clock, log, metrics } = deps;
  let clientRule = options.clients;
  let pair: KeyPair | undefined;
  let isStopping = false;

  const world = createCachedWorld(deps, options);
  const budget = new BodyBudget();
  const eventLoop = createEventLoopDelay(deps.delays, clock);
  const clients = clientRule === undefined ? undefined : createClientCheck(clientRule);
  const notReady = (): string | undefined =>
    isStopping ? 'stopping' : (world.waitsFor() ?? certificate.problem() ?? eventLoop.problem());
  const remarks = (): string[] => {
    const rejection = certificate.rejection();
    return rejection === undefined ? [] : [`the certificate in use cannot be renewed: ${rejection}`];
  };
  const common = { log, notReady, remarks, isStopping: () => isStopping };
  const listener = createListener({
    ...common,
    world,
    clock,
    budget,
    measures: createMeasures(metrics),
    clients,
    worldWaitsFor: world.waitsFor,
  });
  const server = createTlsServer({ clients }, listener);
  const use = (next: KeyPair): void => {
    server.setSecureContext(secureContext(next, clientRule?.authorities));
    pair = next;
  };
  const certificate = createServedCertificate({ use, clock, log }, options);
  const refresh = createStateMetrics(metrics, {
    server,
    budget,
    certificate,
    eventLoop,
    worldWaitsFor: world.waitsFor,
    notReady,
  });

  return {
    server,
    certificate,
    health: createApp({
      ...common,
      metrics: {
        contentType: metrics.contentType,
        text: () => {
          refresh();
          return metrics.text();
        },
      },
    }),
    offerClientAuthorities: (authorities) => {
      if (clients === undefined || clientRule === undefined || authorities === clientRule.authorities) return;
      const next = { ...clientRule, authorities };
      try {
        clients.replace(next);
        if (pair !== undefined) server.setSecureContext(secureContext(pair, authorities));
        clientRule = next;
        log.info({}, 'new authorities of clients are in use');
      } catch (err) {
        log.error({ err }, 'the new authorities of clients cannot be used; the old ones stay');
      }
    },
    run: async (signal) => {
      eventLoop.run(signal);
      await world.run(signal);
    },
    stop: async (graceMs) => {
      isStopping = true;
      log.info({ graceMs }, 'webhook stops');
      await stopServer(server, clock, graceMs);
    },
  };
}
