import { join } from 'node:path';
import { type Census, compareCensuses } from '@leafway/lab';
import { kubectl, mustKubectl } from 'leafway/demo';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chartFolder, versionOf } from '../support/charts/chart.ts';
import { type Helm, prepareHelms } from '../support/charts/helm.ts';
import { watchAdmission } from '../support/installation/admission-watch.ts';
import { installCertManager } from '../support/installation/cert-manager.ts';
import { type PreviousRelease, unpackPreviousRelease } from '../support/installation/previous-release.ts';
import { reportOf } from '../support/installation/process-report.ts';
import { addLeaf, prepareLeaf, type Release, releaseOf } from '../support/installation/release.ts';
import { type Kubelet, startKubelet } from '../support/kubelet/kubelet.ts';
import { startLab, type TestLab } from '../support/lab/leafway.ts';
import { takeSettledCensus } from '../support/objects/census.ts';
import { connectRaw, type RawApi } from '../support/objects/raw-api.ts';
import { deleteShortcut, getShortcut, makeShortcut, tryShortcut } from '../support/objects/shortcuts.ts';
import { expectDirect, expectNoLoss, watchBothWays } from '../support/traffic.ts';

const namespace = '--namespace=leafway-system';
const selfManaged = '--set=certManager.enabled=false';
const byCertManager = '--set=certManager.enabled=true';
const patience = { timeout: 60_000, interval: 200 };

