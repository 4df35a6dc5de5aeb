import { compareCensuses, type RunningLab } from '@leafway/lab';
import { resources } from '@leafway/liqo';
import type { KubeObject } from '@leafway/reconciler';
import { mustKubectl } from 'leafway/demo';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { killPart, restarted } from '../support/lab/parts.ts';
import { sharedLab } from '../support/lab/shared-lab.ts';
import { takeSettledCensus, untouched } from '../support/objects/census.ts';
import { readLeafKubeconfig, withNewToken, writeLeafKubeconfig } from '../support/objects/leaf-kubeconfig.ts';
import { changeShortcut, deleteShortcut, getLeafCluster, makeShortcut } from '../support/objects/shortcuts.ts';
import { conditionOf, waitFor, waitForLeaf, waitForShortcut } from '../support/objects/wait.ts';
import { expectDirect } from '../support/traffic.ts';

interface Kubeconfig {
  readonly clusters: readonly { readonly cluster: Record<string, unknown> }[];
  readonly users: readonly { readonly user: Record<string, unknown> }[];
}

describe('the kubeconfig of a leaf', () => {
  let lab: RunningLab;
  let good: string;
  const name = 'berlin';
  const ref = { namespace: 'leafway-system', name: 'leaf-berlin' };
  beforeAll(async () => {
    lab = await sharedLab();
    good = await readLeafKubeconfig(lab, 'paris');
  });
  afterAll(async () => {
    await mustKubectl(lab, lab.centre, ['delete', 'leafclusters', name, '--ignore-not-found', '--timeout=30s']);
    await mustKubectl(lab, lab.centre, ['delete', 'secret', ref.name, '-n', ref.namespace, '--ignore-not-found']);
  });

  it.each<[string, string, (cluster: Record<string, unknown>, user: Record<string, unknown>) => void]>([
    [
      'runs a program',
      'exec',
      (_, user) => {
        user.exec = { apiVersion: 'client.authentication.k8s.io/v1', command: '/bin/true' };
      },
    ],
    [
      'names a file',
      'certificate-authority',
      (cluster) => {
        cluster['certificate-authority'] = '/etc/ca.crt';
      },
    ],
    [
      'names a token file',
      'tokenFile',
      (_, user) => {
        user.tokenFile = '/var/run/token';
      },
    ],
    [
      'does not verify',
      'insecure-skip-tls-verify',
      (cluster) => {
        cluster['insecure-skip-tls-verify'] = true;
      },
    ],
    [
      'leads to an http server',
      'server',
      (cluster) => {
        cluster.server = 'http://127.0.0.1:80';
      },
    ],
    [
      'has no CA',
      'certificate-authority-data',
      (cluster) => {
        delete cluster['certificate-authority-data'];
      },
    ],
  ])('that %s is refused, and the condition names %s', async (_, field, spoil) => {
    const document = parse(good) as Kubeconfig;
    spoil(document.clusters[0]?.cluster ?? {}, document.users[0]?.user ?? {});
    const objects = [
      { apiVersion: 'v1', kind: 'Secret', metadata: ref, stringData: { kubeconfig: stringify(document) } },
      {
        apiVersion: 'leafway.dev/v1alpha1',
        kind: 'LeafCluster',
        metadata: { name },
        spec: { kubeconfigSecretRef: ref },
      },
    ];
    await mustKubectl(
      lab,
      lab.centre,
      ['apply', '--filename=-'],
      JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }),
    );
    const leaf = await waitForLeaf(
      lab,
      name,
      'being refused',
      (found) => conditionOf(found, 'Reachable')?.status === 'False',
    );
    expect(conditionOf(leaf, 'Reachable')?.message).toMatch(new RegExp(`(^|[\\s"'.\\]])${field}(?![\\w-])`));
    expect(conditionOf(leaf, 'Ready')?.status).toBe('False');
    await mustKubectl(lab, lab.centre, ['delete', 'leafclusters', name, '--timeout=30s']);
  });
});

