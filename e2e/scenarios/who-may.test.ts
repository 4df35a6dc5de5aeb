import type { RunningLab } from '@leafway/lab';
import type { KubeObject } from '@leafway/reconciler';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { grantRights, mayConnect, mayRead, type Right, userWith, writer } from '../support/admission/rights.ts';
import { sharedLab } from '../support/lab/shared-lab.ts';
import { connectRaw, type RawAnswer, type RawApi, type User } from '../support/objects/raw-api.ts';
import { deleteShortcut, shortcutManifest } from '../support/objects/shortcuts.ts';

const shortcuts = '/apis/leafway.dev/v1alpha1/virtualnodeshortcuts';
const leaves = '/apis/leafway.dev/v1alpha1/leafclusters';
const dryRun = '?dryRun=All&fieldManager=test';
const merge = 'application/merge-patch+json';
type Leaf = 'rome' | 'milan';
const pair: readonly [Leaf, Leaf] = ['rome', 'milan'];
const secretOf = (leaf: Leaf) => ({ namespace: 'leafway-system', name: `leaf-${leaf}`, key: 'kubeconfig' });
const rights = [writer, ...pair.flatMap((leaf) => [mayConnect(leaf), mayRead(`leaf-${leaf}`)])];

/** None, one, the other, both. */
const subsets: readonly (readonly Leaf[])[] = [[], ['rome'], ['milan'], ['rome', 'milan']];
const words = (leaves: readonly Leaf[]): string => leaves.join('+') || 'none';

/** Whom the policy refuses for what: all that is missing of the first thing that is. */
function refusalOf(connectable: readonly Leaf[], unreadable: readonly Leaf[]): string | undefined {
  const [a, b] = pair.filter((leaf) => !connectable.includes(leaf));
  if (a !== undefined && b !== undefined) return `you may connect neither the leaf "${a}" nor the leaf "${b}"`;
  if (a !== undefined) return `spec.clusters[${pair.indexOf(a)}].id: you may not connect the leaf "${a}"`;
  const [c, d] = unreadable;
  if (c === undefined) return undefined;
  return d === undefined
    ? `spec.clusters[${pair.indexOf(c)}].kubeconfigSecretRef: you may not read the Secret leafway-system/leaf-${c}`
    : `you may read neither the Secret leafway-system/leaf-${c} nor the Secret leafway-system/leaf-${d}`;
}

function expectVerdict(what: string, { status, message }: RawAnswer, refusal: string | undefined): void {
  if (refusal === undefined) expect(`${status} ${message}`, what).toMatch(/^20[01] $/);
  else expect(`${status} ${message}`, what).toMatch(/^403 /);
  expect(message, what).toContain(refusal ?? '');
}

