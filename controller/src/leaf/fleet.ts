import type { LiqoObject } from '@leafway/liqo';
import type { KubeconfigSecretRef } from '../secret-ref.ts';
import type { KubeconfigSource } from './kubeconfig-source.ts';
import type { LinkDependencies } from './link.ts';
import { LeafSession } from './session.ts';

/** Which credentials lead to which leaf. */
export interface LeafAccess {
  readonly leaf: string;
  readonly ref: KubeconfigSecretRef;
}

export interface FleetDependencies extends Omit<LinkDependencies, 'source' | 'isExpected' | 'onChange'> {
  readonly source: (access: LeafAccess) => KubeconfigSource;
  /** Whether a cluster with that identity may be taken for that leaf. */
  readonly isExpected: (leaf: string, identity: string) => boolean;
  readonly onChange: (leaf: string, object: LiqoObject | undefined) => void;
}

interface Member {
  readonly session: LeafSession;
  readonly stop: AbortController;
  readonly done: Promise<void>;
}

const keyOf = ({ leaf, ref }: LeafAccess): string => `${leaf} ${ref.namespace}/${ref.name}/${ref.key ?? ''}`;

/** All sessions that are needed now: one for each leaf and credentials. */
export class Fleet {
  readonly #members = new Map<string, Member>();
  readonly #deps: FleetDependencies;

  constructor(deps: FleetDependencies) {
    this.#deps = deps;
  }

  /** Starts the sessions that are wanted and not there, and ends those that nobody wants any more. */
  retain(wanted: readonly LeafAccess[]): void {
    const keys = new Set(wanted.map(keyOf));
    for (const [key, member] of this.#members) {
      if (keys.has(key)) continue;
      member.stop.abort();
      this.#members.delete(key);
    }
    for (const access of wanted) {
      if (!this.#members.has(keyOf(access))) this.#members.set(keyOf(access), this.#start(access));
    }
  }

  session(access: LeafAccess): LeafSession | undefined {
    return this.#members.get(keyOf(access))?.session;
  }

  /** Ends all sessions and waits for them. */
  async close(): Promise<void> {
    const members = [...this.#members.values()];
    this.retain([]);
    await Promise.all(members.map(({ done }) => done));
  }

  #start(access: LeafAccess): Member {
    const stop = new AbortController();
    const session = new LeafSession(access.leaf, {
      ...this.#deps,
      source: this.#deps.source(access),
      isExpected: (identity) => this.#deps.isExpected(access.leaf, identity),
      onChange: (object) => this.#deps.onChange(access.leaf, object),
    });
    return { session, stop, done: session.run(stop.signal) };
  }
}
