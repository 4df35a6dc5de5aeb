import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { KubeObject, WatchEvent } from '../api/kube-api.ts';
import { View } from './view.ts';

interface Thing extends KubeObject {
  colour?: string;
}

function aThing(name: string, resourceVersion: string | number, colour = 'red', uid = `uid-${name}`): Thing {
  return { apiVersion: 'v1', kind: 'Thing', metadata: { name, uid, resourceVersion: String(resourceVersion) }, colour };
}

function aView(...things: Thing[]): View<Thing> {
  const view = new View<Thing>({ colour: (thing) => (thing.colour === undefined ? [] : [thing.colour]) });
  view.replace(things, '10');
  return view;
}

const names = (things: readonly Thing[]): string[] => things.map((thing) => thing.metadata.name).sort();

describe('a list', () => {
  test('replaces everything, and reports what is new, changed and gone', () => {
    const view = aView(aThing('kept', 1), aThing('changed', 2), aThing('gone', 3));
    const changes = view.replace([aThing('kept', 1), aThing('changed', 12), aThing('new', 13)], '20');
    expect(changes.map((change) => [change.key, change.before === undefined, change.after === undefined])).toEqual([
      ['gone', false, true],
      ['changed', false, false],
      ['new', true, false],
    ]);
    expect(names(view.store.list())).toEqual(['changed', 'kept', 'new']);
  });

  test('reports an object of the same name but another uid', () => {
    const view = aView(aThing('a', 1));
    expect(view.replace([aThing('a', 1, 'red', 'another')], '20')).toHaveLength(1);
  });

  test('is believed when it goes back in time, as after a restored backup', () => {
    const view = aView(aThing('a', 9));
    view.replace([aThing('a', 4, 'blue')], '5');
    expect([view.position, view.store.get('a')?.colour]).toEqual(['5', 'blue']);
  });

  test('does not undo an own write that was made while it was under way', () => {
    const view = aView(aThing('a', 1), aThing('b', 2));
    view.beginList();
    view.observe(aThing('a', 25, 'blue'));
    view.observe(aThing('new', 26));
    view.replace([aThing('a', 1), aThing('b', 2)], '20');
    expect([view.store.get('a')?.colour, names(view.store.list())]).toEqual(['blue', ['a', 'b', 'new']]);
  });

  test('that began after an own write knows better than its answer', () => {
    const view = aView(aThing('a', 1));
    view.observe(aThing('ghost', 25));
    view.beginList();
    view.replace([aThing('a', 1)], '20');
    expect(names(view.store.list())).toEqual(['a']);
  });
});

describe('an own write', () => {
  test('is seen at once, and its echo is no change', () => {
    const view = aView(aThing('a', 1));
    expect(view.observe(aThing('a', 11, 'blue'))?.before?.colour).toBe('red');
    expect(view.apply({ type: 'MODIFIED', object: aThing('a', 11, 'blue') })).toBeUndefined();
  });

  test('is not moved back by events from before it', () => {
    const view = aView(aThing('a', 1));
    view.observe(aThing('a', 15, 'blue'));
    expect(view.apply({ type: 'MODIFIED', object: aThing('a', 12, 'green') })).toBeUndefined();
    expect(view.apply({ type: 'DELETED', object: aThing('a', 13) })).toBeUndefined();
    expect(view.store.get('a')?.colour).toBe('blue');
    expect(view.apply({ type: 'DELETED', object: aThing('a', 16) })?.after).toBeUndefined();
  });

  test('does not bring back an object whose deletion the watch has already told', () => {
    const view = aView();
    view.apply({ type: 'ADDED', object: aThing('a', 11) });
    view.apply({ type: 'DELETED', object: aThing('a', 12) });
    expect(view.observe(aThing('a', 11))).toBeUndefined();
    expect(view.store.list()).toEqual([]);
  });

  test('is left to the watch when its version has no order', () => {
    const view = aView(aThing('a', 1));
    expect(view.observe(aThing('a', 'opaque', 'blue'))).toBeUndefined();
  });
});

describe('the stream', () => {
  test('must not go back in time', () => {
    const view = aView();
    view.apply({ type: 'BOOKMARK', resourceVersion: '15' });
    expect(() => view.apply({ type: 'BOOKMARK', resourceVersion: '14' })).toThrow('went back');
    expect(() => view.apply({ type: 'ADDED', object: aThing('a', 12) })).toThrow('went back');
  });

  test('moves the position on with every event and bookmark', () => {
    const view = aView();
    view.apply({ type: 'ADDED', object: aThing('a', 12) });
    expect(view.position).toBe('12');
    view.apply({ type: 'BOOKMARK', resourceVersion: '30' });
    expect(view.position).toBe('30');
  });
});

test('indexes follow every change', () => {
  const view = aView(aThing('a', 1, 'red'), aThing('b', 2, 'red'));
  view.apply({ type: 'MODIFIED', object: aThing('a', 11, 'blue') });
  view.apply({ type: 'DELETED', object: aThing('b', 12) });
  expect(names(view.store.byIndex('colour', 'red'))).toEqual([]);
  expect(names(view.store.byIndex('colour', 'blue'))).toEqual(['a']);
  expect(() => view.store.byIndex('shape', 'round')).toThrow('there is no index "shape", only: colour');
});

test('objects are frozen to the last field and lack managedFields', () => {
  const thing = aThing('a', 1);
  Object.assign(thing.metadata, { managedFields: [{ manager: 'x' }], labels: { a: 'b' } });
  const stored = aView(thing).store.get('a');
  expect(stored?.metadata).not.toHaveProperty('managedFields');
  expect(() => Object.assign(stored?.metadata.labels ?? {}, { a: 'c' })).toThrow(TypeError);
});

test('whatever order lists, events and answers to own writes come in, the view ends as the server', () => {
  const step = fc.record({
    name: fc.constantFrom('a', 'b', 'c'),
    deletes: fc.boolean(),
    /** The write is our own: its answer comes before the watch tells it, or after. */
    answer: fc.constantFrom('none', 'early', 'late'),
    /** So many events the watch is behind. */
    lag: fc.nat({ max: 4 }),
    listsAfter: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const truth = new Map<string, Thing>();
      const view = aView();
      const pending: WatchEvent<Thing>[] = [];
      for (const [i, { name, deletes, answer, lag, listsAfter }] of steps.entries()) {
        if (deletes && !truth.delete(name)) continue;
        const object = aThing(name, 11 + i);
        if (!deletes) truth.set(name, object);
        pending.push({ type: deletes ? 'DELETED' : 'MODIFIED', object });
        if (!deletes && answer === 'early') view.observe(object);
        for (const event of pending.splice(0, pending.length - lag)) view.apply(event);
        if (!deletes && answer === 'late') view.observe(object);
        if (!listsAfter) continue;
        view.beginList();
        view.replace([...truth.values()], String(11 + i));
        pending.length = 0;
      }
      for (const event of pending) view.apply(event);
      const versions = (things: Iterable<Thing>): Record<string, string | undefined> =>
        Object.fromEntries(Array.from(things, ({ metadata }) => [metadata.name, metadata.resourceVersion]));
      expect(versions(view.store.list())).toEqual(versions(truth.values()));
    }),
    { numRuns: 500 },
  );
});
