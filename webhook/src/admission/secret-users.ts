import { defaultLeafClusterSpec, type LeafCluster } from '@leafway/core';
import type { SecretKey } from './world.ts';

/** Which LeafClusters have which kubeconfig. */
export class SecretUsers {
  /** Name of a LeafCluster → its key of a Secret. */
  readonly #keys = new Map<string, string>();
  /** Key of a Secret → names of LeafClusters. */
  readonly #users = new Map<string, Set<string>>();

  put({ metadata: { name }, spec }: LeafCluster): void {
    this.remove(name);
    const key = textOf(defaultLeafClusterSpec(spec).kubeconfigSecretRef);
    this.#keys.set(name, key);
    this.#users.set(key, (this.#users.get(key) ?? new Set()).add(name));
  }

  remove(name: string): void {
    const key = this.#keys.get(name);
    if (key === undefined) return;
    this.#keys.delete(name);
    const users = this.#users.get(key);
    users?.delete(name);
    if (users?.size === 0) this.#users.delete(key);
  }

  usersOf(ref: SecretKey): string[] {
    return [...(this.#users.get(textOf(ref)) ?? [])];
  }
}

/** None of the three parts can hold a slash. */
function textOf({ namespace, name, key }: SecretKey): string {
  return `${namespace}/${name}/${key}`;
}
