import { expect, test } from 'vitest';
import type { KubeApi } from '../../api/kube-api.ts';
import { addFinalizer, removeFinalizer } from '../../objects/finalizers.ts';
import { guardedPatch } from '../../objects/guarded-patch.ts';
import { createWidgetMaker, expectCode, read } from './widget-maker.ts';
import { type Widget, widgets } from './widgets.ts';

/** What every `KubeApi` does when it is asked to change something, whatever is behind it. */
export function contractOfWrites(connect: () => KubeApi): void {
  const { aWidget, create } = createWidgetMaker(connect, 'writes');

  test('gives a created object a uid, a resource version, generation 1 and no status', async () => {
    const created = await connect().create<Widget>(widgets, { ...aWidget(), status: { phase: 'planted' } });
    expect(created.metadata).toMatchObject({
      uid: expect.any(String),
      resourceVersion: expect.stringMatching(/^\d+$/),
      generation: 1,
    });
    expect(created.metadata.creationTimestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(created.status).toBeUndefined();
    expect(await connect().get<Widget>(widgets, created.metadata)).toEqual(created);
  });

  test('refuses to create what exists', async () => {
    const widget = await create();
    await expectCode(
      'AlreadyExists',
      connect().create<Widget>(widgets, aWidget({ size: 2 }, { name: widget.metadata.name })),
    );
  });

  test('refuses to create an object that has a resource version', async () => {
    // A real server answers with HTTP 500, so that the code tells nothing.
    await expectCode('Unavailable', create({ size: 1 }, { resourceVersion: '1' }));
  });

  test('answers undefined for an object that is not there, and false for deleting it', async () => {
    expect(await connect().get(widgets, { namespace: 'default', name: 'nobody' })).toBeUndefined();
    expect(await connect().delete(widgets, { namespace: 'default', name: 'nobody' })).toBe(false);
  });

  test('refuses names that are no path segment, before they reach the server', async () => {
    await expectCode('Invalid', connect().delete(widgets, { namespace: 'default', name: '' }));
    await expectCode('Invalid', connect().get(widgets, { namespace: 'default', name: '..' }));
    await expectCode('Invalid', connect().get(widgets, { name: 'without-namespace' }));
  });

  test('raises the generation with the spec and not with labels', async () => {
    const { metadata } = await create();
    const labelled = await connect().patch<Widget>(widgets, metadata, [
      { op: 'add', path: '/metadata/labels', value: { a: 'b' } },
    ]);
    expect(labelled.metadata.generation).toBe(1);
    const resized = await connect().patch<Widget>(widgets, metadata, [{ op: 'replace', path: '/spec/size', value: 2 }]);
    expect(resized.metadata.generation).toBe(2);
  });

  test('changes nothing by a write that changes nothing', async () => {
    const { metadata } = await create();
    const same = await connect().patch<Widget>(widgets, metadata, [{ op: 'replace', path: '/spec/size', value: 1 }]);
    expect(same.metadata.resourceVersion).toBe(metadata.resourceVersion);
  });

  test('changes only the status through the status subresource, and never otherwise', async () => {
    const { metadata } = await create();
    const both = [
      { op: 'replace', path: '/spec/size', value: 7 },
      { op: 'add', path: '/status', value: { phase: 'Ready' } },
    ] as const;
    const main = await connect().patch<Widget>(widgets, metadata, both);
    expect([main.spec.size, main.status]).toEqual([7, undefined]);
    const status = await connect().patch<Widget>(
      widgets,
      metadata,
      [{ op: 'replace', path: '/spec/size', value: 9 }, both[1]],
      {
        subresource: 'status',
      },
    );
    expect([status.spec.size, status.status, status.metadata.generation]).toEqual([7, { phase: 'Ready' }, 2]);
  });

  test('performs no operation of a patch whose test fails', async () => {
    const { metadata } = await create();
    const patch = connect().patch<Widget>(widgets, metadata, [
      { op: 'replace', path: '/spec/size', value: 5 },
      { op: 'test', path: '/metadata/uid', value: 'another' },
    ]);
    await expectCode('Invalid', patch);
    expect((await connect().get<Widget>(widgets, metadata))?.spec.size).toBe(1);
  });

  test('refuses to patch what is missing: an object, a field', async () => {
    const { metadata } = await create();
    await expectCode('NotFound', connect().patch(widgets, { namespace: 'default', name: 'nobody' }, []));
    await expectCode('Invalid', connect().patch(widgets, metadata, [{ op: 'remove', path: '/spec/colour' }]));
    await expectCode(
      'Invalid',
      connect().patch(widgets, metadata, [{ op: 'add', path: '/spec/deep/colour', value: 'red' }]),
    );
  });

  test('patches lists by index and at their end', async () => {
    const { metadata } = await create({ size: 1, tags: ['a', 'b'] });
    const patched = await connect().patch<Widget>(widgets, metadata, [
      { op: 'add', path: '/spec/tags/-', value: 'z' },
      { op: 'add', path: '/spec/tags/1', value: 'x' },
      { op: 'remove', path: '/spec/tags/0' },
      { op: 'add', path: '/metadata/annotations', value: { 'test.dev/a': '1' } },
      { op: 'replace', path: '/metadata/annotations/test.dev~1a', value: '2' },
    ]);
    expect(patched.spec.tags).toEqual(['x', 'b', 'z']);
    expect(patched.metadata.annotations).toEqual({ 'test.dev/a': '2' });
  });

  test('applies: creates, merges beside others, and takes back what it no longer applies', async () => {
    const widget = aWidget({ size: 1, colour: 'red' }, { labels: { mine: '1' } });
    const fieldManager = 'tester';
    const created = await connect().apply<Widget>(widgets, widget, { fieldManager });
    expect(created.metadata.generation).toBe(1);
    await connect().patch(widgets, widget.metadata, [{ op: 'add', path: '/metadata/labels/theirs', value: '1' }]);
    const { name } = widget.metadata;
    const applied = await connect().apply<Widget>(widgets, aWidget({ size: 2 }, { name }), { fieldManager });
    expect([applied.spec, applied.metadata.labels]).toEqual([{ size: 2 }, { theirs: '1' }]);
  });

  test('applies a status, and only that', async () => {
    const { metadata } = await create();
    const { name, namespace } = metadata;
    const wanted = { ...aWidget({ size: 4 }, { name, ...(namespace && { namespace }) }), status: { phase: 'Ready' } };
    const options = { fieldManager: 'tester', subresource: 'status', force: true } as const;
    const applied = await connect().apply<Widget>(widgets, wanted, options);
    expect([applied.spec.size, applied.status]).toEqual([1, { phase: 'Ready' }]);
    const again = await connect().apply<Widget>(widgets, wanted, options);
    expect(again.metadata.resourceVersion).toBe(applied.metadata.resourceVersion);
    await expectCode('NotFound', connect().apply<Widget>(widgets, { ...aWidget(), status: {} }, options));
  });

  test('refuses an apply to an object of another uid or resource version', async () => {
    const { metadata } = await create();
    const { name, resourceVersion } = metadata;
    await connect().patch(widgets, metadata, [{ op: 'replace', path: '/spec/size', value: 2 }]);
    const stale = aWidget({ size: 3 }, { name, ...(resourceVersion && { resourceVersion }) });
    await expectCode('Conflict', connect().apply(widgets, stale, { fieldManager: 'tester' }));
    const foreign = aWidget({ size: 3 }, { name, uid: '00000000-dead-4000-8000-000000000000' });
    await expectCode('Conflict', connect().apply(widgets, foreign, { fieldManager: 'tester' }));
  });

  test('deletes under a precondition only what was meant', async () => {
    const { metadata } = await create();
    await expectCode('Conflict', connect().delete(widgets, metadata, { uid: '00000000-dead-4000-8000-000000000000' }));
    expect(await connect().delete(widgets, metadata, { uid: metadata.uid })).toBe(true);
    expect(await connect().get(widgets, metadata)).toBeUndefined();
  });

  test('keeps a deleted object while it has finalizers, and takes no new ones then', async () => {
    const withOne = await addFinalizer(connect(), widgets, await create(), 'test.dev/one');
    const withTwo = await addFinalizer(connect(), widgets, withOne, 'test.dev/two');
    expect(withTwo.metadata.finalizers).toEqual(['test.dev/one', 'test.dev/two']);
    expect(await connect().delete(widgets, withTwo.metadata)).toBe(true);
    expect(await connect().delete(widgets, withTwo.metadata)).toBe(true);
    const deleting = await read(connect(), withTwo);
    expect(deleting.metadata.deletionTimestamp).toBeDefined();
    expect(deleting.metadata.generation).toBe(2);
    await expectCode('Invalid', addFinalizer(connect(), widgets, deleting, 'test.dev/three'));

    await removeFinalizer(connect(), widgets, deleting, 'test.dev/two');
    await expectCode('Conflict', removeFinalizer(connect(), widgets, deleting, 'test.dev/one'));
    await removeFinalizer(connect(), widgets, await read(connect(), withTwo), 'test.dev/one');
    expect(await connect().get(widgets, withTwo.metadata)).toBeUndefined();
    await removeFinalizer(connect(), widgets, deleting, 'test.dev/one');
  });

  test('tells a patch that no longer fits the object from a change that is refused', async () => {
    const widget = await addFinalizer(connect(), widgets, await create(), 'test.dev/one');
    const resize = [{ op: 'replace', path: '/spec/size', value: 2 }] as const;
    const resized = await guardedPatch(connect(), widgets, widget, resize);
    expect(resized.spec.size).toBe(2);
    await expectCode('Conflict', guardedPatch(connect(), widgets, widget, resize));
    const status = [{ op: 'add', path: '/status', value: { phase: 'Ready' } }] as const;
    await expectCode('Conflict', guardedPatch(connect(), widgets, widget, status, { subresource: 'status' }));
    const ready = await guardedPatch(connect(), widgets, resized, status, { subresource: 'status' });
    const another = { ...ready, metadata: { ...ready.metadata, uid: '00000000-dead-4000-8000-000000000000' } };
    await expectCode('Conflict', guardedPatch(connect(), widgets, another, resize));

    await connect().delete(widgets, widget.metadata);
    const deleting = await read(connect(), widget);
    const add = [{ op: 'add', path: '/metadata/finalizers/-', value: 'test.dev/two' }] as const;
    await expectCode('Invalid', guardedPatch(connect(), widgets, deleting, add));
  });
}
