import type { Metrics } from '@leafway/reconciler';

/** What is measured of the authority. */
export interface AuthorityMeasures {
  /** When the trusted authorities end, the newest first. */
  authorities(ends: readonly Date[]): void;
  /** The Secret was written. */
  written(step: string): void;
  /** A webhook configuration of this kind was made to trust the authorities. */
  repaired(kind: string): void;
}

export function createAuthorityMeasures(metrics: Metrics): AuthorityMeasures {
  const count = metrics.gauge({ name: 'leafway_webhook_authorities', help: 'Authorities that API servers trust.' });
  const notAfter = metrics.gauge({
    name: 'leafway_webhook_authority_not_after_seconds',
    help: 'When the newest authority ends.',
  });
  const writes = metrics.counter({
    name: 'leafway_webhook_authority_writes_total',
    help: 'Changes of the Secret by this replica.',
    labels: ['step'],
  });
  const repairs = metrics.counter({
    name: 'leafway_webhook_ca_bundle_repairs_total',
    help: 'How often this replica set caBundle in a webhook configuration.',
    labels: ['kind'],
  });
  return {
    authorities: (ends) => {
      count.set({}, ends.length);
      notAfter.set({}, (ends[0]?.getTime() ?? 0) / 1000);
    },
    written: (step) => writes.inc({ step }),
    repaired: (kind) => repairs.inc({ kind }),
  };
}
