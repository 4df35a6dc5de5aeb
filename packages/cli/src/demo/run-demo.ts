import { kinds, type VirtualNodeShortcut } from '@leafway/core';
import {
  addressThroughCentre,
  compareCensuses,
  connectAsAdmin,
  directAddress,
  type LabCounters,
  type RunningLab,
  readCounters,
} from '@leafway/lab';
import { kubectl, mustKubectl, warningsIn } from './kubectl.ts';
import { pathTaken, type TunnelGrowth } from './path.ts';
import { fetchFromPod, watchFromPod } from './pod-probe.ts';
import type { DemoFacts, FetchFacts } from './report.ts';
import { takeCensus } from './take-census.ts';

/** What the demo tells while it runs. */
export interface DemoListener {
  /** A new step begins. */
  step(title: string): void;
  /** One line about it. */
  say(line: string): void;
  /** The two paths are known, or the first of them. */
  fetched(name: 'throughCentre' | 'direct', facts: FetchFacts): void;
}

export interface DemoDependencies {
  readonly lab: RunningLab;
  readonly listener: DemoListener;
  readonly monotonicMs: () => number;
  /** Called when the direct tunnel is Ready and nothing was fetched over it yet. */
  readonly beforeDirectFetch?: () => Promise<void>;
}

const payloadBytes = 2 ** 20;
const name = 'rome-milan';
const from = 'rome';
const to = 'milan';
const target = { from, to, pod: 'web' } as const;
const readyWithinMs = 120_000;
const goneWithinMs = 60_000;

/** The main job, steps 2 to 7, on a lab that is up. Throws when any step does not show what it should. */
export async function runDemo(deps: DemoDependencies): Promise<DemoFacts> {
  const { lab, listener } = deps;
  listener.step('What runs in the central cluster');
  await showCentre(deps);

  listener.step(`A pod in ${from} fetches from a pod in ${to}, through the centre`);
  const centralAddress = await addressThroughCentre(lab, target);
  const throughCentre = await fetchAndCount(lab, centralAddress);
  listener.fetched('throughCentre', throughCentre);
  const before = await takeCensus(lab);

  listener.step('kubectl apply of a VirtualNodeShortcut');
  const { plan, readyMs } = await applyUntilReady(deps);
  const whileReady = await takeCensus(lab);

  listener.step('The same fetch, directly');
  await deps.beforeDirectFetch?.();
  const addressDirect = await directAddress(lab, target);
  const direct = await fetchAndCount(lab, addressDirect);
  listener.fetched('direct', direct);
  if (direct.path.length !== 2) throw new Error(`the direct fetch went ${direct.path.join(' → ')}`);
  if (direct.bytesThroughCentre !== 0)
    throw new Error(`the centre forwarded ${direct.bytesThroughCentre} bytes of the direct fetch`);

  listener.step('A second shortcut for the same pair, in reverse order');
  const refused = await applyReversed(deps);

  listener.step('kubectl delete');
  await deleteAndWatch(deps, centralAddress, addressDirect);
  const after = await takeCensus(lab);
  const made = compareCensuses(before, whileReady).added;
  const left = compareCensuses(before, after);
  const objects = {
    created: made.length,
    removed: made.filter((key) => !after.has(key)).length,
    othersTouched: left.changed.length + left.removed.length + left.added.filter((key) => !made.includes(key)).length,
  };
  listener.say(
    `${objects.created} objects created, ${objects.removed} removed, ${objects.othersTouched} others touched`,
  );
  const touched = [...left.changed, ...left.removed, ...left.added];
  if (touched.length > 0) throw new Error(`deleting left traces: ${touched.join(', ')}`);
  return { throughCentre, direct, readyMs, plan, refused, objects };
}

async function showCentre({ lab, listener }: DemoDependencies): Promise<void> {
  const show = async (...args: string[]): Promise<void> => {
    const { stdout } = await mustKubectl(lab, lab.centre, args);
    for (const line of stdout.trimEnd().split('\n')) listener.say(line);
  };
  await show(
    'get',
    'crds',
    'virtualnodeshortcuts.leafway.dev',
    'leafclusters.leafway.dev',
    '--no-headers',
    '--output=name',
  );
  await show('get', 'validatingwebhookconfigurations,mutatingwebhookconfigurations', '--output=name');
  await show('get', 'leafclusters');
}

