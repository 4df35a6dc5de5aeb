import { type LiqoObject, resources } from '@leafway/liqo';
import { ApiError } from '@leafway/reconciler';
import { FakeKubeApi } from '@leafway/reconciler/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Subject } from '../leaf/account.ts';
import { aKey, aShortcut } from '../testing/world.ts';
import { act } from './act.ts';
import type { ReadKeyAction } from './actions.ts';
import { desiredKeyBinding, keyRole, type RoleBinding } from './key-binding.ts';

const namespace = 'liqo-tenant-milan';
const account: Subject = { kind: 'ServiceAccount', namespace: 'leafway-system', name: 'leafway-centre' };
const binding = desiredKeyBinding(aShortcut(), { peer: 'milan', namespace, account });
const gateway: LiqoObject = { apiVersion: 'v1', kind: 'GatewayServer', metadata: { name: 'milan', uid: 'gateway' } };
const who = 'rome: system:serviceaccount:leafway-system:leafway-centre may not get secrets liqo-tenant-milan/gw-milan';

/** An API server that judges as RBAC does; it takes note of a binding only after a while. */
class Leaf {
  readonly api = new FakeKubeApi({ cluster: 'rome' });
  readonly learnt: string[] = [];
  mayReadAll = false;
  mayBind = true;
  isRoleThere = true;
  pauses = 0;
  #stored = Number.POSITIVE_INFINITY;

  constructor() {
    const metadata = { namespace, name: 'gw-milan' };
    const data = { publicKey: aKey('rome'), privateKey: aKey('secret') };
    this.api.seed(resources.secrets, { apiVersion: 'v1', kind: 'Secret', metadata, data } as LiqoObject);
    this.api.beforeRequest = ({ verb, type }) => {
      if (type === resources.secrets && !this.mayReadAll && !this.#isBound()) throw forbidden('cannot get secrets');
      if (type !== resources.roleBindings || verb !== 'create') return;
      if (!this.mayBind) throw forbidden('cannot create resource "rolebindings"');
      this.#stored = this.pauses;
    };
  }

  #isBound(): boolean {
    const found = this.api.object<RoleBinding>(resources.roleBindings, { namespace, name: keyRole });
    const isMeant = found?.subjects?.some(({ name }) => name === account.name) === true;
    return this.isRoleThere && isMeant && this.pauses >= this.#stored + 2;
  }

  async read(over: Partial<ReadKeyAction> = {}): Promise<unknown> {
    const secret = { namespace, name: 'gw-milan' };
    const action = { kind: 'readKey', gateway, secret, binding, found: undefined, ...over } as const;
    const target = {
      id: 'rome',
      api: this.api,
      observe: () => undefined,
      learnKey: (uid: string, key: string) => void this.learnt.push(`${uid} ${key}`),
      pause: async () => {
        this.pauses += 1;
      },
    };
    return act(target, [action], new AbortController().signal).catch((error: Error) => error.message);
  }

  get verbs(): string[] {
    return this.api.requests.map(({ verb, type }) => `${verb} ${type.plural}`);
  }
}

const forbidden = (why: string): ApiError => new ApiError(why, { code: 'Forbidden', status: 403, operation: why });

let leaf: Leaf;
beforeEach(() => {
  leaf = new Leaf();
});

describe("reading a gateway's key from its Secret", () => {
  it('asks for nothing but the Secret where that is allowed', async () => {
    leaf.mayReadAll = true;
    await leaf.read();
    expect(leaf.learnt).toEqual([`gateway ${aKey('rome')}`]);
    expect(leaf.verbs).toEqual(['get secrets']);
  });

  it('binds itself at first where it is not, in that namespace, and waits until that counts', async () => {
    await leaf.read();
    expect(leaf.learnt).toEqual([`gateway ${aKey('rome')}`]);
    expect(leaf.verbs).toEqual(['get secrets', 'create rolebindings', 'get secrets', 'get secrets']);
    expect(leaf.api.object(resources.roleBindings, { namespace, name: keyRole })).toMatchObject({
      metadata: { labels: { 'leafway.dev/shortcut-uid': 'shortcut-uid', 'liqo.io/remote-cluster-id': 'milan' } },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'leafway-centre-keys' },
      subjects: [account],
    });
  });

  it('makes its binding anew when somebody changed whom it binds', async () => {
    const changed = leaf.api.seed(resources.roleBindings, { ...binding, subjects: [{ ...account, name: 'other' }] });
    await leaf.read({ found: changed });
    expect(leaf.learnt).toHaveLength(1);
    expect(leaf.verbs.slice(0, 3)).toEqual(['get secrets', 'delete rolebindings', 'create rolebindings']);
  });

  it('makes no second binding when the one that is there is right, and says that it does not help', async () => {
    leaf.isRoleThere = false;
    const found = leaf.api.seed(resources.roleBindings, binding);
    expect(await leaf.read({ found })).toBe(
      `${who}, although RoleBinding liqo-tenant-milan/leafway-centre-keys is there: install or upgrade the chart leafway-leaf on that cluster`,
    );
    expect(leaf.verbs.every((verb) => verb === 'get secrets')).toBe(true);
  });

  it('says which right is missing, and what brings it', async () => {
    leaf.mayBind = false;
    expect(await leaf.read()).toBe(
      `${who}, nor bind itself to ClusterRole leafway-centre-keys there (cannot create resource "rolebindings"): install or upgrade the chart leafway-leaf on that cluster`,
    );
  });

  it('leaves a binding of somebody else in its place', async () => {
    leaf.api.seed(resources.roleBindings, { ...binding, subjects: [], metadata: { namespace, name: keyRole } });
    expect(await leaf.read()).toBe(
      `${who}; RoleBinding liqo-tenant-milan/leafway-centre-keys, which would allow it, is there and not ours: remove it`,
    );
  });

  it('says that it does not know whom to bind', async () => {
    expect(await leaf.read({ binding: undefined })).toContain('credentials do not say which account it is');
    expect(leaf.verbs).toEqual(['get secrets']);
  });
});
