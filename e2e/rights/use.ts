/** How often one of our accounts asked an API server for one thing, and what it was told. */
export interface Use {
  /** The name of the ServiceAccount. */
  readonly account: string;
  readonly group: string;
  /** With its subresource: `configurations/status`. */
  readonly resource: string;
  readonly verb: string;
  /** Empty for cluster-scoped objects, and for all namespaces at once. */
  readonly namespace: string;
  readonly name: string;
  /** The role that allowed it, `ClusterRole leafway-controller`; empty when it was forbidden. */
  readonly role: string;
  readonly count: number;
}

interface AuditLine {
  readonly stage: string;
  readonly verb: string;
  readonly user: { readonly username: string };
  readonly objectRef?: {
    readonly apiGroup?: string;
    readonly resource?: string;
    readonly subresource?: string;
    readonly namespace?: string;
    readonly name?: string;
  };
  readonly annotations?: Readonly<Record<string, string>>;
}

/**
 * Our accounts are called like the processes, in whatever namespace these run. A line may name one as whom a test only
 * pretends to be.
 */
const ourAccount = /^system:serviceaccount:[^:]+:leafway-/;

/** A server that has just started knows some bindings before it knows their roles. */
const isNotReadYet = /^RBAC: .* not found/;

/**
 * One line of an audit log as a use, once for each request: a server writes up to three lines for one. `undefined` for
 * requests of others, and for those that are about no object.
 */
export function useIn(line: string): Use | undefined {
  if (!line.includes(':leafway-')) return undefined; // Most lines need not be parsed.
  const { stage, verb, user, objectRef, annotations = {} } = JSON.parse(line) as AuditLine;
  if (!ourAccount.test(user.username)) return undefined;
  const isAllowed = annotations['authorization.k8s.io/decision'] === 'allow';
  // A watch that was allowed is counted when it begins: whether it has ended yet is by chance.
  const counted = verb === 'watch' && isAllowed ? 'ResponseStarted' : 'ResponseComplete';
  if (stage !== counted || objectRef?.resource === undefined) return undefined;
  const reason = annotations['authorization.k8s.io/reason'] ?? '';
  if (!isAllowed && isNotReadYet.test(reason)) return undefined;
  const { apiGroup: group = '', resource, subresource, namespace = '', name = '' } = objectRef;
  return {
    account: user.username.split(':').at(-1) ?? '',
    group,
    resource: subresource === undefined ? resource : `${resource}/${subresource}`,
    verb,
    namespace,
    name,
    role: isAllowed ? roleIn(reason) : '',
    count: 1,
  };
}

/** Kubernetes' RBAC says by which binding of which role to whom it allowed a request. */
function roleIn(reason: string): string {
  const [, kind, name] = / of (ClusterRole|Role) "([^"]+)" to /.exec(reason) ?? [];
  if (kind === undefined) throw new Error(`an audit log names no role: ${reason}`);
  return `${kind} ${name}`;
}

/** Adds uses up, in the order in which they were seen first. */
export class UseCount {
  readonly #uses = new Map<string, Use>();

  add(use: Use): void {
    const { count, ...what } = use;
    const key = Object.values(what).join(' | ');
    this.#uses.set(key, { ...use, count: count + (this.#uses.get(key)?.count ?? 0) });
  }

  get uses(): readonly Use[] {
    return [...this.#uses.values()];
  }
}
