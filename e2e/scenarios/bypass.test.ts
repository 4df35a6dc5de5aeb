import type { RunningLab } from '@leafway/lab';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  aLeaf,
  aShortcut,
  fleetSecret,
  type OurKind,
  type OurObject,
  pathOf,
  staying,
  store,
  storedObjects,
  withoutController,
} from '../support/admission/admission-fleet.ts';
import { type Cell, cells, describeCell, layers, requestOf } from '../support/admission/bypass-cells.ts';
import { createSupply, planHarmless, sendHarmless } from '../support/admission/harmless-requests.ts';
import { grantRights, mayConnect, mayRead, userWith, writer } from '../support/admission/rights.ts';
import { sharedLab } from '../support/lab/shared-lab.ts';
import { connectRaw, type RawAnswer, type RawApi, type User } from '../support/objects/raw-api.ts';

const leaves = ['bypass-a', 'bypass-b', 'bypass-c', 'bypass-d'] as const;
/** The first is an end of every shortcut here, and may not serve. */
const [a, b, c, d] = leaves;
const rights = [writer, ...leaves.map(mayConnect), mayRead(fleetSecret.name)];

const users: Readonly<Record<string, User | undefined>> = {
  admin: undefined,
  'a user with all rights': userWith(...rights),
  'a user without connect and Secret': userWith(writer),
  'the controller': {
    name: 'system:serviceaccount:leafway-system:leafway-controller',
    groups: ['system:serviceaccounts', 'system:serviceaccounts:leafway-system'],
  },
};
const mayAll = ['admin', 'a user with all rights'];
/** What is tried as somebody: a policy is not in the way of who has the right; the controller reads every Secret. */
const layersFor = (who: string, kind: OurKind) =>
  layers.filter(
    (layer) => layer !== 'policy' || !(mayAll.includes(who) || (who === 'the controller' && kind === 'LeafCluster')),
  );
const actors = ['admin', 'a user without connect and Secret', 'the controller'].map((who) => ({
  who,
  user: users[who],
  isPatcher: who === 'the controller',
}));

/** What is tried on one kind: specs that nobody may store, by what refuses them, and one that is good. */
interface Trial {
  readonly kind: OurKind;
  readonly bad: Readonly<Record<(typeof layers)[number], object>>;
  readonly good: object;
  readonly isBad: (spec: object) => boolean;
  /** The spec on its way to an object; the one that is created has a pair of its own. */
  readonly specFor: (cell: Cell, spec: object) => object;
}

const shortcutTrial: Trial = {
  kind: 'VirtualNodeShortcut',
  bad: {
    schema: { gateway: { mtu: 1 } },
    rule: { gateway: { service: { type: 'ClusterIP', nodePort: 30_123 } } },
    policy: { gateway: { mtu: 1401 } },
    webhook: { gateway: { server: a } },
  },
  good: { gateway: { mtu: 1400 } },
  isBad: (spec) => /"mtu":(1|1401)[,}]|"nodePort"|"server":"bypass-a"/.test(JSON.stringify(spec)),
  specFor: ({ write, target }, spec) => {
    const other = write === 'create' || target === 'absent' ? b : target === 'live' ? c : d;
    return { clusters: [{ id: a }, { id: other }], ...spec };
  },
};

const leafTrial: Trial = {
  kind: 'LeafCluster',
  bad: {
    schema: { gateway: { address: '' } },
    rule: { gateway: { address: 'https://rome' } },
    policy: { kubeconfigSecretRef: { ...fleetSecret, name: 'leaf-milan' } },
    webhook: { gateway: { address: 'gateway.1' } },
  },
  good: { gateway: { address: 'gateway.example.org' } },
  isBad: (spec) => /"address":"(https:.*|gateway.1|)"|leaf-milan/.test(JSON.stringify(spec)),
  specFor: (_, spec) => ({ kubeconfigSecretRef: fleetSecret, ...spec }),
};

