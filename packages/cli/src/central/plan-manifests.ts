import { isDeepStrictEqual } from 'node:util';
import { defaultShortcutSpec, type LeafCluster, type Problem, type VirtualNodeShortcut } from '@leafway/core';
import type { Fleet } from './fleet.ts';
import type { Manifest } from './manifests.ts';
import { reviewLeaf, reviewShortcut } from './review.ts';

/** What would become of one object if it were applied now. This shape is what `plan -o json` prints: it is stable. */
export interface PlannedManifest {
  readonly kind: string;
  readonly name: string;
  readonly change: 'Create' | 'Update' | 'None';
  readonly accepted: boolean;
  /** Why it would be refused. */
  readonly problems: readonly Problem[];
  /** What the admission webhook would say: roles and why, names of ranges, risks. */
  readonly warnings: readonly string[];
}

const ours = 'leafway.dev/v1alpha1';

/** Judges objects one after the other, each as if those before it were there already. Other kinds are left out. */
export function planManifests(manifests: readonly Manifest[], fleet: Fleet): PlannedManifest[] {
  const planned: PlannedManifest[] = [];
  let world = fleet;
  for (const manifest of manifests) {
    if (manifest.kind === 'VirtualNodeShortcut' && manifest.apiVersion === ours) {
      const result = planShortcut(manifest as VirtualNodeShortcut, world);
      planned.push(result);
      if (result.accepted) world = { ...world, shortcuts: put(world.shortcuts, manifest as VirtualNodeShortcut) };
    } else if (manifest.kind === 'LeafCluster' && manifest.apiVersion === ours) {
      const result = planLeaf(manifest as LeafCluster, world);
      planned.push(result);
      if (result.accepted) world = { ...world, leaves: put(world.leaves, manifest as LeafCluster) };
    }
  }
  return planned;
}

function planShortcut(manifest: VirtualNodeShortcut, fleet: Fleet): PlannedManifest {
  const stored = fleet.shortcuts.find(({ metadata }) => metadata.name === manifest.metadata.name);
  const { problems, warnings } = reviewShortcut(manifest, fleet);
  return outcome(manifest, changeOf(manifest, stored, defaultShortcutSpec), problems, warnings);
}

function planLeaf(manifest: LeafCluster, fleet: Fleet): PlannedManifest {
  const stored = fleet.leaves.find(({ metadata }) => metadata.name === manifest.metadata.name);
  const { problems, warnings } = reviewLeaf(manifest, fleet);
  return outcome(
    manifest,
    changeOf(manifest, stored, (spec) => spec),
    problems,
    warnings,
  );
}

function outcome(
  { kind, metadata: { name } }: Manifest,
  change: PlannedManifest['change'],
  problems: readonly Problem[],
  warnings: readonly string[],
): PlannedManifest {
  return { kind, name, change, accepted: problems.length === 0, problems, warnings };
}

function changeOf<S>(
  manifest: { readonly spec: S },
  stored: { readonly spec: S } | undefined,
  complete: (spec: S) => unknown,
): PlannedManifest['change'] {
  if (stored === undefined) return 'Create';
  return isDeepStrictEqual(complete(manifest.spec), complete(stored.spec)) ? 'None' : 'Update';
}

/** The list with an object in it, in the place of the one with its name; what is stored keeps its status and identity. */
function put<T extends LeafCluster | VirtualNodeShortcut>(list: readonly T[], object: T): T[] {
  const stored = list.find(({ metadata }) => metadata.name === object.metadata.name);
  const next = stored === undefined ? object : { ...stored, spec: object.spec };
  return [...list.filter((each) => each !== stored), next];
}
