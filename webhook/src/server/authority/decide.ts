import type { X509Certificate } from 'node:crypto';
import { certificateOf, namesOf, problemOfKeyPair, type ServerNames } from '../tls/key-pair.ts';
import type { SecretContent, Signer } from './secret-content.ts';
import { type AuthorityTimings, issuedAt } from './timings.ts';

/** What a decision is made of. */
export interface AuthorityState {
  /** `undefined` when there is no Secret. */
  readonly content: SecretContent | undefined;
  /** What API servers call the webhook. */
  readonly names: ServerNames;
  readonly now: Date;
  /** For how long all webhook configurations have been seen to carry the authorities of the Secret, without a break. */
  readonly trustedMs: number;
  readonly timings: AuthorityTimings;
}

/** The next thing to do with the Secret. All replicas decide alike, and of several that act one succeeds. */
export type AuthorityStep =
  /** A Secret with a new authority and a pair of it. */
  | { readonly do: 'create'; readonly reason: string }
  /** The same in the Secret that is there, of which nothing can be used. */
  | { readonly do: 'replace'; readonly reason: string }
  /** A new authority before the others; the pair stays. */
  | { readonly do: 'renew-authority'; readonly keep: readonly string[]; readonly reason: string }
  /** A new pair by the newest authority. */
  | {
      readonly do: 'renew-pair';
      readonly signer: Signer;
      readonly keep: readonly string[];
      readonly names: ServerNames;
      readonly reason: string;
    }
  /** Only these authorities are needed any more. */
  | {
      readonly do: 'drop-authorities';
      readonly signer: Signer;
      readonly keep: readonly string[];
      readonly reason: string;
    }
  /** Until then nothing. */
  | { readonly do: 'wait'; readonly untilMs: number };

/**
 * Decides what to do with the Secret. A rotation takes three steps, so that at no time a pair is shown that an API
 * server does not trust: a new authority beside the old one; when all configurations have had both for a while, a pair
 * of the new one; when all replicas have had that for long, the old authority goes.
 */
export function decideAuthority({ content, names, now, trustedMs, timings }: AuthorityState): AuthorityStep {
  if (content === undefined) return { do: 'create', reason: 'there is no Secret' };
  const { signer, pair } = content;
  const living = content.authorities.filter(({ certificate }) => certificate.validToDate > now);
  const keep = living.map(({ pem }) => pem);
  const shown = certificateOf(pair.cert);
  const issuer = living.findIndex(({ certificate }) => shown !== undefined && isIssuedBy(shown, certificate));
  const pairProblem =
    problemOfKeyPair(pair, now, names) ??
    (issuer < 0 ? 'no authority of the Secret issued the certificate' : undefined);
  const [newest] = content.authorities;
  const hasSigner = signer !== undefined && newest !== undefined && newest === living[0];

  if (!hasSigner) {
    const reason = 'the newest authority has expired or its key is missing';
    return pairProblem === undefined ? { do: 'renew-authority', keep, reason } : { do: 'replace', reason };
  }
  if (pairProblem !== undefined || shown === undefined) {
    // Replicas of two versions may want two names: with only its own each would take the other's away.
    const isOnlyNamedWrong = shown !== undefined && issuer >= 0 && problemOfKeyPair(pair, now) === undefined;
    const both = isOnlyNamedWrong ? [...new Set([...names, ...namesOf(shown)])] : names;
    return { do: 'renew-pair', signer, keep, names: both, reason: pairProblem ?? 'there is no certificate' };
  }
  const times = {
    authority: newest.certificate.validToDate.getTime() - timings.authorityRenewMs,
    pair: shown.validToDate.getTime() - timings.pairRenewMs,
    settled: now.getTime() + timings.settleMs - trustedMs,
    overlapped: issuedAt(shown.validFromDate) + timings.overlapMs,
  };
  const isDue = (time: keyof typeof times): boolean => times[time] <= now.getTime();
  if (issuer > 0) {
    if (!isDue('settled')) return { do: 'wait', untilMs: times.settled };
    return { do: 'renew-pair', signer, keep, names, reason: 'a new authority is trusted everywhere' };
  }
  if (isDue('authority')) return { do: 'renew-authority', keep, reason: 'the authority expires soon' };
  if (isDue('pair')) return { do: 'renew-pair', signer, keep, names, reason: 'the certificate expires soon' };
  const isAlone = content.authorities.length === 1;
  if (!isAlone && isDue('overlapped')) {
    return { do: 'drop-authorities', signer, keep: keep.slice(0, 1), reason: 'nothing is shown of the old authority' };
  }
  return {
    do: 'wait',
    untilMs: Math.min(times.authority, times.pair, isAlone ? Number.POSITIVE_INFINITY : times.overlapped),
  };
}

function isIssuedBy(certificate: X509Certificate, authority: X509Certificate): boolean {
  return certificate.checkIssued(authority) && certificate.verify(authority.publicKey);
}