/** Fetches 1 MiB and small answers from one leaf to an address in another, between two readings of the counters. */
export async function fetchAndCount(lab: RunningLab, address: string, ends = { from, to }): Promise<FetchFacts> {
  const before = await readCounters(lab);
  const { received, seenAs, rttMs } = await fetchFromPod(lab, `${ends.from}/client`, `http://${address}`, payloadBytes);
  const after = await readCounters(lab);
  if (received !== payloadBytes) throw new Error(`${payloadBytes} bytes were asked for, ${received} came`);
  const { path, tunnels } = pathTaken(ends.from, ends.to, payloadBytes, growthBetween(before, after));
  const bytesThroughCentre = after.forwardedByCentre.bytes - before.forwardedByCentre.bytes;
  return { path, tunnels, rttMs, bytesThroughCentre, dialled: address, seenAs };
}

function growthBetween(before: LabCounters, after: LabCounters): TunnelGrowth[] {
  return after.tunnels.map(({ cluster, remote, receivedBytes, sentBytes }) => {
    const earlier = before.tunnels.find((tunnel) => tunnel.cluster === cluster && tunnel.remote === remote);
    const bytes = receivedBytes + sentBytes - (earlier === undefined ? 0 : earlier.receivedBytes + earlier.sentBytes);
    return { cluster, remoteClusterID: remote, bytes };
  });
}

const manifest = (shortcutName: string, ...ids: readonly string[]): string =>
  JSON.stringify({
    apiVersion: 'leafway.dev/v1alpha1',
    kind: 'VirtualNodeShortcut',
    metadata: { name: shortcutName },
    spec: { clusters: ids.map((id) => ({ id })) },
  });

async function applyUntilReady(deps: DemoDependencies): Promise<{ plan: string[]; readyMs: number }> {
  const { lab, listener, monotonicMs } = deps;
  const applied = await mustKubectl(lab, lab.centre, ['apply', '--filename=-'], manifest(name, from, to));
  const start = monotonicMs();
  const plan = warningsIn(applied.stderr);
  for (const line of plan) listener.say(`Warning: ${line}`);
  const seen = new Set<string>();
  for await (const shortcut of followShortcut(lab)) {
    const elapsedMs = monotonicMs() - start;
    for (const { type, status, message } of shortcut.status?.conditions ?? []) {
      if (status !== 'True' || seen.has(type)) continue;
      seen.add(type);
      listener.say(`${(elapsedMs / 1_000).toFixed(2).padStart(6)} s  ${type.padEnd(18)} ${message}`);
    }
    if (seen.has('Ready')) return { plan, readyMs: Math.round(elapsedMs) };
  }
  throw new Error(`${name} did not become Ready within ${readyWithinMs / 1_000} s; see: kubectl describe vns ${name}`);
}

/** Every state of the shortcut from now on; ends when the time for it is over. */
async function* followShortcut(lab: RunningLab): AsyncGenerator<VirtualNodeShortcut> {
  const api = await connectAsAdmin(lab, lab.centre);
  const signal = AbortSignal.timeout(readyWithinMs);
  const fieldSelector = `metadata.name=${name}`;
  try {
    const { items, resourceVersion } = await api.list<VirtualNodeShortcut>(kinds.shortcuts, { fieldSelector, signal });
    yield* items;
    for await (const event of api.watch<VirtualNodeShortcut>(kinds.shortcuts, {
      fieldSelector,
      resourceVersion,
      signal,
    })) {
      if (event.type !== 'BOOKMARK') yield event.object;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    await api.close();
  }
}

async function applyReversed({ lab, listener }: DemoDependencies): Promise<string> {
  const { code, stderr } = await kubectl(lab, lab.centre, ['apply', '--filename=-'], manifest('milan-rome', to, from));
  if (code === 0) throw new Error('the second shortcut of the pair was not refused');
  const message = stderr.trim();
  for (const line of message.split('\n')) listener.say(line);
  return message;
}

/** The path through the centre must answer all the time; the direct one must be gone at the end. */
async function deleteAndWatch(deps: DemoDependencies, centralAddress: string, addressDirect: string): Promise<void> {
  const { lab, listener, monotonicMs } = deps;
  const watch = watchFromPod(lab, `${from}/client`, centralAddress);
  const start = monotonicMs();
  await mustKubectl(lab, lab.centre, ['delete', 'virtualnodeshortcuts', name, `--timeout=${goneWithinMs / 1_000}s`]);
  listener.say(`gone after ${((monotonicMs() - start) / 1_000).toFixed(2)} s`);
  const isGone = await fetchFromPod(lab, `${from}/client`, `http://${addressDirect}`, 1).then(
    () => false,
    () => true,
  );
  if (!isGone) throw new Error(`${addressDirect} still answers after the shortcut was deleted`);
  listener.say(`${addressDirect} does not answer any more`);
  const { sent, answered } = await watch.finish();
  listener.say(`through the centre, meanwhile: ${answered} of ${sent} datagrams came back`);
  if (answered !== sent)
    throw new Error(
      `${sent - answered} of ${sent} datagrams through the centre were lost while the shortcut was deleted`,
    );
}
