import { X509Certificate } from 'node:crypto';
import type { ClusterConnection } from '@leafway/reconciler';
import { decodeJwt } from 'jose';

/**
 * When a credential is of no use any more, as it says itself; `undefined` when it does not expire or does not say so.
 * Nothing is verified: it is the server that trusts it or does not. Of two credentials in one kubeconfig the later
 * counts, since a server takes either.
 */
export function credentialExpiry({ certData, token }: ClusterConnection): Date | undefined {
  const ends = [
    ...(certData === undefined ? [] : [certificateExpiry(certData)]),
    ...(typeof token === 'string' ? [tokenExpiry(token)] : []),
  ];
  const known = ends.filter((end) => end !== undefined).sort((a, b) => a.getTime() - b.getTime());
  return known.length < ends.length ? undefined : known.at(-1);
}

function certificateExpiry(pem: string): Date | undefined {
  try {
    return datable(new X509Certificate(pem).validToDate);
  } catch {
    return undefined;
  }
}

/** The `exp` of a JSON web token; an opaque token has none. */
function tokenExpiry(token: string): Date | undefined {
  try {
    const { exp } = decodeJwt(token);
    return typeof exp === 'number' ? datable(new Date(exp * 1_000)) : undefined;
  } catch {
    return undefined;
  }
}

/** A date that RFC 3339, and so a status, can hold: what expires after the year 9999 does not expire. */
function datable(date: Date): Date | undefined {
  const year = date.getUTCFullYear();
  return year >= 0 && year <= 9_999 ? date : undefined;
}
