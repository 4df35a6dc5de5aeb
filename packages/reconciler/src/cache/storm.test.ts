import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FakeClock } from '../testing/fake-clock.ts';
import { FakeKubeApi } from '../testing/fake-kube-api.ts';
import { type Widget, widgets } from '../testing/own/widgets.ts';
import { seededRandom } from '../testing/seeded-random.ts';
import { silentLogger } from '../testing/silent-logger.ts';
import { createCache } from './create-cache.ts';

const name = fc.constantFrom('a', 'b', 'c', 'd');
const faults = ['cut', 'down', 'hang', 'slow', 'heal', 'compact', 'bookmark', 'old bookmark', 'end'] as const;
const step = fc.oneof(
  fc.record({ do: fc.constantFrom('write', 'own write', 'delete'), name }),
  fc.record({ do: fc.constant('wait'), ms: fc.constantFrom(0, 50, 1_000, 7_000, 100_000) }),
  fc.record({ do: fc.constant('cut after'), count: fc.nat({ max: 6 }) }),
  fc.record({ do: fc.constantFrom(...faults) }),
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** A server, somebody who changes it, and a network with faults. */
function createWorld() {
  const clock = new FakeClock();
  const direct = new FakeKubeApi({ clock });
  const api = new FakeKubeApi({ sameServerAs: direct });
  let size = 0;
  const write = (key: string): Widget => {
    size += 1;
    const metadata = { namespace: 'default', name: key };
    const before = direct.object<Widget>(widgets, metadata);
    const spec = { size };
    if (before !== undefined) return direct.edit<Widget>(widgets, metadata, (draft) => Object.assign(draft, { spec }));
    return direct.seed<Widget>(widgets, { apiVersion: 'test.dev/v1', kind: 'Widget', metadata, spec });
  };
  const remove = (key: string): void => {
    const ref = { namespace: 'default', name: key };
    if (direct.object(widgets, ref) !== undefined) direct.remove(widgets, ref);
  };
  return { clock, direct, api, write, remove };
}

type World = ReturnType<typeof createWorld>;

async function perform({ clock, direct, api, write, remove }: World, each: Step): Promise<Widget | undefined> {
  if ('ms' in each) await clock.advance(each.ms);
  else if ('count' in each) api.network.cutAfter(each.count);
  else if ('name' in each) {
    if (each.do === 'delete') remove(each.name);
    else {
      const written = write(each.name);
      return each.do === 'own write' ? written : undefined;
    }
  } else if (each.do === 'compact') direct.compact();
  else if (each.do === 'bookmark') api.sendBookmarks();
  else if (each.do === 'old bookmark') api.sendBookmarks('1');
  else if (each.do === 'end') api.endWatches();
  else api.network[each.do]();
  return undefined;
}

test.each(['stream', 'pages'] as const)(
  'whatever happens on the way, a cache that lists as %s ends as the server, and told each change once',
  async (initialList) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const world = createWorld();
        const { clock, direct, api } = world;
        const options = { clock, random: seededRandom(), log: silentLogger, initialList };
        const cache = createCache<Widget>({ api, type: widgets, ...options });
        const told = new Map<string, Widget>();
        const gaps: string[] = [];
        cache.onChange(({ key, before, after }) => {
          if (told.get(key) !== before) gaps.push(key);
          if (after === undefined) told.delete(key);
          else told.set(key, after);
        });
        const stop = new AbortController();
        const running = cache.run(stop.signal);
        for (const each of steps) {
          const own = await perform(world, each);
          if (own !== undefined) cache.observe(own);
        }
        api.network.heal();
        await clock.advance(200_000);
        // The server may have ended a watch just now whose place is compacted away: the list follows after a pause.
        if (cache.problem !== undefined) await clock.advance(30_000);

        const state = (objects: readonly Widget[]) =>
          objects.map(({ metadata, spec }) => `${metadata.name} ${spec.size}`);
        const truth = state(direct.objects<Widget>(widgets)).sort();
        expect(state(cache.list()).sort()).toEqual(truth);
        expect(state([...told.values()]).sort()).toEqual(truth);
        expect([cache.synced, cache.problem, gaps]).toEqual([true, undefined, []]);
        stop.abort();
        await clock.advance(1_000);
        await running;
        expect(clock.pendingTimers).toBe(0);
      }),
      { numRuns: 300 },
    );
  },
  120_000,
);
