import { kinds, type LeafCluster } from '@leafway/core';
import { buildClusterIDConfigMap, resources, type Secret } from '@leafway/liqo';
import { ApiError, parseKubeconfig } from '@leafway/reconciler';
import { FakeKubeApi } from '@leafway/reconciler/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { aCondition, aLeaf, aShortcut, seed } from '../testing/builders.ts';
import { FakeTerminal } from '../testing/fake-terminal.ts';
import { aKubeconfig } from '../testing/kubeconfigs.ts';

const server = 'https://rome.example:6443';
const secretRef = { namespace: 'leafway-system', name: 'leaf-rome' };

let terminal: FakeTerminal;
let rome: FakeKubeApi;
beforeEach(() => {
  terminal = new FakeTerminal();
  rome = new FakeKubeApi({ cluster: 'rome' });
  // Both count their UIDs from one: with one more on rome no object there has the UID of its like on the centre.
  rome.seed(resources.namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'liqo' } });
  terminal.leaves.set(server, rome);
  terminal.files.set('rome.yaml', aKubeconfig(server));
  for (const [api, id] of [
    [terminal.central, 'central'],
    [rome, 'rome'],
  ] as const) {
    api.seed(resources.namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-system' } });
    api.seed(resources.configMaps, buildClusterIDConfigMap({ clusterID: id, liqoNamespace: 'liqo' }));
  }
});

const add = (...options: string[]): ReturnType<FakeTerminal['start']> =>
  terminal.start('leaf', 'add', 'rome', '--kubeconfig', 'rome.yaml', ...options);
const leaf = (): LeafCluster | undefined => terminal.central.object<LeafCluster>(kinds.leafClusters, { name: 'rome' });
const secret = (): Secret | undefined => terminal.central.object<Secret>(resources.secrets, secretRef);

describe('leaf add', () => {
  it('makes the Secret and the LeafCluster and waits for the facts', async () => {
    const running = add('--no-serve', '--address', 'vpn.example.org');
    await terminal.clock.advance(10);
    terminal.central.edit<LeafCluster>(kinds.leafClusters, { name: 'rome' }, (draft) => {
      draft.status = aLeaf('rome').status ?? {};
    });
    await terminal.clock.advance(0);
    const { code, out } = await running;
    expect(code).toBe(0);
    expect(out).toBe('leaf rome can be linked: data plane Leafway, pods 10.244.0.0/16');
    expect(leaf()?.spec).toEqual({
      kubeconfigSecretRef: { ...secretRef, key: 'kubeconfig' },
      gateway: { mayServe: false, address: 'vpn.example.org' },
    });
    const stored = Buffer.from(secret()?.data?.kubeconfig ?? '', 'base64').toString();
    expect(parseKubeconfig(stored)).toMatchObject({ server, token: 'secret-token' });
  });

  it('says why the leaf cannot be linked when the time is over', async () => {
    const running = add('--timeout', '2s');
    await terminal.clock.advance(10);
    terminal.central.edit<LeafCluster>(kinds.leafClusters, { name: 'rome' }, (draft) => {
      draft.status = { conditions: [aCondition('Ready', 'False', 'Liqo is not there.')] };
    });
    await terminal.clock.advance(2_000);
    const { code, err } = await running;
    expect(code).toBe(1);
    expect(err).toContain('cannot be linked after 2 s: Liqo is not there; ');
    expect(err).toContain('leafway leaf remove rome');
  });

  it('leaves no Secret behind when the LeafCluster is refused', async () => {
    terminal.central.beforeRequest = ({ verb, type }) => {
      if (verb === 'create' && type.kind === 'LeafCluster') throw new Error('broken');
    };
    expect((await add()).code).toBe(1);
    expect(secret()).toBeUndefined();
  });

  it('connects to the central cluster by the options before the command, not by those of the leaf', async () => {
    const running = terminal.start('--context', 'hub', 'leaf', 'add', 'rome', '--kubeconfig', 'rome.yaml');
    await terminal.clock.advance(30_000);
    await running;
    expect(terminal.connections).toEqual([{ context: 'hub' }]);
  });
});

