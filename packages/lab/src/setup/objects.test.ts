import { ApiError, type KubeObject } from '@leafway/reconciler';
import { FakeKubeApi } from '@leafway/reconciler/testing';
import { describe, expect, it } from 'vitest';
import { type ClusterAdmin, createObject, waitForObject } from './objects.ts';
import { resourceTypes } from './resource-types.ts';

type Widget = KubeObject & { status?: { phase: string } };

const type = resourceTypes.serviceAccounts;
const widget: Widget = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'w', namespace: 'n' } };
const ref = { namespace: 'n', name: 'w' };

function aCluster(
  signal = new AbortController().signal,
): ClusterAdmin & { readonly api: FakeKubeApi; readonly slept: number[] } {
  const slept: number[] = [];
  return { id: 'rome', api: new FakeKubeApi(), signal, slept, sleep: async (ms) => void slept.push(ms) };
}

const setPhase = (cluster: { api: FakeKubeApi }, phase: string): Promise<unknown> =>
  cluster.api.patch(type, ref, [{ op: 'add', path: '/status', value: { phase } }], { subresource: 'status' });

const wait = (timeoutMs = 10_000) => ({
  type,
  ...ref,
  what: 'the widget being done',
  accept: ({ status }: Widget) => (status?.phase === 'Done' ? 'yes' : undefined),
  timeoutMs,
});

describe('createObject', () => {
  it('leaves an object that is there as it is', async () => {
    const cluster = aCluster();
    const first = await createObject(cluster, type, widget);
    const second = await createObject(cluster, type, {
      ...widget,
      metadata: { ...widget.metadata, labels: { a: 'b' } },
    });
    expect(second).toEqual(first);
  });

  it('asks again when the server says later', async () => {
    const cluster = aCluster();
    let refusals = 2;
    cluster.api.beforeRequest = () => {
      if (refusals-- > 0)
        throw new ApiError('storage is (re)initializing', {
          code: 'Throttled',
          status: 429,
          operation: 'create',
          retryAfterMs: 1_000,
        });
    };
    expect(await createObject(cluster, type, widget)).toMatchObject({ metadata: { name: 'w' } });
    expect(cluster.slept).toEqual([200, 200]);
  });
});

describe('waitForObject', () => {
  it('takes an object that is as it should be already', async () => {
    const cluster = aCluster();
    await createObject(cluster, type, widget);
    await setPhase(cluster, 'Done');
    expect(await waitForObject(cluster, wait())).toBe('yes');
  });

  it('waits for an object that is made and changed later', async () => {
    const cluster = aCluster();
    const done = waitForObject(cluster, wait());
    await createObject(cluster, type, widget);
    await setPhase(cluster, 'Working');
    await setPhase(cluster, 'Done');
    expect(await done).toBe('yes');
  });

  it('says on which cluster what did not come, and the last status', async () => {
    const cluster = aCluster();
    await createObject(cluster, type, widget);
    await setPhase(cluster, 'Working');
    await expect(waitForObject(cluster, wait(50))).rejects.toThrow(
      'rome: the widget being done did not come within 0.05 s: its status is {"phase":"Working"}',
    );
  });

  it('ends at once when its signal aborts', async () => {
    const stop = new AbortController();
    const waiting = waitForObject(aCluster(stop.signal), wait());
    stop.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow(/aborted|enough/);
  });
});
