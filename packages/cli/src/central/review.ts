import {
  defaultLeafClusterSpec,
  kinds,
  type LeafCluster,
  type Problem,
  type ShortcutSpec,
  type VirtualNodeShortcut,
} from '@leafway/core';
import {
  type AdmissionRequest,
  createLeafClusterValidation,
  createShortcutValidation,
  type Decision,
  type SecretKey,
  type World,
} from '@leafway/webhook/admission';
import { type Fleet, shortcutsOfPair } from './fleet.ts';

/** The manifest of a shortcut. */
export function shortcutManifest(name: string, spec: ShortcutSpec): VirtualNodeShortcut {
  return { apiVersion: 'leafway.dev/v1alpha1', kind: 'VirtualNodeShortcut', metadata: { name }, spec };
}

// Compiled when first asked, and once: it takes longer than a review.
let judgeShortcut: ReturnType<typeof createShortcutValidation> | undefined;
let judgeLeaf: ReturnType<typeof createLeafClusterValidation> | undefined;

/** What the admission webhook would say to a shortcut now, by its own rules and in its words. */
export function reviewShortcut(manifest: VirtualNodeShortcut, fleet: Fleet): Decision {
  const stored = fleet.shortcuts.find(({ metadata }) => metadata.name === manifest.metadata.name);
  judgeShortcut ??= createShortcutValidation();
  const decision = judgeShortcut(requestFor(kinds.shortcuts.kind, manifest, stored), worldOf(fleet));
  const moved = stored === undefined ? [] : otherPair(manifest, stored);
  return moved.length === 0 ? decision : { ...decision, problems: [...moved, ...decision.problems], warnings: [] };
}

/** The same for a leaf. */
export function reviewLeaf(manifest: LeafCluster, fleet: Fleet): Decision {
  const stored = fleet.leaves.find(({ metadata }) => metadata.name === manifest.metadata.name);
  judgeLeaf ??= createLeafClusterValidation();
  return judgeLeaf(requestFor(kinds.leafClusters.kind, manifest, stored), worldOf(fleet));
}

/** The API server's own rule on changes, which the webhook never sees broken. */
function otherPair({ spec }: VirtualNodeShortcut, stored: VirtualNodeShortcut): Problem[] {
  const was = stored.spec.clusters.map(({ id }) => id);
  if (spec?.clusters?.every?.(({ id }) => was.includes(id)) !== false) return [];
  const message = `this shortcut links ${was.join(' and ')}, which cannot be changed: delete it and create one for the other pair`;
  return [{ path: 'spec.clusters', code: 'CLI_PAIR_CHANGED', message }];
}

/** An object of the same name is changed, as `kubectl apply` would, and keeps its identity and age. */
function requestFor<T extends VirtualNodeShortcut | LeafCluster>(
  kind: string,
  manifest: T,
  stored: T | undefined,
): AdmissionRequest {
  const { group, version } = kinds.shortcuts;
  const object =
    stored === undefined ? manifest : { ...manifest, metadata: { ...stored.metadata, ...manifest.metadata } };
  return {
    uid: '',
    kind: { group, version, kind },
    operation: stored === undefined ? 'CREATE' : 'UPDATE',
    name: manifest.metadata.name,
    subResource: '',
    dryRun: true,
    object,
    oldObject: stored,
  };
}

/** The fleet as admissions look at it. */
function worldOf({ shortcuts, leaves, centralClusterID }: Fleet): World {
  const sameSecret = (a: SecretKey, b: SecretKey): boolean =>
    a.namespace === b.namespace && a.name === b.name && a.key === b.key;
  return {
    centralClusterID,
    leafCluster: (id) => leaves.find(({ metadata }) => metadata.name === id),
    shortcutsOfPair: (a, b) => shortcutsOfPair(shortcuts, [a, b]),
    shortcutsWithNodePort: (id) =>
      shortcuts.filter(
        ({ spec }) =>
          spec.gateway?.service?.nodePort !== undefined && spec.clusters.some((cluster) => cluster.id === id),
      ),
    leafClustersOfSecret: (ref) =>
      leaves.filter(({ spec }) => sameSecret(defaultLeafClusterSpec(spec).kubeconfigSecretRef, ref)),
  };
}