// Helm waits for three minutes at most.
describe('the chart, installed in other ways', { timeout: 240_000 }, () => {
  let test: TestLab;
  let previous: PreviousRelease;
  let kubelet: Kubelet;
  let api: RawApi;
  let helms: readonly Helm[];
  let before: Census;
  beforeAll(async () => {
    helms = await prepareHelms();
    test = await startLab(['central', 'rome', 'milan'], [], '--bare');
    previous = await unpackPreviousRelease(join(test.lab.directory, 'previous-release'));
    kubelet = await startKubelet(test.lab, 'central', { images: previous.images });
    api = await connectRaw(test.lab, 'central');
    before = await takeSettledCensus(test.lab);
  });
  afterAll(async () => {
    api?.close();
    await kubelet?.stop();
    await test?.stop();
  });

  const onCentre = (...args: string[]) => mustKubectl(test.lab, 'central', args);
  const helm = (major: Helm['major']): Helm => helms.find((one) => one.major === major) as Helm;
  const releaseBy = (major: Helm['major']): Release => releaseOf(test.lab, helm(major));

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
  const kept = [
    'apiextensions.k8s.io/v1 CustomResourceDefinition leafclusters.leafway.dev',
    'apiextensions.k8s.io/v1 CustomResourceDefinition virtualnodeshortcuts.leafway.dev',
    'apiregistration.k8s.io/v1 APIService v1alpha1.leafway.dev',
  ];

  it('is refused without cert-manager, with both ways out, and nothing is left of it', async () => {
    await expect(releaseBy(4).install(chartFolder)).rejects.toThrow(
      /install cert-manager first \(https:\S+\), or set certManager.enabled=false/,
    );
    expect(await remainder()).toEqual([]);
  });

  it('comes with Helm 3 and certificates of its own', async () => {
    await releaseBy(3).install(chartFolder, selfManaged);
    await expectRefusal();
  });

  it('goes, also when a shortcut never had a leaf to reach', async () => {
    await storeWithoutLeaves();
    await releaseBy(3).uninstall();
    expect((await onCentre('get', 'virtualnodeshortcuts', '--output=name')).stdout).toBe('');
    expect(await remainder()).toEqual([...kept, 'v1 Secret leafway-system/leafway-webhook-certificate']);
  });

  /** As somebody can who passes the webhook by. */
  async function storeWithoutLeaves(): Promise<void> {
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
      metadata: { name: 'oslo-bergen' },
      spec: { clusters: [{ id: 'oslo' }, { id: 'bergen' }] },
    };
    const items = [leaf('oslo'), leaf('bergen'), shortcut];
    const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
    await mustKubectl(test.lab, 'central', ['create', '--filename=-'], list);
  }

  it('changes to the certificates of cert-manager and back with Helm 3, and refuses what is bad after either', async () => {
    await installCertManager(test.lab);
    before = await takeSettledCensus(test.lab);
    const release = releaseBy(3);
    await release.install(chartFolder, byCertManager);
    await expectRefusal();
    await release.upgrade(selfManaged);
    await expect.poll(expectRefusal, patience).toBeUndefined();
    await release.upgrade(byCertManager);
    await expect.poll(expectRefusal, patience).toBeUndefined();
    await release.uninstall();
    expect(await remainder()).toEqual([
      'v1 Secret leafway-system/leafway-webhook-ca',
      'v1 Secret leafway-system/leafway-webhook-tls',
    ]);
  });

  describe('as an upgrade of the release before', () => {
    // Its defects, which ours does not have: see `spareTheEarly` and `stopServer` in the webhook.
    const tellsTheEarlyThatTheyAreLate = /status code 408/;
    const closesWhatIsIdle = /: EOF$/;
    const link = 'rome-milan';
    let release: Release;

    it('finds a link that the release before made', async () => {
      release = releaseBy(4);
      // Else the drain of the test before leads for the rest of its minute.
      await onCentre('delete', 'lease', 'leafway-controller', namespace);
      await release.install(previous.chart);
      for (const leaf of test.lab.leaves) {
        await addLeaf(test.lab, leaf, await prepareLeaf(test.lab, helm(4), { leaf, chart: previous.leafChart }));
      }
      await makeShortcut(test.lab, link, ['rome', 'milan']);
      await expectDirect(test.lab, 'rome', 'milan');
      expect(await runningVersions()).toEqual([previous.version]);
      expect(await kindsAreOf(previous.chart)).toBe(true);
      expect(await kindsAreOf(chartFolder)).toBe(false);
    });

    it('replaces programs and kinds; no object is judged wrongly, no packet lost, nothing of the link made anew', async () => {
      await expectNothingLost(() => release.upgrade(), [tellsTheEarlyThatTheyAreLate, closesWhatIsIdle]);
      await expect.poll(runningVersions, patience).toEqual([versionOf()]);
      expect(await kindsAreOf(chartFolder)).toBe(true);
    });

    it('leaves the link in peace also when the chart of its leaves is upgraded', async () => {
      await expectNothingLost(async () => {
        for (const leaf of test.lab.leaves) await prepareLeaf(test.lab, helm(4), { leaf });
      });
    });

    it('goes back to the release before in the same way', async () => {
      await expectNothingLost(() => release.rollback(), [tellsTheEarlyThatTheyAreLate]);
      await expect.poll(runningVersions, patience).toEqual([previous.version]);
      expect(await kindsAreOf(previous.chart)).toBe(true);
      await deleteShortcut(test.lab, link);
    });

    /** `defects`: what the webhook of the release before may do wrong, seldom and for a moment. */
    async function expectNothingLost(change: () => Promise<unknown>, defects: readonly RegExp[] = []): Promise<void> {
      const [admission, packets] = [watchAdmission(api, link), await watchBothWays(test.lab, 'rome', 'milan')];
      const old = await getShortcut(test.lab, link);
      await change();
      await admission.reach(20);
      const { wrong } = await admission.finish();
      const isKnown = (line: string): boolean => defects.some((defect) => defect.test(line));
      const known = wrong.filter(isKnown);
      if (known.length > 0) console.log(`by the release before: ${known.join('; ')}`);
      expect(wrong.filter((line) => !isKnown(line))).toEqual([]);
      expectNoLoss(await packets.finish());
      await onCentre('wait', `virtualnodeshortcuts/${link}`, '--for=condition=Ready', '--timeout=30s');
      expect((await getShortcut(test.lab, link)).status?.objects).toEqual(old.status?.objects);
    }

    /** Of all programs that Pods run, without doubles; a Pod that was replaced takes its time to end. */
    async function runningVersions(): Promise<string[]> {
      const path = '--output=jsonpath={.items[*].metadata.name}';
      const { stdout } = await onCentre('get', 'pods', namespace, '--field-selector=status.phase=Running', path);
      return [...new Set(stdout.split(' ').map((pod) => reportOf(pod).version))];
    }

    async function kindsAreOf(chart: string): Promise<boolean> {
      const files = `--filename=${join(chart, 'files/crds')}`;
      const { code } = await kubectl(test.lab, 'central', ['diff', '--server-side', '--force-conflicts', files]);
      expect([0, 1]).toContain(code);
      return code === 0;
    }
  });
});
