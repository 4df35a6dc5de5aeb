import { setTimeout as delay } from 'node:timers/promises';
import { kinds, type VirtualNodeShortcut } from '@leafway/core';
import type { KubeApi, KubeObject } from '@leafway/reconciler';
import type { BenchmarkContext, BenchmarkInLab } from '../benchmark.ts';
import { withAdmins } from '../link/connections.ts';
import { connect, isReady } from '../link/link.ts';
import { type FoundObject, findNetworkObjects, findTenantNamespaces } from '../link/link-objects.ts';
import type { Ends } from '../link/tenant-namespaces.ts';
import { waitForEvent } from '../link/wait-for-event.ts';
import { createRepairDetector, type Damage, editOf, isWritten } from './damage.ts';
import { type RepairSample, repairFigures, repairHeadline } from './figures.ts';
import { reportRepair } from './report.ts';

const name = 'rome-milan';
const backWithinMs = 60_000;
const settledWithinMs = 60_000;
const looksEveryMs = 250;
/** So many looks in a row must show the same Ready shortcut before the next damage. */
const looksAlike = 4;

export const repairBenchmark: BenchmarkInLab = {
  name: 'repair',
  summary: 'from damage on a leaf by hand to the object being as it was',
  seconds: { full: 120, quick: 60 },
  clusters: ['central', 'rome', 'milan'],
  run: async (context) => {
    const samples = await withAdmins(context.lab, ['central', 'rome', 'milan'], (central, rome, milan) =>
      measure(context, central as KubeApi, { ids: ['rome', 'milan'], apis: [rome as KubeApi, milan as KubeApi] }),
    );
    const figures = repairFigures(samples);
    return { headline: repairHeadline(figures), figures, report: reportRepair(figures) };
  },
};

async function measure({ quick, progress }: BenchmarkContext, centre: KubeApi, ends: Ends): Promise<RepairSample[]> {
  await connect(centre, name, ends.ids);
  const samples: RepairSample[] = [];
  const damageAll = async (found: readonly FoundObject[], damage: Damage): Promise<void> => {
    for (const each of found) {
      await waitUntilSettled(centre);
      samples.push(await measureOnce(await findAgain(each), damage));
    }
  };
  const rounds = quick ? 1 : 3;
  for (let round = 1; round <= rounds; round += 1) {
    const [network, namespaces] = await Promise.all([findNetworkObjects(ends), findTenantNamespaces(ends)]);
    const written = network.filter(({ type }) => isWritten(type.kind));
    await damageAll([...namespaces, ...written], 'edited');
    await damageAll(written, 'deleted');
    // Each takes Kubernetes more than five seconds.
    if (round === rounds) await damageAll(namespaces, 'deleted');
    progress(`round ${round} of ${rounds}: ${samples.length} objects damaged and repaired`);
  }
  return samples;
}

/** The object as it is now: an earlier repair may have made it anew. */
async function findAgain({ api, type, object: { metadata } }: FoundObject): Promise<FoundObject> {
  const { items, resourceVersion } = await api.list(type, {
    namespace: metadata.namespace,
    fieldSelector: `metadata.name=${metadata.name}`,
  });
  const [object] = items;
  if (object === undefined) throw new Error(`${type.kind} ${metadata.name} is not there though ${name} is Ready`);
  return { api, type, object, resourceVersion };
}

async function measureOnce({ api, type, object, resourceVersion }: FoundObject, damage: Damage): Promise<RepairSample> {
  const { namespace } = object.metadata;
  const ref = { namespace, name: object.metadata.name };
  const waiting = waitForEvent<KubeObject>(api, {
    ...ref,
    type,
    resourceVersion,
    until: createRepairDetector(object, damage),
    withinMs: backWithinMs,
  });
  const start = performance.now();
  const doDamage = damage === 'edited' ? api.patch(type, ref, editOf(object)) : api.delete(type, ref);
  const [back] = await Promise.all([waiting, doDamage]);
  return { kind: type.kind, damage, backMs: back.monotonicMs - start };
}

/** A damage may take the link down for a while: the next one begins when it is up and nothing moves any more. */
async function waitUntilSettled(centre: KubeApi): Promise<void> {
  const deadline = performance.now() + settledWithinMs;
  for (let version = '', alike = 0; alike < looksAlike; await delay(looksEveryMs)) {
    const shortcut = await centre.get<VirtualNodeShortcut>(kinds.shortcuts, { name });
    const seen = shortcut !== undefined && isReady(shortcut) ? shortcut.metadata.resourceVersion : undefined;
    alike = seen !== undefined && seen === version ? alike + 1 : 0;
    version = seen ?? '';
    if (performance.now() > deadline) {
      throw new Error(`${name} was not Ready and at rest again ${settledWithinMs / 1_000} s after a damage`);
    }
  }
}
