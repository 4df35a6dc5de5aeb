import { expect, test } from 'vitest';
import { FakeKubeApi } from '../testing/fake-kube-api.ts';
import type { Widget } from '../testing/own/widgets.ts';
import { widgets } from '../testing/own/widgets.ts';
import { addFinalizer, removeFinalizer } from './finalizers.ts';

const seed = (api: FakeKubeApi, finalizers?: string[]): Widget =>
  api.seed<Widget>(widgets, {
    apiVersion: 'test.dev/v1',
    kind: 'Widget',
    metadata: { name: 'a', namespace: 'default', ...(finalizers && { finalizers }) },
    spec: { size: 1 },
  });
const ref = { namespace: 'default', name: 'a' };

test('adding a finalizer that is there, or removing one that is not, makes no request', async () => {
  const api = new FakeKubeApi();
  const widget = seed(api, ['test.dev/mine']);
  expect(await addFinalizer(api, widgets, widget, 'test.dev/mine')).toBe(widget);
  await removeFinalizer(api, widgets, widget, 'test.dev/other');
  expect(api.requests).toEqual([]);
});

test('a finalizer is added beside those of others, and only it is removed', async () => {
  const api = new FakeKubeApi();
  const added = await addFinalizer(api, widgets, seed(api, ['test.dev/theirs']), 'test.dev/mine');
  expect(added.metadata.finalizers).toEqual(['test.dev/theirs', 'test.dev/mine']);
  await removeFinalizer(api, widgets, added, 'test.dev/mine');
  expect(api.object(widgets, ref)?.metadata.finalizers).toEqual(['test.dev/theirs']);
});

test('nothing is written when the object is another one or has changed: that is a conflict', async () => {
  const api = new FakeKubeApi();
  const widget = seed(api);
  api.edit<Widget>(widgets, ref, (draft) => (draft.spec.size = 2));
  await expect(addFinalizer(api, widgets, widget, 'test.dev/mine')).rejects.toMatchObject({
    code: 'Conflict',
    message: expect.stringContaining('widgets default/a on fake: the object changed meanwhile'),
  });
  expect(api.object(widgets, ref)?.metadata.finalizers).toBeUndefined();
});

test('removing a finalizer from an object that is gone is fine', async () => {
  const api = new FakeKubeApi();
  const widget = seed(api, ['test.dev/mine']);
  api.edit<Widget>(widgets, ref, (draft) => delete draft.metadata.finalizers);
  api.remove(widgets, ref);
  await removeFinalizer(api, widgets, widget, 'test.dev/mine');
});
