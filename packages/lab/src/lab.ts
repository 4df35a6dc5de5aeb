import { readFile } from 'node:fs/promises';
import { LabError } from './errors.ts';
import { type Frame, isFrameAlive } from './frame/frame.ts';
import type { LabPlan } from './plan/lab-plan.ts';
import { type LabLayout, layoutOf } from './plan/layout.ts';

/** A lab on this machine as its files describe it. */
export interface Lab {
  readonly directory: string;
  readonly layout: LabLayout;
  readonly plan: LabPlan;
  /** IDs of all clusters, the centre first. */
  readonly clusters: readonly string[];
  readonly centre: string;
  readonly leaves: readonly string[];
  /** Where kubectl and helm are. */
  readonly bin: string;
  /** Path of the admin's kubeconfig for a cluster. */
  kubeconfig(cluster: string): string;
  /** The frame that was opened for it; absent when its start did not get that far. */
  readonly frame: Frame | undefined;
  readonly isRunning: boolean;
}

/** Reads the lab in a directory; `undefined` when there is none. */
export async function findLab(directory: string): Promise<Lab | undefined> {
  const layout = layoutOf(directory);
  const plan = await readDocument<LabPlan>(layout.plan);
  if (plan === undefined) return undefined;
  const frame = await readDocument<Frame>(layout.frame);
  const clusters = plan.clusters.map(({ id }) => id);
  const [centre = '', ...leaves] = clusters;
  return {
    directory,
    layout,
    plan,
    clusters,
    centre,
    leaves,
    bin: layout.bin,
    kubeconfig: (cluster) => layout.kubeconfig(cluster),
    frame,
    isRunning: frame !== undefined && isFrameAlive(frame),
  };
}

/** A lab whose frame is known to be open. */
export type RunningLab = Lab & { readonly frame: Frame };

/**
 * Reads the lab that runs in a directory.
 * @throws LabError `LAB_NOT_RUNNING` when there is none, or it ended.
 */
export async function readLab(directory: string): Promise<RunningLab> {
  const lab = await findLab(directory);
  if (lab === undefined) throw noLabIn(directory);
  if (!lab.isRunning || lab.frame === undefined) {
    throw new LabError(
      'LAB_NOT_RUNNING',
      `the lab in ${directory} is not running any more; clean up with: leafway lab down --dir ${directory}`,
    );
  }
  return { ...lab, frame: lab.frame };
}

/** Nobody started a lab there. */
export function noLabIn(directory: string): LabError {
  return new LabError(
    'LAB_NOT_RUNNING',
    `there is no lab in ${directory}; start one with: leafway lab up --dir ${directory}`,
  );
}

async function readDocument<T>(path: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new LabError('LAB_DIRECTORY', `${path} cannot be read: ${String(error)}`, { cause: error });
  }
}
