import { defaultLeafClusterSpec, kinds, type ShortcutSpec, type VirtualNodeShortcut } from '@leafway/core';
import {
  type AdmissionRequest,
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

/** Judges requests for shortcuts on a fleet, by the rules of the admission webhook and in its words. */
export function createReview(fleet: Fleet): (manifest: VirtualNodeShortcut) => Decision {
  const validate = createShortcutValidation();
  const world = worldOf(fleet);
  return (manifest) => {
    const stored = fleet.shortcuts.find(({ metadata }) => metadata.name === manifest.metadata.name);
    return validate(requestFor(manifest, stored), world);
  };
}

/** An object of the same name is changed, as `kubectl apply` would, and keeps its identity and age. */
function requestFor(manifest: VirtualNodeShortcut, stored: VirtualNodeShortcut | undefined): AdmissionRequest {
  const { group, version, kind } = kinds.shortcuts;
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
export function worldOf({ shortcuts, leaves, centralClusterID }: Fleet): World {
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
