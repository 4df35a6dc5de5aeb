import { setImmediate } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import {
  defaultLeafClusterSpec,
  defaultShortcutSpec,
  kinds,
  type LeafCluster,
  leafClusterSchema,
  type Problem,
  unknownFields,
  type VirtualNodeShortcut,
  virtualNodeShortcutSchema,
} from '@leafway/core';
import type { Decision } from '@leafway/webhook/admission';
import { CliError } from '../errors.ts';
import type { Terminal } from '../terminal.ts';
import type { Fleet } from './fleet.ts';
import type { Manifest } from './manifests.ts';
import { createReviewer, type Reviewer } from './review.ts';

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
const judgedKinds: readonly string[] = [kinds.shortcuts.kind, kinds.leafClusters.kind];

/** Whether it is of a kind, and of a version of it, whose rules are known. */
export function isJudged({ apiVersion, kind }: Manifest): boolean {
  return apiVersion === ours && judgedKinds.includes(kind);
}

/**
 * Judges objects one after the other, each as if those before it were there already. Other kinds are left out. Large
 * files can be interrupted by the signal: then it throws a `CliError`.
 */
export async function planManifests(
  manifests: readonly Manifest[],
  fleet: Fleet,
  { clock, signal }: Pick<Terminal, 'clock' | 'signal'>,
): Promise<PlannedManifest[]> {
  const reviewer = createReviewer(fleet, clock);
  const planned: PlannedManifest[] = [];
  for (const [index, manifest] of manifests.entries()) {
    if (index % pauseEvery === pauseEvery - 1) await pause(signal);
    if (!isJudged(manifest)) continue;
    if (manifest.kind === kinds.shortcuts.kind) planned.push(planShortcut(manifest as VirtualNodeShortcut, reviewer));
    if (manifest.kind === kinds.leafClusters.kind) planned.push(planLeaf(manifest as LeafCluster, reviewer));
  }
  return planned;
}

/** After so many objects the process looks up whether it was interrupted. */
const pauseEvery = 500;

async function pause(signal: AbortSignal): Promise<void> {
  await setImmediate();
  if (signal.aborted) throw new CliError('INTERRUPTED', 'interrupted; nothing was written');
}

function planShortcut(manifest: VirtualNodeShortcut, reviewer: Reviewer): PlannedManifest {
  const change = changeOf(manifest, reviewer.shortcut(manifest.metadata.name), defaultShortcutSpec);
  const unknown = unknownFields(virtualNodeShortcutSchema, manifest);
  const planned = outcome(manifest, change, unknown, reviewer.reviewShortcut(manifest));
  if (planned.accepted) reviewer.applyShortcut(manifest);
  return planned;
}

function planLeaf(manifest: LeafCluster, reviewer: Reviewer): PlannedManifest {
  const change = changeOf(manifest, reviewer.leaf(manifest.metadata.name), defaultLeafClusterSpec);
  const unknown = unknownFields(leafClusterSchema, manifest);
  const planned = outcome(manifest, change, unknown, reviewer.reviewLeaf(manifest));
  if (planned.accepted) reviewer.applyLeaf(manifest);
  return planned;
}

/** Unknown fields are refused before the webhook is asked; its problems are told beside them, to mend all at once. */
function outcome(
  { kind, metadata: { name } }: Manifest,
  change: PlannedManifest['change'],
  unknown: readonly Problem[],
  decision: Pick<Decision, 'problems' | 'warnings'>,
): PlannedManifest {
  const problems = [...unknown, ...decision.problems];
  const accepted = problems.length === 0;
  return { kind, name, change, accepted, problems, warnings: accepted ? decision.warnings : [] };
}

function changeOf<S>(
  manifest: { readonly spec: S },
  stored: { readonly spec: S } | undefined,
  complete: (spec: S) => unknown,
): PlannedManifest['change'] {
  if (stored === undefined) return 'Create';
  return isDeepStrictEqual(complete(manifest.spec), complete(stored.spec)) ? 'None' : 'Update';
}
