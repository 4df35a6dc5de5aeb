import type { RawApi } from '../objects/raw-api.ts';
import type { Pod } from './pod.ts';
import type { TokenSource } from './volumes.ts';

/** A kubelet asks for a new token when this part of the old one's time is over. */
const renewAfter = 0.8;

interface Token {
  readonly text: string;
  readonly renewsAt: number;
}

interface TokenAnswer {
  readonly status: { readonly token: string; readonly expirationTimestamp: string };
}

/** The tokens of the ServiceAccounts of all Pods of a node, each bound to its Pod. */
export interface Tokens {
  sourceFor(pod: Pod): TokenSource;
  /** In how many milliseconds the first token of a Pod is to be renewed. */
  renewalOf(pod: Pod): number | undefined;
  forget(pod: Pod): void;
}

export function createTokens(api: RawApi): Tokens {
  const tokens = new Map<string, Map<string, Token>>();
  const of = (pod: Pod): Map<string, Token> => {
    const uid = pod.metadata.uid ?? '';
    const found = tokens.get(uid) ?? new Map<string, Token>();
    tokens.set(uid, found);
    return found;
  };
  return {
    sourceFor:
      (pod) =>
      async ({ path, audience, expirationSeconds }) => {
        const known = of(pod).get(path);
        if (known !== undefined && known.renewsAt > Date.now()) return known.text;
        const { namespace, name, uid } = pod.metadata;
        const account = pod.spec.serviceAccountName ?? 'default';
        const { status, body, message } = await api.send({
          method: 'POST',
          path: `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`,
          body: {
            apiVersion: 'authentication.k8s.io/v1',
            kind: 'TokenRequest',
            spec: {
              audiences: audience === undefined ? [] : [audience],
              expirationSeconds,
              boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name, uid },
            },
          },
        });
        if (status >= 300) throw new Error(`no token for ${namespace}/${account}: ${message}`);
        const { token, expirationTimestamp } = (body as TokenAnswer).status;
        const lifetimeMs = Date.parse(expirationTimestamp) - Date.now();
        of(pod).set(path, { text: token, renewsAt: Date.now() + lifetimeMs * renewAfter });
        return token;
      },
    renewalOf: (pod) => {
      const times = [...of(pod).values()].map(({ renewsAt }) => Math.max(0, renewsAt - Date.now()));
      return times.length === 0 ? undefined : Math.min(...times);
    },
    forget: (pod) => void tokens.delete(pod.metadata.uid ?? ''),
  };
}
