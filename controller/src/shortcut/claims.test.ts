import type { VirtualNodeShortcut } from '@leafway/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aLeafCluster, aShortcut } from '../testing/world.ts';
import { judge } from './acceptance.ts';
import { Claims } from './claims.ts';
import { noHistory } from './link-health.ts';
import { noObjects, type ObservedLeaf } from './observation.ts';

const leaves = ['rome', 'milan', 'paris', 'oslo'].map((id) => aLeafCluster(id));
const at = (second: number): string => `2026-11-21T10:00:0${second}Z`;

/** A controller that leads, as far as claims go: it judges whom it is told to, one after the other. */
class Leader {
  readonly #shortcuts: Map<string, VirtualNodeShortcut>;
  readonly #claims: Claims;
  readonly woken = new Set<string>();
  /** Names of those that are carried out, and of those that are refused with whom they yield to. */
  readonly accepted = new Set<string>();
  readonly refused = new Map<string, readonly string[]>();

  /** It has read what was there before: it came after another leader. */
  constructor(shortcuts: readonly VirtualNodeShortcut[] = []) {
    this.#shortcuts = new Map();
    this.#claims = new Claims({
      centralClusterID: () => 'central',
      shortcut: (name) => this.#shortcuts.get(name),
      wake: (name) => this.woken.add(name),
    });
    for (const leaf of leaves) this.#claims.leafChanged({ key: leaf.metadata.name, before: undefined, after: leaf });
    for (const shortcut of shortcuts) this.see(shortcut.metadata.name, shortcut);
    this.#claims.lead();
  }

  get shortcuts(): VirtualNodeShortcut[] {
    return [...this.#shortcuts.values()];
  }

  /** What the watch tells of one. */
  see(name: string, after: VirtualNodeShortcut | undefined): void {
    const before = this.#shortcuts.get(name);
    if (after === undefined) this.#shortcuts.delete(name);
    else this.#shortcuts.set(name, after);
    this.#claims.shortcutChanged({ key: name, before, after });
    this.woken.add(name);
  }

  /** Judges one of those that wait for it, and writes down what came of it. */
  judge(name: string): void {
    this.woken.delete(name);
    const shortcut = this.#shortcuts.get(name);
    this.accepted.delete(name);
    this.refused.delete(name);
    if (shortcut === undefined) return;
    const [a, b] = shortcut.spec.clusters.map(({ id }) => observed(id)) as [ObservedLeaf, ObservedLeaf];
    const acceptance = judge({
      shortcut,
      nowMs: 0,
      link: noHistory,
      review: this.#claims.review(shortcut, undefined),
      isCarriedOut: this.#claims.isCarriedOut(shortcut),
      leaves: [a, b],
      keyFromSecret: () => undefined,
      now: new Date(0),
      mayRotateKeys: true,
    });
    this.#claims.settle(shortcut, acceptance);
    if (acceptance.ok) this.accepted.add(name);
    else this.refused.set(name, acceptance.rivals);
    this.#report(shortcut, acceptance.ok);
  }

  /** The status and the finalizer, as the reconciler writes them: those come by the watch too. */
  #report(before: VirtualNodeShortcut, isAccepted: boolean): void {
    const { generation, name, finalizers = [] } = before.metadata;
    const condition = {
      type: 'Accepted',
      status: isAccepted ? ('True' as const) : ('False' as const),
      reason: 'Judged',
      message: '',
      lastTransitionTime: at(0),
      ...(generation === undefined ? {} : { observedGeneration: generation }),
    };
    const metadata = { ...before.metadata, finalizers: isAccepted ? ['leafway.dev/shortcut'] : finalizers };
    const after = { ...before, metadata, status: { conditions: [condition] } };
    this.#shortcuts.set(name, after);
    this.#claims.shortcutChanged({ key: name, before, after });
  }

  judgeAll(): void {
    for (let turns = 0; this.woken.size > 0; turns += 1) {
      if (turns > 1_000) throw new Error('they wake each other for ever');
      this.judge([...this.woken][0] ?? '');
    }
  }
}

