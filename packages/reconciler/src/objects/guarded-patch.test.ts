import { expect, test } from 'vitest';
import { refusal } from '../api/translate.ts';
import { FakeKubeApi } from '../testing/fake-kube-api.ts';
import type { Widget } from '../testing/own/widgets.ts';
import { widgets } from '../testing/own/widgets.ts';
import { guardedPatch } from './guarded-patch.ts';

const ref = { namespace: 'default', name: 'a' };
const seed = (api: FakeKubeApi): Widget =>
  api.seed<Widget>(widgets, { apiVersion: 'test.dev/v1', kind: 'Widget', metadata: ref, spec: { size: 1 } });
const resize = [{ op: 'replace', path: '/spec/size', value: 3 }] as const;

test('the given state is changed', async () => {
  const api = new FakeKubeApi();
  expect(await guardedPatch(api, widgets, seed(api), resize)).toMatchObject({ spec: { size: 3 } });
});

test('the status is changed through its subresource', async () => {
  const api = new FakeKubeApi();
  const operations = [...resize, { op: 'add', path: '/status', value: { phase: 'Ready' } }] as const;
  const patched = await guardedPatch(api, widgets, seed(api), operations, { subresource: 'status' });
  expect(patched).toMatchObject({ spec: { size: 1 }, status: { phase: 'Ready' } });
});

test('a state that has changed, or an object that was made anew, is a conflict and stays as it is', async () => {
  const api = new FakeKubeApi();
  const changed = seed(api);
  api.edit<Widget>(widgets, ref, (draft) => (draft.spec.size = 2));
  const conflict = {
    code: 'Conflict',
    message: expect.stringContaining('widgets default/a on fake: the object changed meanwhile'),
  };
  await expect(guardedPatch(api, widgets, changed, resize)).rejects.toMatchObject(conflict);
  api.remove(widgets, ref);
  seed(api);
  await expect(guardedPatch(api, widgets, changed, resize)).rejects.toMatchObject(conflict);
  expect(api.object<Widget>(widgets, ref)?.spec.size).toBe(1);
});

test('a change that the server refuses for what it is stays Invalid, with the reason', async () => {
  const api = new FakeKubeApi();
  const widget = seed(api);
  const message = 'Widget.test.dev "a" is invalid: spec.size: Invalid value: 3: should be less than 3';
  api.beforeRequest = () => {
    throw refusal('patch', 422, { kind: 'Status', code: 422, reason: 'Invalid', message });
  };
  await expect(guardedPatch(api, widgets, widget, resize)).rejects.toMatchObject({
    code: 'Invalid',
    message: expect.stringContaining('should be less than 3'),
  });
});

test('an object that is gone is NotFound', async () => {
  const api = new FakeKubeApi();
  const widget = seed(api);
  api.remove(widgets, ref);
  await expect(guardedPatch(api, widgets, widget, resize)).rejects.toMatchObject({ code: 'NotFound' });
});
