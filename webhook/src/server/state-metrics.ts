import type { Server } from 'node:https';
import type { Metrics } from '@leafway/reconciler';
import type { BodyBudget } from './body-budget.ts';
import type { EventLoopDelay } from './event-loop.ts';
import type { ServedCertificate } from './tls/served-certificate.ts';

/** What the state of a webhook is read from. */
export interface StateSources {
  readonly server: Pick<Server, 'on'>;
  readonly budget: Pick<BodyBudget, 'bodies' | 'bytes'>;
  readonly certificate: Pick<ServedCertificate, 'notAfter' | 'rejection' | 'rejections'>;
  readonly eventLoop: Pick<EventLoopDelay, 'latest'>;
  readonly worldWaitsFor: () => string | undefined;
  readonly notReady: () => string | undefined;
}

/** Counts what happens to connections, and returns a function that brings the gauges up to date before they are read. */
export function createStateMetrics(metrics: Metrics, sources: StateSources): () => void {
  const gauge = (name: string, help: string, labels?: readonly string[]) =>
    metrics.gauge({ name: `leafway_webhook_${name}`, help, ...(labels === undefined ? {} : { labels }) });
  const counter = (name: string, help: string) => metrics.counter({ name: `leafway_webhook_${name}`, help });

  const dropped = counter('dropped_connections_total', 'Connections that were closed at once, since there are enough.');
  const broken = counter('broken_handshakes_total', 'Connections that ended before TLS was agreed.');
  sources.server.on('drop', () => dropped.inc());
  sources.server.on('tlsClientError', () => broken.inc());

  const bodies = gauge('bodies', 'Admissions whose body is coming in or is being judged.');
  const bytes = gauge('body_bytes', 'Bytes of bodies in memory.');
  const notAfter = gauge('certificate_not_after_seconds', 'When the certificate in use ends.');
  const isRejected = gauge('certificate_rejected', '1 while a newer certificate is there that cannot be used.');
  const rejections = gauge('certificate_rejections', 'Newer certificates that could not be used, since the start.');
  const delay = gauge('event_loop_delay_seconds', 'How late timers came in the last seconds.', ['quantile']);
  const isSynced = gauge('world_synced', '1 when all objects were read that admissions look at.');
  const isReady = gauge('ready', '1 when /readyz says so.');

  return () => {
    const { medianMs, p99Ms, maxMs } = sources.eventLoop.latest();
    bodies.set({}, sources.budget.bodies);
    bytes.set({}, sources.budget.bytes);
    notAfter.set({}, (sources.certificate.notAfter?.getTime() ?? 0) / 1000);
    isRejected.set({}, sources.certificate.rejection() === undefined ? 0 : 1);
    rejections.set({}, sources.certificate.rejections);
    delay.set({ quantile: '0.5' }, medianMs / 1000);
    delay.set({ quantile: '0.99' }, p99Ms / 1000);
    delay.set({ quantile: '1' }, maxMs / 1000);
    isSynced.set({}, sources.worldWaitsFor() === undefined ? 1 : 0);
    isReady.set({}, sources.notReady() === undefined ? 1 : 0);
  };
}
