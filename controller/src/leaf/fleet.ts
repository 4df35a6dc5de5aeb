import { isDeepStrictEqual } from 'node:util';
import type { LeafCluster } from '@leafway/core';
import type { LiqoObject } from '@leafway/liqo';
import type { KubeconfigSecretRef } from '../secret-ref.ts';
import { type KubeconfigSource, SecretPointer } from './kubeconfig-source.ts';
import type { LinkDependencies } from './link.ts';
import { LeafSession } from './session.ts';

/** Which credentials lead to which leaf. */
export interface LeafAccess {
  readonly leaf: string;
  /** Whose session it is: that of the LeafCluster stays the same when it names another Secret. */
  readonly key: string;
  readonly ref: KubeconfigSecretRef;
}

/** The way to a leaf with its own credentials, or with those that a shortcut names. */
export function accessTo({ metadata, spec }: LeafCluster, ref = spec.kubeconfigSecretRef): LeafAccess {
  // A LeafCluster made anew may be another cluster.
  const own = `${metadata.name} ${metadata.uid}`;
  const isOwn = isDeepStrictEqual(ref, spec.kubeconfigSecretRef);
  return { leaf: metadata.name, key: isOwn ? own : `${own} ${ref.namespace}/${ref.name}/${ref.key ?? ''}`, ref };
}

export interface FleetDependencies extends Omit<LinkDependencies, 'source' | 'whoseIsIt' | 'onChange'> {
  readonly source: (secret: SecretPointer) => KubeconfigSource;
  /** What a cluster with that identity is, in words, when it may not be taken for that leaf. */
  readonly whoseIsIt: (leaf: string, identity: string) => string | undefined;
  readonly onChange: (leaf: string, object: LiqoObject | undefined) => void;
}

interface Member {
  readonly session: LeafSession;
  readonly secret: SecretPointer;
  readonly stop: AbortController;
  readonly done: Promise<void>;
}

/** All sessions that are needed now: one for each leaf and credentials. */
export class Fleet {
  readonly #members = new Map<string, Member>();
  readonly #deps: FleetDependencies;

  constructor(deps: FleetDependencies) {
    this.#deps = deps;
  }

  /**
   * Starts the sessions that are wanted and not there, and ends those that nobody wants any more. One whose LeafCluster names
   * another Secret now changes over to that as to credentials that are renewed.
   */
  retain(wanted: readonly LeafAccess[]): void {
    const keys = new Set(wanted.map(({ key }) => key));
    for (const [key, member] of this.#members) {
      if (keys.has(key)) continue;
      member.stop.abort();
      this.#members.delete(key);
    }
    for (const access of wanted) {
      const member = this.#members.get(access.key);
      if (member === undefined) this.#members.set(access.key, this.#start(access));
      else member.secret.pointTo(access.ref);
    }
  }

  session({ key }: LeafAccess): LeafSession | undefined {
    return this.#members.get(key)?.session;
  }

  /** Ends all sessions and waits for them. */
  async close(): Promise<void> {
    const members = [...this.#members.values()];
    this.retain([]);
    await Promise.all(members.map(({ done }) => done));
  }

  #start({ leaf, ref }: LeafAccess): Member {
    const stop = new AbortController();
    const secret = new SecretPointer(ref);
    const session = new LeafSession(leaf, {
      ...this.#deps,
      source: this.#deps.source(secret),
      whoseIsIt: (identity) => this.#deps.whoseIsIt(leaf, identity),
      onChange: (object) => this.#deps.onChange(leaf, object),
    });
    return { session, secret, stop, done: session.run(stop.signal) };
  }
}
