import { createFleetIndex, kinds, type LeafCluster, type ShortcutSpec, type VirtualNodeShortcut } from '@leafway/core';
import type { Clock } from '@leafway/reconciler';
import {
  type AdmissionRequest,
  createLeafClusterValidation,
  createShortcutValidation,
  type Decision,
  SecretUsers,
  type World,
} from '@leafway/webhook/admission';
import type { Fleet } from './fleet.ts';

/** The manifest of a shortcut. */
export function shortcutManifest(name: string, spec: ShortcutSpec): VirtualNodeShortcut {
  return { apiVersion: 'leafway.dev/v1alpha1', kind: 'VirtualNodeShortcut', metadata: { name }, spec };
}

/** Says what the admission webhook would say, by its own rules and in its words. */
export interface Reviewer {
  /** The stored object of that name, or what was applied in its place. */
  shortcut(name: string): VirtualNodeShortcut | undefined;
  leaf(id: string): LeafCluster | undefined;
  reviewShortcut(manifest: VirtualNodeShortcut): Decision;
  reviewLeaf(manifest: LeafCluster): Decision;
  /** Judges everything from now on as if this were stored. */
  applyShortcut(manifest: VirtualNodeShortcut): void;
  applyLeaf(manifest: LeafCluster): void;
}

/**
 * A reviewer that knows the fleet. Each further call costs the same for any number of shortcuts. Without a clock it says
 * nothing about credentials that expire.
 */
export function createReviewer(fleet: Fleet, clock?: Pick<Clock, 'now'>): Reviewer {
  return new FleetReviewer(fleet, clock);
}

/** After everything that an API server has stored. */
const applied = { creationTimestamp: '9999-01-01T00:00:00Z' };

class FleetReviewer implements Reviewer {
  readonly #shortcuts = new Map<string, VirtualNodeShortcut>();
  readonly #leaves = new Map<string, LeafCluster>();
  readonly #secrets = new SecretUsers();
  readonly #world: World;
  readonly #fleet;
  // Compiled when first asked: it takes longer than a review.
  #judgeShortcut: ReturnType<typeof createShortcutValidation> | undefined;
  #judgeLeaf: ReturnType<typeof createLeafClusterValidation> | undefined;

  constructor({ shortcuts, leaves, centralClusterID }: Fleet, clock: Pick<Clock, 'now'> | undefined) {
    this.#fleet = createFleetIndex({
      centralClusterID: () => centralClusterID,
      ...(clock === undefined ? {} : { now: () => clock.now() }),
    });
    this.#world = {
      fleet: this.#fleet,
      centralClusterID,
      leafClustersOfSecret: (ref) => this.#secrets.usersOf(ref),
    };
    for (const leaf of leaves) this.#putLeaf(leaf);
    for (const shortcut of shortcuts) this.#putShortcut(shortcut);
  }

  shortcut(name: string): VirtualNodeShortcut | undefined {
    return this.#shortcuts.get(name);
  }

  leaf(id: string): LeafCluster | undefined {
    return this.#leaves.get(id);
  }

  reviewShortcut(manifest: VirtualNodeShortcut): Decision {
    this.#judgeShortcut ??= createShortcutValidation();
    return this.#judgeShortcut(requestFor(manifest, this.shortcut(manifest.metadata.name)), this.#world);
  }

  reviewLeaf(manifest: LeafCluster): Decision {
    this.#judgeLeaf ??= createLeafClusterValidation();
    return this.#judgeLeaf(requestFor(manifest, this.leaf(manifest.metadata.name)), this.#world);
  }

  applyShortcut(manifest: VirtualNodeShortcut): void {
    const stored = this.shortcut(manifest.metadata.name);
    const uid = `applied-${String(this.#shortcuts.size).padStart(9, '0')}`;
    this.#putShortcut(
      stored === undefined
        ? { ...manifest, metadata: { ...manifest.metadata, ...applied, uid } }
        : { ...stored, spec: manifest.spec },
    );
  }

  applyLeaf(manifest: LeafCluster): void {
    const stored = this.leaf(manifest.metadata.name);
    this.#putLeaf(stored === undefined ? manifest : { ...stored, spec: manifest.spec });
  }

  #putShortcut(shortcut: VirtualNodeShortcut): void {
    this.#shortcuts.set(shortcut.metadata.name, shortcut);
    this.#fleet.putShortcut(shortcut);
  }

  #putLeaf(leaf: LeafCluster): void {
    this.#leaves.set(leaf.metadata.name, leaf);
    this.#fleet.putLeaf(leaf);
    this.#secrets.put(leaf);
  }
}

/** An object of the same name is changed, as `kubectl apply` would, and keeps its identity, age and status. */
function requestFor<T extends VirtualNodeShortcut | LeafCluster>(manifest: T, stored: T | undefined): AdmissionRequest {
  const { group, version } = kinds.shortcuts;
  const object =
    stored === undefined
      ? manifest
      : { ...manifest, metadata: { ...stored.metadata, ...manifest.metadata }, status: stored.status };
  return {
    uid: '',
    kind: { group, version, kind: manifest.kind },
    operation: stored === undefined ? 'CREATE' : 'UPDATE',
    name: manifest.metadata.name,
    subResource: '',
    dryRun: true,
    object,
    oldObject: stored,
  };
}
