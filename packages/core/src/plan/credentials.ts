import { fitLine } from './lines.ts';
import type { RiskInput } from './risk-input.ts';

const hourMs = 3_600_000;

/** How long before its end plans warn of a credential: enough to renew it by hand, with a holiday in between. */
export const credentialWarningMs = 14 * 24 * hourMs;

interface Expiry {
  readonly id: string;
  readonly at: Date;
  readonly leftMs: number;
}

/** The credentials that have expired already. */
export function expiredLines(input: RiskInput): string[] {
  return expiries(input)
    .filter(({ leftMs }) => leftMs <= 0)
    .map(({ id, at }) => {
      const line = `the credential for ${id} expired on ${dayOf(at)}: until it is renewed nothing can be done there`;
      return fitLine(line, [id]);
    });
}

/** Those that will within two weeks. */
export function expiringLines(input: RiskInput): string[] {
  return expiries(input)
    .filter(({ leftMs }) => leftMs > 0 && leftMs < credentialWarningMs)
    .map(({ id, at, leftMs }) => {
      const when = `${inWords(leftMs)} (${dayOf(at)})`;
      return fitLine(`the credential for ${id} expires ${when}: renew it, or repairs of the link end then`, [id]);
    });
}

/** Of the credentials that this shortcut uses: where it names a kubeconfig itself, that of the LeafCluster is not. */
function expiries({ facts, spec, now }: RiskInput): Expiry[] {
  if (now === undefined) return [];
  return facts
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .flatMap(({ id, credentialExpiresAt: at }) => {
      const usesAnother = spec.clusters.some((end) => end.id === id && end.kubeconfigSecretRef !== undefined);
      return at === undefined || usesAnother ? [] : [{ id, at, leftMs: at.getTime() - now.getTime() }];
    });
}

const dayOf = (date: Date): string => date.toISOString().slice(0, 10);

function inWords(leftMs: number): string {
  const hours = Math.floor(leftMs / hourMs);
  if (hours < 1) return 'within the hour';
  if (hours < 48) return `in ${hours} hour${hours === 1 ? '' : 's'}`;
  return `in ${Math.floor(hours / 24)} days`;
}
