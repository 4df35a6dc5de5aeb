import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { kinds, type VirtualNodeShortcut } from '@leafway/core';
import { type RunningLab, repositoryCharts } from '@leafway/lab';
import { isApiError, type KubeApi } from '@leafway/reconciler';
import { mustKubectl } from 'leafway/demo';
import { type FleetSize, firstFreeLink, leafID, linkOf, shortcutName } from '../../fleet/shape.ts';
import { withAdmins } from '../../link/connections.ts';
import { alternate } from '../../statistics/alternate.ts';
import { quantile } from '../../statistics/summary.ts';
import { bareShortcut, leafOf } from '../fleet/objects.ts';
import { type Programs, type Side, sides } from '../programs.ts';
import { inWorkplace } from '../workplace.ts';
import { registerSide, sideLabel } from './registrations.ts';

/** What creating took in one round, one after another, in milliseconds. */
export interface CreateSample {
  readonly side: Side;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly count: number;
}

export interface CreatePlan {
  /** What the API server has before. */
  readonly size: FleetSize;
  readonly rounds: number;
  /** Of each side and round. */
  readonly creates: number;
}

const effectiveWithinMs = 30_000;
const deletesInFlight = 8;

/** Creates through a real API server that asks one of the two webhooks, by turns, one request in flight. */
export async function measureCreates(
  lab: RunningLab,
  plan: CreatePlan,
  programs: Programs,
  progress: (line: string) => void,
): Promise<CreateSample[]> {
  await installKinds(lab);
  return withAdmins(lab, [lab.centre], async (api) => {
    if (api === undefined) throw new Error('the lab has no centre');
    progress(`the centre gets ${plan.size.leaves} leaves and ${plan.size.shortcuts} shortcuts`);
    await createFleet(api, plan.size);
    return inWorkplace(programs, plan.size, async (place) => {
      const webhooks = await place.startBoth({ kubeconfig: lab.kubeconfig(lab.centre), prefix: [] });
      for (const side of sides) {
        await registerSide(api, side, { port: webhooks[side].port, ca: place.ca });
        await untilEffective(api, side, plan.size);
      }
      await runRound(api, plan, 0);
      const samples: CreateSample[] = [];
      for (let round = 1; round <= plan.rounds; round += 1) samples.push(...(await runRound(api, plan, round)));
      progress(`${plan.rounds} rounds of ${plan.creates} creates with each webhook`);
      return samples;
    });
  });
}

/** The kinds, and who may write them, as the chart brings them; the webhooks are registered for each side. */
async function installKinds(lab: RunningLab): Promise<void> {
  const folders = ['crds', 'policies'].map((name) => join(repositoryCharts(), 'leafway/files', name));
  await mustKubectl(lab, lab.centre, ['apply', '--server-side', ...folders.map((folder) => `--filename=${folder}`)]);
  await mustKubectl(lab, lab.centre, ['wait', '--for=condition=Established', 'crds', '--all', '--timeout=60s']);
}

async function createFleet(api: KubeApi, size: FleetSize): Promise<void> {
  for (let number = 0; number < size.leaves; number += 1) {
    const { status, ...leaf } = leafOf(number, size);
    await api.create(kinds.leafClusters, { ...leaf, metadata: { name: leaf.metadata.name } });
    await api.patch(kinds.leafClusters, leaf.metadata, [{ op: 'add', path: '/status', value: status }], {
      subresource: 'status',
    });
  }
  for (let number = 0; number < size.shortcuts; number += 1) {
    await api.create(kinds.shortcuts, newShortcut(shortcutName(number), number, size));
  }
}

/** As a user writes it, but for the label. */
function newShortcut(name: string, link: number, size: FleetSize, side?: Side): VirtualNodeShortcut {
  const { a, b } = linkOf(link, size);
  const { apiVersion, kind, spec } = bareShortcut(name, [leafID(a), leafID(b)]);
  const labels = side === undefined ? {} : { labels: { [sideLabel]: side } };
  return { apiVersion, kind, metadata: { name, ...labels }, spec };
}

/**
 * An API server takes up a new webhook configuration some time after it has accepted it: it has when the webhook refuses
 * what is taken, which also shows that it is this webhook that answers.
 */
async function untilEffective(api: KubeApi, side: Side, size: FleetSize): Promise<void> {
  const taken = newShortcut(`taken-${side}`, 0, size, side);
  for (const deadline = performance.now() + effectiveWithinMs; ; await delay(100)) {
    try {
      await api.create(kinds.shortcuts, taken);
    } catch (error) {
      if (isApiError(error, 'Invalid')) return;
      throw error;
    }
    await api.delete(kinds.shortcuts, taken.metadata);
    if (performance.now() > deadline) throw new Error(`the API server does not ask the webhook "${side}"`);
  }
}

/** Creates on links that nobody has, by turns, and deletes what it created. */
async function runRound(api: KubeApi, { size, creates }: CreatePlan, round: number): Promise<CreateSample[]> {
  const times: Record<Side, number[]> = { ours: [], go: [] };
  const created: VirtualNodeShortcut[] = [];
  for (const [index, side] of alternate<Side>('ours', 'go', creates).entries()) {
    const link = firstFreeLink(size) + ((round * 2 * creates + index) % freeLinks(size));
    const shortcut = newShortcut(`new-${round}-${index}`, link, size, side);
    const begin = performance.now();
    await api.create(kinds.shortcuts, shortcut);
    times[side].push(performance.now() - begin);
    created.push(shortcut);
  }
  await deleteAll(api, created);
  return sides.map((side) => ({
    side,
    p50Ms: quantile(times[side], 0.5),
    p99Ms: quantile(times[side], 0.99),
    count: times[side].length,
  }));
}

/** No webhook is asked about a deletion. */
async function deleteAll(api: KubeApi, shortcuts: readonly VirtualNodeShortcut[]): Promise<void> {
  const left = shortcuts.values();
  const work = async (): Promise<void> => {
    for (const { metadata } of left) await api.delete(kinds.shortcuts, metadata);
  };
  await Promise.all(Array.from({ length: deletesInFlight }, work));
}

/** Far more than a round needs, so that a webhook has long seen that a link is free again. */
function freeLinks({ leaves, shortcuts }: FleetSize): number {
  const rings = Math.ceil(leaves / 2) - 1;
  return (rings - Math.ceil(shortcuts / leaves)) * leaves;
}
