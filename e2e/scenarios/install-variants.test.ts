import { join } from 'node:path';
import { type Census, compareCensuses } from '@leafway/lab';
import { kubectl, mustKubectl } from 'leafway/demo';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { takeSettledCensus } from '../support/census.ts';
import { chartFolder } from '../support/charts/chart.ts';
import { type Helm, prepareHelms } from '../support/charts/helm.ts';
import { previousChart, releaseOf } from '../support/installation/release.ts';
import { type Kubelet, startKubelet } from '../support/kubelet/kubelet.ts';
import { startLab, type TestLab } from '../support/leafway.ts';
import { tryShortcut } from '../support/shortcuts.ts';

const namespace = '--namespace=leafway-system';
const selfManaged = '--set=certManager.enabled=false';

describe('the chart, installed in other ways', () => {
  let test: TestLab;
  let kubelet: Kubelet;
  let helms: readonly Helm[];
  let before: Census;
  beforeAll(async () => {
    helms = await prepareHelms();
    test = await startLab(['central', 'rome'], [], '--bare');
    kubelet = await startKubelet(test.lab, 'central');
    before = await takeSettledCensus(test.lab);
  });
  afterAll(async () => {
    await kubelet?.stop();
    await test?.stop();
  });

  const onCentre = (...args: string[]) => mustKubectl(test.lab, 'central', args);
  const releaseBy = (major: Helm['major']) => releaseOf(test.lab, helms.find((helm) => helm.major === major) as Helm);

  async function expectRefusal(): Promise<void> {
    const { code, stderr } = await tryShortcut(test.lab, 'bad', ['rome', 'nowhere']);
    expect(code).toBe(1);
    expect(stderr).toContain('there is no LeafCluster "nowhere"');
  }

  /** What came since the beginning, once all Pods have ended. */
  async function remainder(): Promise<readonly string[]> {
    await onCentre('wait', 'pods', '--all', namespace, '--for=delete', '--timeout=60s');
    const { added, removed } = compareCensuses(before, await takeSettledCensus(test.lab));
    expect(removed).toEqual([]);
    return added.map((key) => key.replace('central ', ''));
  }

  it('is refused without cert-manager, with both ways out, and nothing is left of it', async () => {
    await expect(releaseBy(4).install(chartFolder)).rejects.toThrow(
      /install cert-manager first \(https:\S+\), or set certManager.enabled=false/,
    );
    expect(await remainder()).toEqual([]);
  });

  it('comes and goes with Helm 3 and certificates of its own', async () => {
    await releaseBy(3).install(chartFolder, selfManaged);
    await expectRefusal();
    await releaseBy(3).uninstall();
    expect(await remainder()).toEqual([
      'apiextensions.k8s.io/v1 CustomResourceDefinition leafclusters.leafway.dev',
      'apiextensions.k8s.io/v1 CustomResourceDefinition virtualnodeshortcuts.leafway.dev',
      'apiregistration.k8s.io/v1 APIService v1alpha1.leafway.dev',
      'v1 Secret leafway-system/leafway-webhook-certificate',
    ]);
  });

  it('follows on the previous chart: the kinds are upgraded, what is stored stays', async () => {
    const release = releaseBy(4);
    await release.install(previousChart);
    const kinds = ['--server-side', '--force-conflicts', `--filename=${join(chartFolder, 'files/crds')}`];
    const difference = () => kubectl(test.lab, 'central', ['diff', ...kinds]);
    expect((await difference()).code).toBe(1);
    await storeObjects();
    await release.upgrade(selfManaged);
    expect(await difference()).toMatchObject({ code: 0, stdout: '' });
    await expectRefusal();
    const { stdout } = await onCentre('get', 'leafclusters,virtualnodeshortcuts', '--output=name');
    expect(stdout.trim().split('\n').sort()).toEqual([
      'leafcluster.leafway.dev/oslo',
      'leafcluster.leafway.dev/rome',
      'virtualnodeshortcut.leafway.dev/oslo-rome',
    ]);
  });

  /** That chart brought no webhook: who used it ran one beside it, and nobody does here. */
  async function storeObjects(): Promise<void> {
    await onCentre('delete', 'validatingwebhookconfiguration', 'leafway');
    const leaf = (name: string) => ({
      apiVersion: 'leafway.dev/v1alpha1',
      kind: 'LeafCluster',
      metadata: { name },
      spec: { kubeconfigSecretRef: { namespace: 'leafway-system', name: `leaf-${name}` } },
    });
    const shortcut = {
      apiVersion: 'leafway.dev/v1alpha1',
      kind: 'VirtualNodeShortcut',
      metadata: { name: 'oslo-rome' },
      spec: { clusters: [{ id: 'oslo' }, { id: 'rome' }] },
    };
    const items = [leaf('oslo'), leaf('rome'), shortcut];
    const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
    await mustKubectl(test.lab, 'central', ['create', '--filename=-'], list);
  }

  it('goes also when a shortcut never had a leaf to reach', async () => {
    await releaseBy(4).uninstall();
    expect((await onCentre('get', 'virtualnodeshortcuts', '--output=name')).stdout).toBe('');
  });
});