describe('leaf add refuses, and writes nothing:', () => {
  const cases: [string, () => void, string[], RegExp][] = [
    ['a name that is no cluster ID', () => undefined, ['Rome!'], /"Rome!" is no cluster ID/],
    [
      'a leaf that does not answer',
      () => silence(rome),
      ['rome'],
      /^the leaf rome at https:\/\/rome\.example:6443 does not answer/,
    ],
    [
      'a cluster with another ID',
      () => undefined,
      ['roma'],
      /says that its ID is rome, not roma.*leafway leaf add rome/,
    ],
    ['the centre', () => terminal.leaves.set(server, terminal.central), ['rome'], /central cluster itself/],
    ['the ID of the centre', () => undefined, ['central'], /is the central cluster itself/],
    [
      'an account without rights',
      () => forbid(rome, 'configurations'),
      ['rome'],
      /may not list configurations.*leafway-centre/,
    ],
    [
      'a leaf that is there already',
      () => seed(terminal.central, [aLeaf('rome')]),
      ['rome'],
      /registered already.*Secret leafway-system\/leaf-rome/,
    ],
    ['a file that is not there', () => terminal.files.clear(), ['rome'], /there is no such file/],
  ];
  it.each(cases)('%s', async (_, arrange, [name = ''], sentence) => {
    arrange();
    const { code, err } = await terminal.run('leaf', 'add', name, '--kubeconfig', 'rome.yaml');
    expect(code).toBe(name === 'Rome!' ? 2 : 1);
    expect(err).toMatch(sentence);
    expect(terminal.central.requests.map(({ verb }) => verb)).not.toContain('create');
  });

  it('a cluster that is registered under another name', async () => {
    const { uid = '' } = rome.object(resources.namespaces, { name: 'kube-system' })?.metadata ?? {};
    rome.remove(resources.configMaps, buildClusterIDConfigMap({ clusterID: 'rome', liqoNamespace: 'liqo' }).metadata);
    seed(terminal.central, [aLeaf('roma', { identity: { uid } })]);
    expect((await add()).err).toContain('registered already, as the leaf roma');
  });

  it('a Secret of that name that somebody else made', async () => {
    terminal.central.seed(resources.secrets, { apiVersion: 'v1', kind: 'Secret', metadata: { ...secretRef } });
    expect((await add()).err).toContain('there is a Secret leafway-system/leaf-rome already');
    expect(leaf()).toBeUndefined();
  });

  function silence(api: FakeKubeApi): void {
    api.beforeRequest = () => {
      throw new Error('connect ETIMEDOUT');
    };
  }

  function forbid(api: FakeKubeApi, plural: string): void {
    api.beforeRequest = ({ type }) => {
      if (type.plural === plural)
        throw new ApiError(`list ${plural} on rome: forbidden`, {
          code: 'Forbidden',
          status: 403,
          operation: `list ${plural} on rome`,
        });
    };
  }
});

describe('leaf remove', () => {
  beforeEach(() => seed(terminal.central, [aLeaf('rome'), aLeaf('milan')]));
  const seedSecret = (labels: Record<string, string>): unknown =>
    terminal.central.seed(resources.secrets, { apiVersion: 'v1', kind: 'Secret', metadata: { ...secretRef, labels } });
  const made = { 'app.kubernetes.io/managed-by': 'leafway-cli' };

  it('removes the leaf and the Secret that was made for it', async () => {
    seedSecret(made);
    const { code, out } = await terminal.run('leaf', 'remove', 'rome');
    expect([code, out]).toEqual([0, 'leaf rome removed']);
    expect([leaf(), secret()]).toEqual([undefined, undefined]);
  });

  it('leaves a Secret that an administrator made', async () => {
    seedSecret({});
    expect((await terminal.run('leaf', 'remove', 'rome')).out).toContain('Secret leafway-system/leaf-rome');
    expect(secret()).toBeDefined();
  });

  it('leaves a Secret that another leaf names', async () => {
    seedSecret(made);
    const twin = aLeaf('twin');
    seed(terminal.central, [{ ...twin, spec: { kubeconfigSecretRef: secretRef } }]);
    expect((await terminal.run('leaf', 'remove', 'rome')).out).toContain('another leaf uses it');
    expect(secret()).toBeDefined();
  });

  it('refuses while a shortcut uses the leaf', async () => {
    seed(terminal.central, [aShortcut('milan-rome', ['rome', 'milan'])]);
    const { code, err } = await terminal.run('leaf', 'remove', 'rome');
    expect(code).toBe(1);
    expect(err).toContain('used by milan-rome: remove that first (leafway disconnect milan-rome)');
    expect(leaf()).toBeDefined();
  });

  it('keeps the Secret while objects are still to be removed with it', async () => {
    seedSecret(made);
    terminal.central.edit<LeafCluster>(kinds.leafClusters, { name: 'rome' }, (draft) => {
      draft.metadata.finalizers = ['leafway.dev/leaf'];
    });
    const running = terminal.start('leaf', 'remove', 'rome', '--timeout', '1s');
    await terminal.clock.advance(1_500);
    const { code, err } = await running;
    expect(code).toBe(1);
    expect(err).toContain('leafway.dev/abandon');
    expect(secret()).toBeDefined();
  });

  it('says which leaf was meant', async () => {
    expect((await terminal.run('leaf', 'remove', 'roem')).err).toContain('did you mean "rome"?');
  });
});