function observed(id: string): ObservedLeaf {
  const leafCluster = leaves.find(({ metadata }) => metadata.name === id);
  return {
    id,
    leafCluster,
    unreachable: undefined,
    account: undefined,
    isRead: true,
    objects: noObjects,
    settled: new Map(),
    writes: new Map(),
  };
}

function aContender(
  name: string,
  over: {
    uid?: string;
    second?: number;
    ids?: readonly [string, string];
    nodePort?: number | undefined;
    range?: string | undefined;
  } = {},
): VirtualNodeShortcut {
  const { uid = name, second = 0, ids = ['rome', 'milan'], nodePort, range } = over;
  const service = nodePort === undefined ? {} : { type: 'NodePort' as const, nodePort };
  const ipMapping = range === undefined ? {} : { ipMapping: rangeOnRome(ids, range) };
  return aShortcut({
    name,
    uid,
    spec: { clusters: [{ id: ids[0] }, { id: ids[1] }], gateway: { server: 'rome', service }, ...ipMapping },
    metadata: { creationTimestamp: at(second), finalizers: [] },
  });
}

const rangeOnRome = (ids: readonly string[], range: string) => {
  const peer = ids.find((id) => id !== 'rome') ?? '';
  return { policy: 'Explicit' as const, explicit: [{ cluster: peer, pod: [range] }] };
};

const edited = (shortcut: VirtualNodeShortcut, nodePort: number): VirtualNodeShortcut => ({
  ...shortcut,
  metadata: { ...shortcut.metadata, generation: (shortcut.metadata.generation ?? 0) + 1 },
  spec: { ...shortcut.spec, gateway: { server: 'rome', service: { type: 'NodePort', nodePort } } },
});

