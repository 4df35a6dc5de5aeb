import { join } from 'node:path';
import type { LeafCluster } from '@leafway/core';
import { kinds } from '@leafway/core';
import { connectAsAdmin, labStatus, type RunningLab, readLab } from '@leafway/lab';
import { inject } from 'vitest';
import { settled } from '../objects/census.ts';
import { leafway } from './leafway.ts';

const clusters = ['central', 'rome', 'milan', 'paris'];

/**
 * The lab that scenarios of one worker share, one after the other, and leave as they found it: one centre, three leaves
 * with the same ranges. What a scenario that failed left in disorder is replaced by a new one.
 */
export async function sharedLab(): Promise<RunningLab> {
  const directory = join(inject('sharedLabs'), `worker-${process.env.VITEST_POOL_ID}`);
  const found = await readLab(directory).catch(() => undefined);
  if (found !== undefined && (await isInOrder(found))) {
    await settled(found);
    return found;
  }
  await leafway(['lab', 'down', '--dir', directory]);
  const { code, stderr } = await leafway(['lab', 'up', '--dir', directory, '--clusters', clusters.join(',')]);
  if (code !== 0) throw new Error(`the shared lab did not start: ${stderr}`);
  return readLab(directory);
}

async function isInOrder(lab: RunningLab): Promise<boolean> {
  const { parts } = await labStatus(lab.directory);
  if (parts.some(({ state }) => state !== 'running')) return false;
  const api = await connectAsAdmin(lab, lab.centre);
  try {
    const [shortcuts, leaves] = await Promise.all([
      api.list(kinds.shortcuts),
      api.list<LeafCluster>(kinds.leafClusters),
    ]);
    const isReady = ({ status }: LeafCluster): boolean =>
      status?.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') === true;
    return shortcuts.items.length === 0 && leaves.items.length === clusters.length - 1 && leaves.items.every(isReady);
  } catch {
    return false;
  } finally {
    await api.close();
  }
}
