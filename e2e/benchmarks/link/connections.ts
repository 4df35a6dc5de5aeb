import { connectAsAdmin, type RunningLab } from '@leafway/lab';
import type { KubeApi } from '@leafway/reconciler';

/** Runs `use` with the admin's connections to some clusters, in their order, and closes them. */
export async function withAdmins<T>(
  lab: RunningLab,
  clusters: readonly string[],
  use: (...apis: KubeApi[]) => Promise<T>,
): Promise<T> {
  const apis = await Promise.all(clusters.map((cluster) => connectAsAdmin(lab, cluster)));
  try {
    return await use(...apis);
  } finally {
    await Promise.all(apis.map((api) => api.close()));
  }
}