describe('of two shortcuts that want the same', () => {
  it('the older is carried out when both are there before anybody is judged, whoever is judged first', () => {
    for (const order of [
      ['old', 'new'],
      ['new', 'old'],
    ]) {
      const leader = new Leader([aContender('old', { second: 1 }), aContender('new', { second: 2 })]);
      for (const name of order) leader.judge(name);
      expect([...leader.accepted]).toEqual(['old']);
      expect(leader.refused.get('new')).toEqual(['old']);
    }
  });

  it('the one with the lesser UID is, when both are of the same second', () => {
    const leader = new Leader([aContender('a', { uid: '2' }), aContender('b', { uid: '1' })]);
    leader.judgeAll();
    expect([...leader.accepted]).toEqual(['b']);
  });

  it('the one that was accepted stays, whatever the clock of the API server says that stored the other', () => {
    const leader = new Leader([aContender('first', { second: 5, uid: 'z' })]);
    leader.judge('first');
    leader.see('late', aContender('late', { second: 1, uid: 'a' }));
    leader.judgeAll();
    expect([...leader.accepted]).toEqual(['first']);
    expect(leader.refused.get('late')).toEqual(['first']);
  });

  it('the one that was accepted stays under the next leader', () => {
    const leader = new Leader([aContender('first', { second: 5 })]);
    leader.judgeAll();
    leader.see('late', aContender('late', { second: 1 }));
    const next = new Leader(leader.shortcuts);
    next.judge('late');
    next.judge('first');
    expect([...next.accepted]).toEqual(['first']);
    expect(next.refused.get('late')).toEqual(['first']);
  });

  it('one is carried out although the leader before had accepted the other, of which this one hears later', () => {
    const late = new Leader([aContender('late', { second: 1 })]);
    late.judgeAll();
    const leader = new Leader([aContender('first', { second: 5 })]);
    leader.judgeAll();
    leader.see('late', late.shortcuts[0]);
    leader.judgeAll();
    expect([...leader.accepted]).toEqual(['first']);
    expect(leader.refused.get('late')).toEqual(['first']);
  });

  it('the one that was accepted stays under the next leader, although it changes before that one has judged it', () => {
    const first = aContender('first', { second: 5, nodePort: 31_000 });
    const leader = new Leader([first]);
    leader.judgeAll();
    leader.see('late', aContender('late', { second: 1 }));
    leader.judgeAll();
    const [before, late] = leader.shortcuts as [VirtualNodeShortcut, VirtualNodeShortcut];
    const leaving = { ...before, metadata: { ...before.metadata, generation: 2, deletionTimestamp: at(9) } };
    for (const after of [edited(before, 31_001), leaving]) {
      const next = new Leader([before, late]);
      next.see('first', after);
      next.judge('late');
      expect(next.refused.get('late')).toEqual(['first']);
    }
  });

  it('the one that has it keeps it when it changes something else just before the other comes', () => {
    const range = '10.200.0.0/16';
    const leader = new Leader();
    leader.see('first', aContender('first', { range }));
    leader.judgeAll();
    const [first] = leader.shortcuts as [VirtualNodeShortcut];
    leader.see('first', edited(first, 31_000));
    leader.see('second', aContender('second', { range, ids: ['rome', 'paris'] }));
    leader.judge('first');
    leader.judge('second');
    expect([...leader.accepted]).toEqual(['first']);
    expect(leader.refused.get('second')).toEqual(['first']);
  });

  it('the other has its turn when the first goes, is another object, or wants something else', () => {
    const port = { nodePort: 31_000 };
    const first = aContender('first', { ...port, second: 1 });
    const second = aContender('second', { ...port, second: 2, ids: ['rome', 'paris'] });
    const changes = [undefined, aContender('first', { second: 3, uid: 'anew' }), edited(first, 31_001)];
    for (const change of changes) {
      const leader = new Leader([first, second]);
      leader.judgeAll();
      expect(leader.refused.get('second')).toEqual(['first']);
      leader.see('first', change);
      leader.judgeAll();
      expect(leader.accepted).toContain('second');
    }
  });

  it('the loser is told of the one that is carried out, and not of others who wait for it too', () => {
    const port = { nodePort: 31_000 };
    const leader = new Leader();
    leader.see('first', aContender('first', port));
    leader.judgeAll();
    leader.see('second', aContender('second', { ...port, ids: ['rome', 'paris'] }));
    leader.see('third', aContender('third', { ...port, ids: ['paris', 'rome'] }));
    leader.judge('third');
    expect(leader.refused.get('third')).toEqual(['first']);
    leader.judge('second');
    expect([...leader.woken]).toEqual([]);
  });

  it('the oldest of those that wait takes the place of the one that goes, whoever came first', () => {
    const leader = new Leader([aContender('first')]);
    leader.judgeAll();
    for (const [name, second] of [
      ['young', 3],
      ['old', 1],
      ['middle', 2],
    ] as const) {
      leader.see(name, aContender(name, { second }));
      leader.judgeAll();
    }
    leader.see('first', undefined);
    leader.judgeAll();
    expect([...leader.accepted]).toEqual(['old']);
    expect(leader.refused).toEqual(
      new Map([
        ['young', ['old']],
        ['middle', ['old']],
      ]),
    );
  });

  it('the one that changes its wish to what the other has yields, however old it is, and keeps what it had', () => {
    const first = aContender('first', { nodePort: 31_000, second: 1 });
    const leader = new Leader([first, aContender('second', { nodePort: 31_001, second: 2, ids: ['rome', 'paris'] })]);
    leader.judgeAll();
    leader.see('first', edited(first, 31_001));
    leader.judgeAll();
    expect(leader.refused.get('first')).toEqual(['second']);
    leader.see('third', aContender('third', { nodePort: 31_000, ids: ['rome', 'oslo'] }));
    leader.judgeAll();
    expect(leader.refused.get('third')).toEqual(['first']);
    leader.see('second', undefined);
    leader.judgeAll();
    expect([...leader.accepted].sort()).toEqual(['first', 'third']);
  });

  it('the one that is refused for another reason stands in the way of nobody', () => {
    const wrong = aContender('wrong', { second: 1 });
    const leader = new Leader([
      { ...wrong, spec: { ...wrong.spec, gateway: { mtu: 100 } } },
      aContender('right', { second: 2 }),
    ]);
    leader.judge('right');
    expect(leader.refused.get('right')).toEqual(['wrong']);
    leader.judge('wrong');
    leader.judgeAll();
    expect([...leader.accepted]).toEqual(['right']);
  });
});

