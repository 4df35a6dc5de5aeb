import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createKubeApi } from '../api/create-kube-api.ts';
import type { ApiErrorCode } from '../api/errors.ts';
import { isApiError } from '../api/errors.ts';
import type { KubeApi, WatchEvent } from '../api/kube-api.ts';
import { addFinalizer, removeFinalizer } from '../objects/finalizers.ts';
import { guardedPatch } from '../objects/guarded-patch.ts';
import { FakeKubeApi } from './fake-kube-api.ts';
import type { RealServer } from './real-servers.ts';
import { findTools, startRealServer } from './real-servers.ts';
import type { Widget } from './widgets.ts';
import { installWidgets, widgets } from './widgets.ts';

const tools = findTools();
if ('missing' in tools) console.log(`The contract is not checked against a real API server: ${tools.missing}.`);

describe('the fake API server', () => {
  const api = new FakeKubeApi();
  contract(() => api);
});

describe.runIf(!('missing' in tools))('a real API server', () => {
  let server: RealServer;
  let api: ReturnType<typeof createKubeApi>;
  beforeAll(async () => {
    if ('missing' in tools) return;
    server = await startRealServer(tools);
    api = createKubeApi(server.connection);
    await installWidgets(api);
  }, 120_000);
  afterAll(async () => {
    await api?.close();
    await server?.stop();
  }, 60_000);
  contract(() => api);

  test('refuses by its schema what a guarded patch would write: Invalid, with the reason', async () => {
    const widget: Widget = {
      apiVersion: 'test.dev/v1',
      kind: 'Widget',
      metadata: { name: 'schema', namespace: 'default' },
      spec: { size: 1 },
    };
    const created = await api.create(widgets, widget);
    const patch = guardedPatch(api, widgets, created, [{ op: 'replace', path: '/spec/size', value: 'large' }]);
    await expect(patch).rejects.toMatchObject({ code: 'Invalid', message: expect.stringContaining('spec.size') });
  });
});

/** What every `KubeApi` does, whatever is behind it. */
function contract(connect: () => KubeApi): void {
  let names = 0;
  const unique = (prefix: string): string => {
    names += 1;
    return `${prefix}-${names}`;
  };
  const aWidget = (spec: Widget['spec'] = { size: 1 }, metadata: Partial<Widget['metadata']> = {}): Widget => ({
    apiVersion: 'test.dev/v1',
    kind: 'Widget',
    metadata: { name: unique('widget'), namespace: 'default', ...metadata },
    spec,
  });
  const create = (spec?: Widget['spec'], metadata?: Partial<Widget['metadata']>) =>
    connect().create<Widget>(widgets, aWidget(spec, metadata));

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
    const deleting = await require(connect(), withTwo);
    expect(deleting.metadata.deletionTimestamp).toBeDefined();
    expect(deleting.metadata.generation).toBe(2);
    await expectCode('Invalid', addFinalizer(connect(), widgets, deleting, 'test.dev/three'));

    await removeFinalizer(connect(), widgets, deleting, 'test.dev/two');
    await expectCode('Conflict', removeFinalizer(connect(), widgets, deleting, 'test.dev/one'));
    await removeFinalizer(connect(), widgets, await require(connect(), withTwo), 'test.dev/one');
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
    const deleting = await require(connect(), widget);
    const add = [{ op: 'add', path: '/metadata/finalizers/-', value: 'test.dev/two' }] as const;
    await expectCode('Invalid', guardedPatch(connect(), widgets, deleting, add));
  });

  test('lists in pages, by namespace, label and name, with apiVersion and kind on each item', async () => {
    const group = unique('list');
    const made = [];
    for (let i = 0; i < 5; i += 1) made.push((await create({ size: i }, { labels: { group } })).metadata.name);
    const items: Widget[] = [];
    let next: string | undefined;
    do {
      const page = await connect().list<Widget>(widgets, {
        namespace: 'default',
        labelSelector: `group=${group}`,
        limit: 2,
        continue: next,
      });
      expect(page.items.length).toBeLessThanOrEqual(2);
      items.push(...page.items);
      next = page.continue;
    } while (next !== undefined);
    expect(items.map((item) => item.metadata.name)).toEqual(made.sort());
    expect(items[0]).toMatchObject({ apiVersion: 'test.dev/v1', kind: 'Widget' });
    expect((await connect().list(widgets, { fieldSelector: `metadata.name=${made[0]}` })).items).toHaveLength(1);
    expect((await connect().list(widgets, { namespace: 'elsewhere' })).items).toEqual([]);
  });

  test('watches from a resource version: what comes into the selection, changes in it and leaves it', async () => {
    const group = unique('watch');
    const { resourceVersion } = await connect().list(widgets);
    const { metadata } = await create({ size: 1 }, { labels: { group } });
    await create({ size: 1 }, { labels: { group: 'other' } });
    await connect().patch(widgets, metadata, [{ op: 'replace', path: '/spec/size', value: 2 }]);
    await connect().patch(widgets, metadata, [{ op: 'replace', path: '/metadata/labels/group', value: 'left' }]);
    await connect().patch(widgets, metadata, [{ op: 'replace', path: '/metadata/labels/group', value: group }]);
    await connect().delete(widgets, metadata);

    const seen: string[] = [];
    const versions: number[] = [];
    for await (const event of connect().watch<Widget>(widgets, { resourceVersion, labelSelector: `group=${group}` })) {
      if (event.type === 'BOOKMARK') continue;
      seen.push(`${event.type} ${event.object.spec.size}`);
      versions.push(Number(event.object.metadata.resourceVersion));
      if (seen.length === 5) break;
    }
    expect(seen).toEqual(['ADDED 1', 'MODIFIED 2', 'DELETED 2', 'ADDED 2', 'DELETED 2']);
    expect(versions).toEqual([...new Set(versions)].sort((a, b) => a - b));
  });

  test('shows a watch the deletion that waits for a finalizer', async () => {
    const widget = await addFinalizer(connect(), widgets, await create(), 'test.dev/one');
    await connect().delete(widgets, widget.metadata);
    await removeFinalizer(connect(), widgets, await require(connect(), widget), 'test.dev/one');
    const events: WatchEvent<Widget>[] = [];
    const options = {
      resourceVersion: widget.metadata.resourceVersion ?? '',
      fieldSelector: `metadata.name=${widget.metadata.name}`,
    };
    for await (const event of connect().watch<Widget>(widgets, options)) {
      if (event.type !== 'BOOKMARK') events.push(event);
      if (event.type === 'DELETED') break;
    }
    expect(events.map((event) => event.type)).toEqual(['MODIFIED', 'DELETED']);
  });

  test('ends a watch with code Aborted when its signal aborts', async () => {
    const { resourceVersion } = await connect().list(widgets);
    const abort = new AbortController();
    const consume = async (): Promise<void> => {
      for await (const _ of connect().watch(widgets, { resourceVersion, signal: abort.signal })) abort.abort();
    };
    await Promise.all([expectCode('Aborted', consume()), create()]);
  });
}

async function require(api: KubeApi, widget: Widget): Promise<Widget> {
  const found = await api.get<Widget>(widgets, widget.metadata);
  if (found === undefined) throw new Error(`${widget.metadata.name} is gone`);
  return found;
}

async function expectCode(code: ApiErrorCode, promise: Promise<unknown>): Promise<void> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(isApiError(error) ? error.code : error).toBe(code);
}
