import { afterEach, beforeEach, expect, test } from 'vitest';
import type { KubeObject, ResourceType } from '../api/kube-api.ts';
import type { Clock } from '../ports/clock.ts';
import type { FakeClock } from '../testing/fake-clock.ts';
import { FakeKubeApi } from '../testing/fake-kube-api.ts';
import { Candidates, cut } from '../testing/own/candidates.ts';

const configMaps: ResourceType = {
  group: '',
  version: 'v1',
  plural: 'configmaps',
  kind: 'ConfigMap',
  namespaced: true,
};
const aConfigMap: KubeObject = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { namespace: 'default', name: 'mine' },
};

let candidates: Candidates;
let clock: FakeClock;

beforeEach(() => {
  candidates = new Candidates();
  ({ clock } = candidates);
});
afterEach(() => candidates.end());

test('a guarded API reads always, and writes only while its process leads', async () => {
  const a = candidates.start('a');
  const api = a.election.guard(new FakeKubeApi({ cluster: 'elsewhere' }));
  await expect(api.create(configMaps, aConfigMap)).rejects.toMatchObject({
    code: 'NotLeading',
    message: 'create v1 configmaps default/mine: not sent: a does not hold the lease system/controller',
  });
  await candidates.settle();
  const created = await api.create(configMaps, aConfigMap);
  cut(a);
  await clock.advance(10_100);
  const ref = aConfigMap.metadata;
  for (const write of [
    api.create(configMaps, aConfigMap),
    api.patch(configMaps, ref, []),
    api.apply(configMaps, aConfigMap, { fieldManager: 'me' }),
    api.delete(configMaps, ref),
  ]) {
    await expect(write).rejects.toMatchObject({ code: 'NotLeading' });
  }
  expect(await api.get(configMaps, ref)).toEqual(created);
  expect(api.requests.map((request) => request.verb)).toEqual(['create', 'get']);
});

test('a guarded API refuses the first write of a process that was paused, before any of its timers fires', async () => {
  let pausedMs = 0;
  const paused: Clock = {
    now: () => clock.now(),
    monotonicMs: () => clock.monotonicMs() + pausedMs,
    setTimer: (ms, fn) => clock.setTimer(ms, fn),
  };
  const a = candidates.start('a', { clock: paused });
  await candidates.settle();
  const api = a.election.guard(candidates.server);
  pausedMs = 10_000;
  await expect(api.create(configMaps, aConfigMap)).rejects.toMatchObject({ code: 'NotLeading' });
  expect(a.election.isLeader).toBe(false);
  await clock.advance(2_100);
  expect(a.outcome).toBe('lost');
});

test('a guarded API gives up a write that hangs when the lease is lost', async () => {
  const a = candidates.start('a');
  await candidates.settle();
  const other = new FakeKubeApi({ clock });
  other.beforeRequest = () => new Promise(() => {});
  const hanging = a.election.guard(other).create(configMaps, aConfigMap);
  cut(a);
  void clock.advance(10_100);
  await expect(hanging).rejects.toMatchObject({ code: 'Aborted' });
  expect(other.objects(configMaps)).toEqual([]);
});
