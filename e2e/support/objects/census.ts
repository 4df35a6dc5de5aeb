import { type Census, connectAsAdmin, type RunningLab } from '@leafway/lab';
import { resources, type TenantNamespace } from '@leafway/liqo';
import { takeCensus } from 'leafway/demo';
import { vi } from 'vitest';

/** Nothing came, went or changed. */
export const untouched = { added: [], removed: [], changed: [] };

/** Kubernetes takes its time to remove a namespace; waits until none is on its way on any cluster. */
export async function settled(lab: RunningLab): Promise<void> {
  for (const cluster of lab.clusters) {
    const api = await connectAsAdmin(lab, cluster);
    const isSettled = async (): Promise<boolean> =>
      (await api.list<TenantNamespace>(resources.namespaces)).items.every(
        ({ metadata }) => metadata.deletionTimestamp === undefined,
      );
    await vi.waitUntil(isSettled, { timeout: 60_000, interval: 100 });
    await api.close();
  }
}

/** The census once nothing is on its way any more. */
export async function takeSettledCensus(lab: RunningLab): Promise<Census> {
  await settled(lab);
  return takeCensus(lab);
}