describe('whatever happens in whatever order', () => {
  const names = ['a', 'b', 'c', 'd'] as const;
  const pairs = [
    ['rome', 'milan'],
    ['milan', 'rome'],
    ['rome', 'paris'],
  ] as const;
  const name = fc.constantFrom(...names);
  const event = fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('judge' as const), name }) },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('create' as const),
        name,
        second: fc.integer({ min: 0, max: 3 }),
        ids: fc.constantFrom(...pairs),
        nodePort: fc.constantFrom(undefined, 31_000, 31_001),
        range: fc.constantFrom(undefined, undefined, '10.200.0.0/16'),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete' as const), name }) },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('edit' as const), name, nodePort: fc.constantFrom(31_000, 31_001) }),
    },
    { weight: 1, arbitrary: fc.constant({ kind: 'lead' as const }) },
  );

  const isSame = (a: VirtualNodeShortcut, b: VirtualNodeShortcut): boolean => {
    const pair = ({ spec }: VirtualNodeShortcut): string =>
      spec.clusters
        .map(({ id }) => id)
        .sort()
        .join();
    const port = ({ spec }: VirtualNodeShortcut): number | undefined => spec.gateway?.service?.nodePort;
    const range = ({ spec }: VirtualNodeShortcut): string | undefined => spec.ipMapping?.explicit?.[0]?.pod?.[0];
    return [pair, port, range].some((wish) => wish(a) !== undefined && wish(a) === wish(b));
  };

  it('no two that want the same are carried out, who is carried out stays, and nobody waits for nothing', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), (events) => {
        let leader = new Leader();
        let uids = 0;
        const find = (wanted: string) => leader.shortcuts.find(({ metadata }) => metadata.name === wanted);
        for (const step of events) {
          if (step.kind === 'judge') {
            const wasAccepted = leader.accepted.has(step.name);
            const isNews = leader.woken.has(step.name);
            leader.judge(step.name);
            if (wasAccepted && !isNews) expect(leader.accepted).toContain(step.name);
          } else if (step.kind === 'create' && find(step.name) === undefined) {
            uids += 1;
            // Older UIDs are not smaller ones.
            leader.see(step.name, aContender(step.name, { ...step, uid: `${(uids * 7) % 10}-${uids}` }));
          } else if (step.kind === 'delete') leader.see(step.name, undefined);
          else if (step.kind === 'edit') {
            const found = find(step.name);
            if (found !== undefined) leader.see(step.name, edited(found, step.nodePort));
          } else if (step.kind === 'lead') leader = new Leader(leader.shortcuts);
        }
        leader.judgeAll();
        const accepted = leader.shortcuts.filter(({ metadata }) => leader.accepted.has(metadata.name));
        for (const [index, one] of accepted.entries())
          expect(accepted.slice(index + 1).filter((other) => isSame(one, other))).toEqual([]);
        for (const [loser, rivals] of leader.refused) {
          expect([loser, rivals.length > 0]).toEqual([loser, true]);
          expect(leader.accepted.size).toBeGreaterThan(0);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('a server that was tried in vain', () => {
  it('is not given up for one that another shortcut stands in the way of', () => {
    const index = new Claims({ centralClusterID: () => 'central', shortcut: () => undefined, wake: () => undefined });
    for (const leaf of leaves) index.leafChanged({ key: leaf.metadata.name, before: undefined, after: leaf });
    const service = { type: 'NodePort', nodePort: 31_000 } as const;
    const spec = (ids: [string, string], server: string) => ({
      clusters: [{ id: ids[0] }, { id: ids[1] }] as VirtualNodeShortcut['spec']['clusters'],
      gateway: { server, service },
    });
    const rival = aShortcut({ name: 'a', uid: 'a', spec: spec(['rome', 'paris'], 'rome') });
    const blocked = aShortcut({ name: 'b', uid: 'b', spec: spec(['rome', 'milan'], 'Auto') });
    const serverOf = () => index.review(blocked, 'milan', ['milan']).plan?.server;
    expect(serverOf()).toBe('rome');
    index.shortcutChanged({ key: 'a', before: undefined, after: rival });
    expect(serverOf()).toBe('milan');
  });
});