describe('past the webhook', () => {
  let lab: RunningLab;
  let api: RawApi;
  const undo: (() => Promise<void>)[] = [];
  /** Of each kind, what a cell aims at. */
  const aims = new Map<OurKind, Record<Cell['target'], OurObject>>();
  beforeAll(async () => {
    lab = await sharedLab();
    api = await connectRaw(lab, lab.centre);
    undo.push(await withoutController(lab, api));
    undo.push(await grantRights(lab, rights));
    for (const leaf of leaves) await store(api, aLeaf(leaf, leaf === a ? { gateway: { mayServe: false } } : {}));
    for (const leaf of leaves) await writeStatus(leaf);
    aims.set('VirtualNodeShortcut', {
      absent: aShortcut('absent', [a, b]),
      live: await store(api, aShortcut('live', [a, c])),
      terminating: await terminate(aShortcut('terminating', [a, d])),
    });
    aims.set('LeafCluster', {
      absent: aLeaf('absent'),
      live: await store(api, aLeaf('live')),
      terminating: await terminate(aLeaf('terminating')),
    });
    for (const other of [b, c, d]) await vi.waitFor(() => expectKnown(other), { timeout: 30_000 });
  });
  afterAll(async () => {
    for (const step of undo.toReversed()) await step();
    api?.close();
  });

  /** As much as a link is planned by. */
  async function writeStatus(leaf: string): Promise<void> {
    const networks = { pod: ['10.244.0.0/16'], external: ['10.70.0.0/16'] };
    const body = { status: { dataPlane: { kind: 'Leafway' }, networks } };
    const path = `${pathOf.LeafCluster}/${leaf}/status`;
    const answer = await api.send({ method: 'PATCH', path, contentType: 'application/merge-patch+json', body });
    expect(answer.message).toBe('');
  }

  /** The webhook has the facts of both leaves when it refuses that one should serve. */
  async function expectKnown(other: string): Promise<void> {
    const body = aShortcut('first', [a, other], { gateway: { server: a } });
    const { message } = await api.send({ method: 'POST', path: `${pathOf[body.kind]}?dryRun=All`, body });
    expect(message).toContain('may not run gateway servers');
  }

  async function terminate(object: OurObject): Promise<OurObject> {
    const { kind, metadata } = await store(api, staying(object));
    const path = `${pathOf[kind]}/${metadata.name}`;
    return (await api.send({ method: 'DELETE', path })).body as OurObject;
  }

  /** The object that a cell aims at, as it is now: an update names the version that it is made of. */
  async function aimOf(kind: OurKind, cell: Cell): Promise<OurObject> {
    const aim = aims.get(kind)?.[cell.target];
    if (aim === undefined) throw new Error(`there is no ${cell.target} ${kind}`);
    if (cell.target === 'absent' || cell.write !== 'update') return aim;
    return (await api.send({ method: 'GET', path: `${pathOf[kind]}/${aim.metadata.name}` })).body as OurObject;
  }

  async function attempt(trial: Trial, cell: Cell, spec: object, user: User | undefined): Promise<RawAnswer> {
    const aim = await aimOf(trial.kind, cell);
    return api.send(requestOf(cell, aim, trial.specFor(cell, spec), user));
  }

  const badStored = async ({ kind, isBad }: Trial): Promise<string[]> =>
    (await storedObjects(api, kind))
      .filter(({ metadata, spec }) => !lab.leaves.includes(metadata.name ?? '') && isBad(spec))
      .map(({ metadata }) => `${kind} ${metadata.name}`);

  describe.each([shortcutTrial, leafTrial])('nobody stores a bad spec of a $kind', (trial) => {
    it.each(Object.keys(users))('as %s', async (who) => {
      let count = 0;
      for (const cell of cells) {
        for (const layer of layersFor(who, trial.kind)) {
          const what = `${layer}: ${describeCell(cell)}`;
          const { status, message, body } = await attempt(trial, cell, trial.bad[layer], users[who]);
          // The status can be written with whatever spec beside it: that is not stored.
          const isStored = status < 300 && trial.isBad((body as OurObject).spec);
          expect(isStored, what).toBe(false);
          if (cell.subresource === '') expect(`${status} ${message}`, what).toMatch(/^4\d\d ./);
          expect(status, `${what}: ${message}`).toBeLessThan(500);
          count += 1;
        }
      }
      expect(await badStored(trial)).toEqual([]);
      console.log(`${count} attempts of ${who} at a ${trial.kind}, none got in`);
    });
  });

  describe.each([shortcutTrial, leafTrial])('the same requests with a good spec of a $kind', (trial) => {
    it.each(mayAll)('get through as %s: it was the spec that was refused', async (who) => {
      const possible = cells.filter(
        ({ subresource, isDryRun, write, naming, target }) =>
          subresource === '' &&
          isDryRun &&
          (write === 'create'
            ? naming === 'generateName' || target === 'absent'
            : target !== 'absent' || write === 'apply'),
      );
      for (const cell of possible) {
        const { status, message } = await attempt(trial, cell, trial.good, users[who]);
        const isFrozen =
          trial.kind === 'VirtualNodeShortcut' && cell.target === 'terminating' && cell.write !== 'create';
        const expected = isFrozen ? /^422 .* "terminating" is being deleted/ : /^20[01] $/;
        expect(`${status} ${message}`, describeCell(cell)).toMatch(expected);
      }
      expect(possible.length).toBeGreaterThan(10);
    });
  });

  it('nothing that leaves a spec alone is refused, whatever the verb and whoever asks', async () => {
    const supply = await createSupply(api);
    for (const kind of ['VirtualNodeShortcut', 'LeafCluster'] as const) {
      const plan = await planHarmless(kind, actors, supply);
      await sendHarmless(api, plan);
      console.log(`${plan.length} requests for labels, finalizers, status and deletes of a ${kind}, none refused`);
    }
  });
});
