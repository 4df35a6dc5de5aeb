import type { Census, RunningLab } from '@leafway/lab';
import { type CensusObject, censusKey, fingerprint, isCounted } from '@leafway/lab/internal';
import { mustKubectl } from './kubectl.ts';

/** Every object of every kind on every cluster, but Events, Leases and our own kinds. */
export async function takeCensus(lab: RunningLab): Promise<Census> {
  const parts = await Promise.all(lab.clusters.map((cluster) => censusOf(lab, cluster)));
  return new Map(parts.flat());
}

async function censusOf(lab: RunningLab, cluster: string): Promise<[string, string][]> {
  const listed = await mustKubectl(lab, cluster, ['api-resources', '--verbs=list', '--output=name', '--cached=false']);
  // Events are huge in number and counted nowhere; componentstatuses are no objects.
  const kinds = listed.stdout
    .split('\n')
    .filter((name) => name !== '' && !/^(events|componentstatuses)(\.|$)/.test(name));
  const found = await mustKubectl(lab, cluster, ['get', kinds.join(','), '--all-namespaces', '--output=json']);
  const { items } = JSON.parse(found.stdout) as { items: CensusObject[] };
  return items.filter(isCounted).map((object) => [censusKey(cluster, object), fingerprint(object)]);
}