describe('a leaf in whose place another cluster answers', () => {
  let lab: RunningLab;
  let own: string;
  const name = 'rome-milan';
  beforeAll(async () => {
    lab = await sharedLab();
    own = await readLeafKubeconfig(lab, 'milan');
  });
  afterAll(() => writeLeafKubeconfig(lab, 'milan', own));

  it('is not written to, whatever is asked for', async () => {
    const pristine = await takeSettledCensus(lab);
    await makeShortcut(lab, name, ['rome', 'milan']);
    const before = await takeSettledCensus(lab);
    await writeLeafKubeconfig(lab, 'milan', await readLeafKubeconfig(lab, 'paris'));
    // Who was logged in before goes on; another controller has nothing but the Secret.
    await restarted(lab, 'controller', await killPart(lab, 'controller'));

    const stranger = 'the kubeconfig leads to a cluster that says that its ID is paris';
    await waitForLeaf(lab, 'milan', 'being another cluster', (found) =>
      (conditionOf(found, 'Reachable')?.message ?? '').startsWith(stranger),
    );
    await changeShortcut(lab, name, { gateway: { mtu: 1400 } });
    await waitForShortcut(lab, name, 'saying so', (found) =>
      (conditionOf(found, 'LeavesReachable')?.message ?? '').startsWith(`milan: ${stranger}`),
    );
    await deleteShortcut(lab, name);
    expect((await getLeafCluster(lab, 'milan')).status?.pendingCleanup).toHaveLength(4);
    const { added, changed, removed } = compareCensuses(before, await takeSettledCensus(lab));
    expect([...added, ...changed, ...removed].filter((key) => key.startsWith('paris '))).toEqual([]);

    await writeLeafKubeconfig(lab, 'milan', own);
    await waitForLeaf(lab, 'milan', 'owing nothing', (found) => (found.status?.pendingCleanup ?? []).length === 0);
    expect(compareCensuses(pristine, await takeSettledCensus(lab))).toEqual(untouched);
    await makeShortcut(lab, name, ['rome', 'milan']);
    await expectDirect(lab, 'rome', 'milan');
    await deleteShortcut(lab, name);
  });
});

describe('credentials of a leaf that are renewed', () => {
  let lab: RunningLab;
  let own: string;
  const name = 'rome-milan';
  const key = { type: resources.publicKeys, namespace: 'liqo-tenant-rome', name: 'rome' };
  beforeAll(async () => {
    lab = await sharedLab();
    own = await readLeafKubeconfig(lab, 'milan');
    await makeShortcut(lab, name, ['rome', 'milan']);
  });
  afterAll(async () => {
    await writeLeafKubeconfig(lab, 'milan', own);
    await deleteShortcut(lab, name);
  });

  /** What is deleted on milan by hand comes back, so the controller works there. */
  async function expectRepair(): Promise<void> {
    const find = (what: string, accept: (object: KubeObject | undefined) => boolean) =>
      waitFor<KubeObject>(lab, 'milan', { ...key, what, accept });
    const before = (await find('the key', (object) => object !== undefined))?.metadata.uid;
    await mustKubectl(lab, 'milan', ['delete', 'publickeies', key.name, '--namespace', key.namespace]);
    await find('another key', (object) => object !== undefined && object.metadata.uid !== before);
  }

  it('are not taken over when the leaf refuses them, and the old ones go on', async () => {
    await writeLeafKubeconfig(lab, 'milan', own.replace(/token: .*/, 'token: nobody'));
    const leaf = await waitForLeaf(
      lab,
      'milan',
      'refusing them',
      (found) => conditionOf(found, 'CredentialsCurrent')?.status === 'False',
    );
    const words = /^What Secret leafway-system\/leaf-milan holds now is not used: .*Unauthorized/;
    expect(conditionOf(leaf, 'CredentialsCurrent')?.message).toMatch(words);
    expect(conditionOf(leaf, 'Ready')?.status).toBe('True');
    await expectRepair();
  });

  it('are taken over without a gap when they work, and the old ones may end', async () => {
    const before = await getLeafCluster(lab, 'milan');
    await writeLeafKubeconfig(lab, 'milan', await withNewToken(lab, 'milan', own));
    const leaf = await waitForLeaf(lab, 'milan', 'logged in to anew', (found) => {
      const isNew = found.status?.credential?.expiresAt !== before.status?.credential?.expiresAt;
      return isNew && conditionOf(found, 'CredentialsCurrent')?.status === 'True';
    });
    expect(conditionOf(leaf, 'Reachable')).toEqual(conditionOf(before, 'Reachable'));
    await expectRepair();
    await expectDirect(lab, 'rome', 'milan');
  });
});
