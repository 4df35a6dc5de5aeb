import { setTimeout as delay } from 'node:timers/promises';
import { kinds, type VirtualNodeShortcut } from '@leafway/core';
import { addressThroughCentre, directAddress, type RunningLab } from '@leafway/lab';
import type { KubeApi } from '@leafway/reconciler';
import { type WatchResult, watchFromPod } from 'leafway/demo';
import type { BenchmarkContext, BenchmarkInLab } from '../benchmark.ts';
import { withAdmins } from '../link/connections.ts';
import { connect } from '../link/link.ts';
import { type FoundObject, findNetworkObjects, findTenantNamespaces, waitUntilGone } from '../link/link-objects.ts';
import { deleteTenantNamespaces, type Ends, makeTenantNamespaces } from '../link/tenant-namespaces.ts';
import { alternate } from '../statistics/alternate.ts';
import {
  type DeleteSample,
  deleteFigures,
  deleteHeadline,
  type NamespaceOrigin,
  type NeighbourLoss,
} from './figures.ts';
import { reportDelete } from './report.ts';

const name = 'rome-milan';
const goneWithinMs = 60_000;
/**
 * Kubernetes' namespace controller takes up a namespace 5 s after the last change of one of that name: a deletion
 * that follows another one closely would ride on that one's wait and seem faster than it is.
 */
const namespaceRestMs = 6_000;

export const deleteBenchmark: BenchmarkInLab = {
  name: 'delete',
  summary: "from delete to gone, by kind of object; the neighbours' lost packets",
  seconds: { full: 115, quick: 50 },
  clusters: ['central', 'rome', 'milan', 'paris'],
  run: async (context) => {
    const clusters = ['central', 'rome', 'milan'];
    const { samples, neighbours } = await withAdmins(context.lab, clusters, (central, rome, milan) =>
      measure(context, central as KubeApi, { ids: ['rome', 'milan'], apis: [rome as KubeApi, milan as KubeApi] }),
    );
    const figures = deleteFigures(samples, neighbours);
    return { headline: deleteHeadline(figures), figures, report: reportDelete(figures) };
  },
};

async function measure(
  { lab, quick, progress }: BenchmarkContext,
  centre: KubeApi,
  ends: Ends,
): Promise<{ samples: DeleteSample[]; neighbours: NeighbourLoss }> {
  await connect(centre, 'rome-paris', ['rome', 'paris']);
  progress('one delete to warm up');
  await measureOnce(centre, ends, 'made');
  const watches = await watchNeighbours(lab);
  const samples: DeleteSample[] = [];
  let previous: NamespaceOrigin = 'made';
  for (const origin of alternate<NamespaceOrigin>('made', 'found', quick ? 1 : 6)) {
    if (origin === 'made') {
      if (previous === 'found') await deleteTenantNamespaces(ends);
      await delay(namespaceRestMs);
    } else if (previous === 'made') {
      await makeTenantNamespaces(ends);
    }
    previous = origin;
    const sample = await measureOnce(centre, ends, origin);
    samples.push(sample);
    progress(`delete ${samples.length}, namespaces ${origin}: ${Math.round(sample.shortcutMs)} ms`);
  }
  const [direct, throughCentre] = await Promise.all(watches.map((watch) => watch.finish()));
  return {
    samples,
    neighbours: { direct: direct as WatchResult, throughCentre: throughCentre as WatchResult },
  };
}

/** A shortcut of one of the two leaves, and the path through the centre between both. */
async function watchNeighbours(lab: RunningLab): Promise<ReturnType<typeof watchFromPod>[]> {
  const addresses = await Promise.all([
    directAddress(lab, { from: 'rome', to: 'paris', pod: 'web' }),
    addressThroughCentre(lab, { from: 'rome', to: 'milan', pod: 'web' }),
  ]);
  return addresses.map((address) => watchFromPod(lab, 'rome/client', address));
}

async function measureOnce(centre: KubeApi, ends: Ends, origin: NamespaceOrigin): Promise<DeleteSample> {
  const { shortcut } = await connect(centre, name, ends.ids);
  const [[ours], network, namespaces] = await Promise.all([
    findShortcut(centre, shortcut),
    findNetworkObjects(ends),
    origin === 'made' ? findTenantNamespaces(ends) : [],
  ]);
  const watched = [ours, ...network, ...namespaces].map(async (found) => ({
    kind: found.type.kind,
    goneAt: (await waitUntilGone(found, goneWithinMs)).monotonicMs,
  }));
  const start = performance.now();
  const [gone] = await Promise.all([Promise.all(watched), centre.delete(kinds.shortcuts, { name })]);
  const [first, ...objects] = gone.map(({ kind, goneAt }) => ({ kind, goneMs: goneAt - start }));
  return { origin, shortcutMs: first?.goneMs ?? 0, objects };
}

async function findShortcut(api: KubeApi, { metadata }: VirtualNodeShortcut): Promise<[FoundObject]> {
  const type = kinds.shortcuts;
  const { items, resourceVersion } = await api.list(type, { fieldSelector: `metadata.name=${metadata.name}` });
  const [object] = items;
  if (object === undefined) throw new Error(`the shortcut ${metadata.name} is gone before it was deleted`);
  return [{ api, type, object, resourceVersion }];
}
