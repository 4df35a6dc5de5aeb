import { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import { splitCertificates } from './split-certificates.ts';

/** Who may ask for admissions. */
export interface ClientRule {
  /** Certificates of the authorities, in PEM. */
  readonly authorities: string;
  /** What the client must be called, where one authority has several clients. */
  readonly commonName?: string | undefined;
}

/** Says of each connection whether its client may ask for admissions. */
export interface ClientCheck {
  /** To be told of each connection when its handshake is done. */
  opened(socket: TLSSocket): void;
  /** Why not; `undefined` when it may. */
  refusal(socket: TLSSocket): string | undefined;
  /** From now on this rule; connections that are open are judged anew. */
  replace(rule: ClientRule): void;
}

/** The authorities in a PEM text. Throws when one of them is none, or when there is none. */
function parseAuthorities(pem: string): X509Certificate[] {
  const authorities = splitCertificates(pem).map((certificate) => new X509Certificate(certificate));
  if (authorities.length === 0) throw new Error('there is no certificate in PEM');
  const other = authorities.find(({ ca }) => !ca);
  if (other !== undefined) throw new Error(`"${other.subject}" is no certificate of an authority`);
  return authorities;
}

/**
 * A check by the certificate that the handshake has shown. What it says of a connection is kept, since it is asked for
 * every request. Throws when the rule has no authority.
 */
export function createClientCheck(first: ClientRule): ClientCheck {
  let rule = first;
  let authorities = parseAuthorities(first.authorities);
  /** Those whose handshake was judged by today's authorities. */
  let fresh = new WeakSet<TLSSocket>();
  let known = new WeakMap<TLSSocket, string>();

  function judge(socket: TLSSocket): string {
    const certificate = socket.getPeerX509Certificate();
    if (certificate === undefined) return 'the client has shown no certificate';
    if (!socket.authorized) return `the certificate of the client is not trusted (${socket.authorizationError})`;
    // Judged by former authorities, it must have been signed by one of today's itself, without others in between.
    const isIssued = authorities.some((ca) => certificate.checkIssued(ca) && certificate.verify(ca.publicKey));
    if (!fresh.has(socket) && !isIssued)
      return 'the certificate of the client is of an authority that is not trusted any more';
    const name = commonNameOf(certificate);
    if (rule.commonName === undefined || name === rule.commonName) return '';
    return `the client is called "${name}"`;
  }

  return {
    opened: (socket) => void fresh.add(socket),
    refusal: (socket) => {
      const verdict = known.get(socket) ?? judge(socket);
      known.set(socket, verdict);
      return verdict === '' ? undefined : verdict;
    },
    replace: (next) => {
      authorities = parseAuthorities(next.authorities);
      rule = next;
      fresh = new WeakSet();
      known = new WeakMap();
    },
  };
}

/** Node writes each part of the subject on a line of its own. */
function commonNameOf({ subject }: X509Certificate): string {
  const line = subject.split('\n').find((part) => part.startsWith('CN='));
  return line?.slice('CN='.length) ?? '';
}
