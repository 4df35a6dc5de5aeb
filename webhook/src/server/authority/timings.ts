const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** How long certificates live and how much time their exchange gets, in milliseconds. */
export interface AuthorityTimings {
  readonly authorityMs: number;
  /** With so much left an authority is renewed; more than a pair lives, so that none outlives its authority. */
  readonly authorityRenewMs: number;
  readonly pairMs: number;
  readonly pairRenewMs: number;
  /** How long the webhook configurations must have carried a new authority before a pair of it is shown. */
  readonly settleMs: number;
  /** How long an authority stays trusted after a pair of a newer one is there. */
  readonly overlapMs: number;
}

export const authorityTimings: AuthorityTimings = {
  authorityMs: 365 * dayMs,
  authorityRenewMs: 120 * dayMs,
  pairMs: 90 * dayMs,
  pairRenewMs: 30 * dayMs,
  settleMs: minuteMs,
  overlapMs: hourMs,
};

/** Certificates begin so much before they are made: the clock of an API server may be behind. */
export const backDateMs = hourMs;

/** When a certificate that we made was made. */
export function issuedAt(validFrom: Date): number {
  return validFrom.getTime() + backDateMs;
}