describe('who may', () => {
  let lab: RunningLab;
  let api: RawApi;
  let takeAway: () => Promise<void>;
  beforeAll(async () => {
    lab = await sharedLab();
    api = await connectRaw(lab, lab.centre);
    takeAway = await grantRights(lab, rights);
  });
  afterAll(async () => {
    await takeAway?.();
    api?.close();
  });

  const clustersWith = (named: readonly Leaf[]) =>
    pair.map((id) => (named.includes(id) ? { id, kubeconfigSecretRef: secretOf(id) } : { id }));
  const change = (user: User | undefined, name: string, patch: object, query = dryRun): Promise<RawAnswer> =>
    api.send({ method: 'PATCH', path: `${shortcuts}/${name}${query}`, user, contentType: merge, body: patch });

  /** Every combination of leaves that may be connected, Secrets that may be read, and Secrets that are named. */
  async function tryAll(attempt: (user: User, named: readonly Leaf[]) => Promise<RawAnswer>): Promise<void> {
    let cells = 0;
    for (const connectable of subsets) {
      for (const readable of subsets) {
        for (const named of subsets) {
          const user = userWith(writer, ...connectable.map(mayConnect), ...readable.map((id) => mayRead(`leaf-${id}`)));
          const unreadable = named.filter((id) => !readable.includes(id));
          const what = `may connect ${words(connectable)}, read ${words(readable)}, names ${words(named)}`;
          expectVerdict(what, await attempt(user, named), refusalOf(connectable, unreadable));
          cells += 1;
        }
      }
    }
    console.log(`${cells} combinations of rights and Secrets, each judged as it should be`);
  }

  it('create a shortcut: who may connect both leaves and read every Secret that it names', async () => {
    await tryAll((user, named) => {
      const body = JSON.parse(shortcutManifest('who-may', pair, { clusters: clustersWith(named) })) as object;
      return api.send({ method: 'POST', path: `${shortcuts}${dryRun}`, user, body });
    });
  });

  it('the largest spec is not too much for the policy', async () => {
    const annotations = Object.fromEntries(Array.from({ length: 32 }, (_, index) => [`a${index}`, 'x'.repeat(4096)]));
    const spec = { clusters: clustersWith(pair), gateway: { service: { annotations } } };
    const body = JSON.parse(shortcutManifest('who-may', pair, spec)) as object;
    const create = (...more: readonly Right[]) =>
      api.send({ method: 'POST', path: `${shortcuts}${dryRun}`, user: userWith(writer, ...more), body });
    expectVerdict('without rights', await create(), refusalOf([], pair));
    expectVerdict('with all rights', await create(...rights), undefined);
  });

  describe('change a shortcut:', () => {
    const name = 'who-may';
    beforeAll(async () => {
      const body = JSON.parse(shortcutManifest(name, pair, { paused: true })) as object;
      expect((await api.send({ method: 'POST', path: shortcuts, body })).status).toBe(201);
    });
    afterAll(() => deleteShortcut(lab, name));
    const both = (...more: readonly Right[]): User => userWith(writer, ...pair.map(mayConnect), ...more);

    it('who may connect both leaves and read every Secret that is new in it', async () => {
      await tryAll((user, named) =>
        change(user, name, { spec: { clusters: clustersWith(named), gateway: { mtu: 1400 } } }),
      );
    });

    it('a Secret that was named before needs no right, unless its key or its cluster changes', async () => {
      const kept = clustersWith(['rome']);
      expect((await change(undefined, name, { spec: { clusters: kept } }, '')).status).toBe(200);
      expectVerdict('kept', await change(both(), name, { spec: { paused: false } }), undefined);
      expectVerdict('reordered', await change(both(), name, { spec: { clusters: kept.toReversed() } }), undefined);
      expectVerdict('left out', await change(both(), name, { spec: { clusters: clustersWith([]) } }), undefined);
      const otherKey = [{ id: 'rome', kubeconfigSecretRef: { ...secretOf('rome'), key: 'other' } }, { id: 'milan' }];
      expectVerdict(
        'another key',
        await change(both(), name, { spec: { clusters: otherKey } }),
        'spec.clusters[0].kubeconfigSecretRef: you may not read the Secret leafway-system/leaf-rome',
      );
      const moved = [{ id: 'rome' }, { id: 'milan', kubeconfigSecretRef: secretOf('rome') }];
      const toMilan = { spec: { clusters: moved } };
      expectVerdict(
        'for the other cluster',
        await change(both(), name, toMilan),
        'spec.clusters[1].kubeconfigSecretRef: you may not read the Secret leafway-system/leaf-rome',
      );
      expectVerdict('readable', await change(both(mayRead('leaf-rome')), name, toMilan), undefined);
    });

    it('everybody, as far as RBAC goes, where the spec stays as it is', async () => {
      const user = userWith(writer);
      for (const metadata of [{ labels: { a: 'b' } }, { annotations: { a: 'b' } }, { finalizers: ['test.dev/a'] }]) {
        expectVerdict(JSON.stringify(metadata), await change(user, name, { metadata }), undefined);
      }
      const path = `${shortcuts}/${name}`;
      const status = { status: { phase: 'Tested' } };
      const query = `/status${dryRun}`;
      expectVerdict(
        'status',
        await api.send({ method: 'PATCH', path: `${path}${query}`, user, contentType: merge, body: status }),
        undefined,
      );
      expectVerdict('delete', await api.send({ method: 'DELETE', path: `${path}${dryRun}`, user }), undefined);
    });

    it('nobody gives it an owner, with whom it would be deleted, but who may delete it', async () => {
      const rule = { ...writer.rule, verbs: ['get', 'update', 'patch'] };
      const editor: Right = { group: 'test-editors', rule };
      const revoke = await grantRights(lab, [editor]);
      const { metadata } = (await api.send({ method: 'GET', path: '/api/v1/namespaces/default' })).body as KubeObject;
      const owner = { apiVersion: 'v1', kind: 'Namespace', name: 'default', uid: metadata.uid };
      const owned = (more: object = {}) => ({ metadata: { ownerReferences: [{ ...owner, ...more }] } });
      const refusal = 'metadata.ownerReferences: you may not delete "who-may"';
      expectVerdict('editor', await change(userWith(editor), name, owned()), refusal);
      expectVerdict('deleter', await change(userWith(writer), name, owned(), '?fieldManager=test'), undefined);
      // One that is there stays; made unfindable it would take the object along.
      expectVerdict('kept', await change(userWith(editor), name, { metadata: { labels: { a: 'c' } } }), undefined);
      expectVerdict('renamed', await change(userWith(editor), name, owned({ name: 'gone' })), refusal);
      expectVerdict('let go', await change(userWith(editor), name, { metadata: { ownerReferences: null } }), undefined);
      await revoke();
    });
  });

  describe('register a leaf:', () => {
    const leafWith = (name: string, secret: object) => ({
      apiVersion: 'leafway.dev/v1alpha1',
      kind: 'LeafCluster',
      metadata: { name },
      spec: { kubeconfigSecretRef: secret },
    });
    const words = (secret: string) => `spec.kubeconfigSecretRef: you may not read the Secret leafway-system/${secret}`;
    const users = [
      { user: userWith(writer), readable: [] },
      { user: userWith(writer, mayRead('leaf-rome')), readable: ['leaf-rome'] },
      { user: userWith(writer, mayRead('leaf-milan')), readable: ['leaf-milan'] },
      { user: userWith(writer, mayRead('leaf-rome'), mayRead('leaf-milan')), readable: ['leaf-rome', 'leaf-milan'] },
    ];

    it('who may read the Secret that it names', async () => {
      for (const { user, readable } of users) {
        for (const secret of ['leaf-rome', 'leaf-milan']) {
          const body = leafWith('turin', { ...secretOf('rome'), name: secret });
          const answer = await api.send({ method: 'POST', path: `${leaves}${dryRun}`, user, body });
          expectVerdict(
            `reads ${readable.join(' and ')}, names ${secret}`,
            answer,
            readable.includes(secret) ? undefined : words(secret),
          );
        }
      }
    });

    it('change one: who may read the Secret, when that is another one', async () => {
      for (const { user, readable } of users) {
        for (const secret of ['leaf-rome', 'leaf-milan']) {
          const body = { spec: { kubeconfigSecretRef: { name: secret }, gateway: { mayServe: false } } };
          const path = `${leaves}/rome${dryRun}`;
          const answer = await api.send({ method: 'PATCH', path, user, contentType: merge, body });
          const isAllowed = secret === 'leaf-rome' || readable.includes(secret);
          expectVerdict(
            `reads ${readable.join(' and ')}, names ${secret}`,
            answer,
            isAllowed ? undefined : words(secret),
          );
        }
      }
    });
  });
});
