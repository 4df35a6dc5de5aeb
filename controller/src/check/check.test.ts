import { kinds } from '@leafway/core';
import { ApiError, type KubeObject, leases } from '@leafway/reconciler';
import { FakeClock, FakeKubeApi } from '@leafway/reconciler/testing';
import { beforeEach, expect, it } from 'vitest';
import { check } from './check.ts';

const lease = { namespace: 'leafway-system', name: 'leafway-controller' };
const refusal = 'spec.clusters[0].id: there is no LeafCluster "leafway-check-a": correct the id, or create it first';

let clock: FakeClock;
let central: FakeKubeApi;
/** What the API server says to a create; nothing when it accepts. */
let answer: () => ApiError | undefined;
let doesLead: boolean;
beforeEach(() => {
  clock = new FakeClock();
  central = new FakeKubeApi({ cluster: 'the central cluster', clock });
  central.seed(leases, { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: lease });
  answer = () => new ApiError(refusal, { code: 'Invalid', status: 422, operation: 'create' });
  doesLead = true;
  central.beforeRequest = ({ verb }) => {
    const error = verb === 'create' ? answer() : undefined;
    if (error !== undefined) throw error;
  };
});

/** Lets ten seconds pass, in which a leader renews its lease. */
async function run(): Promise<string[]> {
  const result = check({ central, clock }, { timeoutMs: 5_000, lease }, new AbortController().signal);
  result.catch(() => undefined);
  for (let second = 0; second < 10; second += 1) {
    await clock.advance(1_000);
    if (doesLead) central.edit<KubeObject>(leases, lease, ({ metadata }) => (metadata.labels = { at: `${second}` }));
  }
  return result;
}

it('is content when the webhook names the leaf that does not exist and the lease is renewed', async () => {
  expect(await run()).toEqual([]);
});

it('waits for a webhook that is about to come up', async () => {
  let failures = 2;
  const refused = answer;
  const down = new ApiError('failed calling webhook', { code: 'Unavailable', status: 500, operation: 'create' });
  answer = () => (failures-- > 0 ? down : refused());
  expect(await run()).toEqual([]);
});

it('tells what the API server says of a webhook that does not answer', async () => {
  const why = 'failed calling webhook "validate.leafway.dev": x509: certificate signed by unknown authority';
  answer = () => new ApiError(why, { code: 'Unavailable', status: 500, operation: 'create' });
  expect(await run()).toEqual([`the webhook does not answer the API server: ${why}`]);
});

it('finds out that nobody asks the webhook, and leaves nothing behind', async () => {
  answer = () => undefined;
  expect(await run()).toEqual([expect.stringContaining('the API server does not ask the webhook')]);
  expect(central.objects(kinds.shortcuts)).toEqual([]);
});

it('finds out that no controller leads, whatever the lease of the last one says', async () => {
  doesLead = false;
  expect(await run()).toEqual([
    'no controller leads: nobody renewed the Lease leafway-system/leafway-controller within 5 s; look at the log of the ' +
      'Deployment leafway-controller',
  ]);
});

it.each([
  { what: 'are closed', end: () => central.endWatches() },
  { what: 'break', end: () => central.breakWatches() },
])('does not take it for a leader that is gone when its watches $what early', async ({ end }) => {
  const result = check({ central, clock }, { timeoutMs: 10_000, lease }, new AbortController().signal);
  for (let second = 0; second < 3; second += 1) {
    await clock.advance(1_000);
    end();
  }
  central.edit<KubeObject>(leases, lease, ({ metadata }) => (metadata.labels = { at: 'last' }));
  await clock.advance(1_500);
  expect(await result).toEqual([]);
});

it('says at once that it may not try', async () => {
  answer = () => new ApiError('forbidden', { code: 'Forbidden', status: 403, operation: 'create' });
  await expect(run()).rejects.toThrow('forbidden');
});
