import type { Clock, Logger } from '@leafway/reconciler';
import { certificateOf, type KeyPair, namesOf, problemOfKeyPair, type ServerNames } from './key-pair.ts';

export interface ServedCertificateDependencies {
  /** Makes the server use this for every handshake from now on; throws when it cannot. */
  readonly use: (pair: KeyPair) => void;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Logger;
}

export interface ServedCertificateOptions {
  /** What API servers call this server; a certificate that is not for all of these is not taken into use. */
  readonly names?: ServerNames | undefined;
}

/** The certificate that a server shows, and what came of the attempts to exchange it. */
export interface ServedCertificate {
  /** Takes a pair into use when it is new and good; with any other one the old one goes on serving. */
  offer(pair: KeyPair): void;
  /** There should be a pair to offer, but there is none for this reason. */
  miss(reason: string): void;
  /** Why nothing can be served with the pair in use; `undefined` when it is good. */
  problem(): string | undefined;
  /** Why what was offered last is not in use; `undefined` when it is. */
  rejection(): string | undefined;
  /** When the pair in use ends; `undefined` when there is none. */
  readonly notAfter: Date | undefined;
  /** How often another reason came up not to use what was offered. */
  readonly rejections: number;
}

/** The certificate of a server that has none yet. */
export function createServedCertificate(
  { use, clock, log }: ServedCertificateDependencies,
  { names }: ServedCertificateOptions = {},
): ServedCertificate {
  let current: KeyPair | undefined;
  let rejected: string | undefined;
  let rejections = 0;

  function miss(reason: string): void {
    // The same reason comes back with every look; it is one event.
    if (reason === rejected) return;
    rejected = reason;
    rejections += 1;
    log.error({ problem: reason }, 'the new certificate cannot be used; one that is in use stays');
  }

  function offer(pair: KeyPair): void {
    if (pair.cert === current?.cert && pair.key === current.key) {
      rejected = undefined;
      return;
    }
    const problem = problemOfKeyPair(pair, clock.now(), names ?? sharedName(current, pair)) ?? attempt(() => use(pair));
    if (problem !== undefined) {
      miss(problem);
      return;
    }
    current = pair;
    rejected = undefined;
    log.info({ notAfter: certificateOf(pair.cert)?.validToDate.toISOString() }, 'a new certificate is in use');
  }

  return {
    offer,
    miss,
    problem: () => (current === undefined ? 'there is no certificate yet' : problemOfKeyPair(current, clock.now())),
    rejection: () => rejected,
    get notAfter() {
      return current === undefined ? undefined : certificateOf(current.cert)?.validToDate;
    },
    get rejections() {
      return rejections;
    },
  };
}

/**
 * Where nobody says what the server is called: one name that both certificates have, else all names of the old one, of
 * which the new one then lacks each.
 */
function sharedName(current: KeyPair | undefined, next: KeyPair): ServerNames {
  const [before, after] = [certificateOf(current?.cert ?? ''), certificateOf(next.cert)];
  if (before === undefined || after === undefined) return [];
  const common = namesOf(before).find((name) => namesOf(after).includes(name));
  return common === undefined ? namesOf(before) : [common];
}

function attempt(act: () => void): string | undefined {
  try {
    act();
    return undefined;
  } catch (err) {
    return err instanceof Error ? err.message : String(err);
  }
}
