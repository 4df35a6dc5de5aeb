import { expect, test } from 'vitest';
import type { KubeApi, WatchEvent } from '../../api/kube-api.ts';
import { addFinalizer, removeFinalizer } from '../../objects/finalizers.ts';
import { createWidgetMaker, expectCode, read } from './widget-maker.ts';
import { type Widget, widgets } from './widgets.ts';

/** What every `KubeApi` answers to lists and watches, whatever is behind it. */
export function contractOfReads(connect: () => KubeApi): void {
  const { unique, create } = createWidgetMaker(connect, 'reads');

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
    await removeFinalizer(connect(), widgets, await read(connect(), widget), 'test.dev/one');
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

  test('begins a watch with all that there is, if asked, and goes on with what happens', async () => {
    const group = unique('stream');
    const before = await create({ size: 1 }, { labels: { group } });
    const seen: string[] = [];
    let position: string | undefined;
    const options = { sendInitialEvents: true, labelSelector: `group=${group}` };
    for await (const event of connect().watch<Widget>(widgets, options)) {
      if (event.type !== 'BOOKMARK') seen.push(`${event.type} ${event.object.spec.size}`);
      else if (event.endsInitialEvents) {
        position = event.resourceVersion;
        seen.push('complete');
        await create({ size: 2 }, { labels: { group } });
      }
      if (seen.length === 3) break;
    }
    expect(seen).toEqual(['ADDED 1', 'complete', 'ADDED 2']);
    expect(Number(position)).toBeGreaterThanOrEqual(Number(before.metadata.resourceVersion));
  });
}
