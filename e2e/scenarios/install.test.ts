import { type Census, compareCensuses } from '@leafway/lab';
import { kubectl, mustKubectl } from 'leafway/demo';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chartFolder, versionOf } from '../support/charts/chart.ts';
import { type Helm, prepareHelms } from '../support/charts/helm.ts';
import { watchAdmission } from '../support/installation/admission-watch.ts';
import { installCertManager, renewCertificate, startCertManager } from '../support/installation/cert-manager.ts';
import { reportOf } from '../support/installation/process-report.ts';
import { addLeaf, prepareLeaf, type Release, releaseOf } from '../support/installation/release.ts';
import { servedSerials, storedSerial } from '../support/installation/served-certificates.ts';
import type { FrameProcess } from '../support/kubelet/frame-process.ts';
import { type Kubelet, startKubelet } from '../support/kubelet/kubelet.ts';
import { leafway, startLab, type TestLab } from '../support/lab/leafway.ts';
import { takeSettledCensus } from '../support/objects/census.ts';
import { connectRaw, type RawApi } from '../support/objects/raw-api.ts';
import { makeShortcut, tryShortcut } from '../support/objects/shortcuts.ts';
import { expectDirect } from '../support/traffic.ts';

const namespace = '--namespace=leafway-system';
const webhooks = ['--selector=app.kubernetes.io/component=webhook'];
const patience = { timeout: 60_000, interval: 200 };

describe('the chart, installed with Helm and cert-manager', () => {
  let test: TestLab;
  let api: RawApi;
  let kubelet: Kubelet;
  let certManager: FrameProcess;
  let helm: Helm;
  let release: Release;
  const kubeconfigs = new Map<string, string>();
  let before: Census;
  beforeAll(async () => {
    const helms = await prepareHelms();
    helm = helms.find(({ major }) => major === 4) as Helm;
    test = await startLab(['central', 'rome', 'milan'], [], '--bare');
    kubelet = await startKubelet(test.lab, 'central');
    certManager = await installCertManager(test.lab);
    api = await connectRaw(test.lab, 'central');
    release = releaseOf(test.lab, helm);
    for (const leaf of test.lab.leaves) kubeconfigs.set(leaf, await prepareLeaf(test.lab, helm, { leaf }));
    // What the chart makes has to run where nothing else is let in.
    await onCentre('label', 'namespace', 'leafway-system', 'pod-security.kubernetes.io/enforce=restricted');
    before = await takeSettledCensus(test.lab);
  });
  afterAll(async () => {
    api?.close();
    await kubelet?.stop();
    await test?.stop();
  });

  const onCentre = (...args: string[]) => mustKubectl(test.lab, 'central', args);
  const read = async (...args: string[]): Promise<string> => (await onCentre('get', ...args)).stdout;

  it('is there when Helm says so: Deployments available, the certificate issued, its authority told', async () => {
    await release.install(chartFolder);
    for (const name of ['leafway-webhook', 'leafway-controller']) {
      await onCentre('wait', `deployment/${name}`, namespace, '--for=condition=Available', '--timeout=1s');
    }
    await onCentre('wait', 'certificate/leafway-webhook', namespace, '--for=condition=Ready', '--timeout=1s');
    const authority = await read('secret', 'leafway-webhook-tls', namespace, '--output=jsonpath={.data.ca\\.crt}');
    for (const kind of ['mutating', 'validating']) {
      const path = '--output=jsonpath={.webhooks[0].clientConfig.caBundle}';
      await expect.poll(() => read(`${kind}webhookconfiguration`, 'leafway', path), patience).toBe(authority);
    }
  });

  it('spreads the three webhooks over the nodes, with one Pod to spare while a node is drained', async () => {
    const nodes = await read('pods', namespace, ...webhooks, '--output=jsonpath={.items[*].spec.nodeName}');
    expect(nodes.split(' ').sort()).toEqual(['node-1', 'node-2', 'node-3']);
    const path = '--output=jsonpath={.status.disruptionsAllowed}';
    await expect.poll(() => read('poddisruptionbudget', 'leafway-webhook', namespace, path), patience).toBe('1');
  });

  it.each(['webhook', 'controller'])('runs the %s as its Deployment says, and with no more rights', async (name) => {
    const [pod = ''] = (await podsOf(name)).split(' ');
    const args = JSON.parse(await read('deployment', `leafway-${name}`, namespace, '--output=jsonpath={..args}'));
    expect(reportOf(pod)).toEqual({
      version: versionOf(),
      args: args.map((arg: string) => arg.replace('$(POD_NAME)', pod)),
      user: 65_532,
      group: 65_532,
      capabilities: 0n,
      mayGainPrivileges: false,
      hasReadOnlyRoot: true,
      account: `system:serviceaccount:leafway-system:leafway-${name}`,
      boundTo: pod,
    });
  });

  const podsOf = (component: string): Promise<string> =>
    read(
      ...['pods', namespace, `--selector=app.kubernetes.io/component=${component}`],
      ...['--field-selector=status.phase=Running', '--output=jsonpath={.items[*].metadata.name}'],
    );

  it('refuses a bad object through its Service, with the reason', async () => {
    const { code, stderr } = await tryShortcut(test.lab, 'bad', ['rome', 'nowhere']);
    expect(code).toBe(1);
    expect(stderr).toContain('spec.clusters[1].id: there is no LeafCluster "nowhere": correct the id');
  });

  it('passes its own test', async () => {
    expect(await release.test()).toMatchObject({ code: 0 });
  });

  it('prints what its Pods have to say where people look for it', async () => {
    const { stdout } = await onCentre('logs', 'deployment/leafway-webhook', namespace);
    expect(stdout).toContain('webhook listens');
  });

  it('links two leaves that were registered as its notes say', async () => {
    for (const leaf of test.lab.leaves) await addLeaf(test.lab, leaf, kubeconfigs.get(leaf) ?? '');
    await makeShortcut(test.lab, 'rome-milan', ['rome', 'milan']);
    await expectDirect(test.lab, 'rome', 'milan');
  });

  it('takes new certificates into use while objects are judged, and loses none', async () => {
    const watch = watchAdmission(api, 'rome-milan');
    const old = await storedSerial(test.lab, 'leafway-webhook-ca');
    await renewAndServe();
    await renewCertificate(test.lab, 'leafway-webhook-ca');
    await expect.poll(() => storedSerial(test.lab, 'leafway-webhook-ca'), patience).not.toBe(old);
    await renewAndServe();
    await watch.reach(20);
    const { tried, wrong } = await watch.finish();
    expect(wrong).toEqual([]);
    expect(tried).toBeGreaterThan(20);
  });

  async function renewAndServe(): Promise<void> {
    const old = await storedSerial(test.lab, 'leafway-webhook-tls');
    await renewCertificate(test.lab, 'leafway-webhook');
    await expect.poll(() => storedSerial(test.lab, 'leafway-webhook-tls'), patience).not.toBe(old);
    const serial = await storedSerial(test.lab, 'leafway-webhook-tls');
    await expect.poll(() => servedSerials(test.lab, kubelet), patience).toEqual([serial]);
  }

  it('changes all Pods with an upgrade and its rollback while objects are judged, and loses none', async () => {
    const watch = watchAdmission(api, 'rome-milan');
    await release.upgrade(
      '--set=webhook.logLevel=debug',
      '--set=controller.logLevel=debug',
      '--set=webhook.replicas=2',
    );
    const deployment = ['deployment', 'leafway-webhook', namespace];
    expect(await read(...deployment, '--output=jsonpath={..args}')).toContain('--log-level=debug');
    expect(await read(...deployment, '--output=jsonpath={.status.readyReplicas}')).toBe('2');
    await release.rollback();
    expect(await read(...deployment, '--output=jsonpath={.spec.replicas}')).toBe('3');
    await watch.reach(20);
    expect(await watch.finish()).toMatchObject({ wrong: [] });
  });

  it('loses none while a node is drained', async () => {
    const watch = watchAdmission(api, 'rome-milan');
    await onCentre('drain', 'node-1', '--timeout=60s');
    await watch.reach(20);
    await onCentre('uncordon', 'node-1');
    expect(await watch.finish()).toMatchObject({ wrong: [] });
  });

  it('lets nothing bad in when a webhook is killed, which is soon started again', async () => {
    const [pod = ''] = (await podsOf('webhook')).split(' ');
    const watch = watchAdmission(api, 'rome-milan');
    kubelet.kill('leafway-system', pod);
    const restarts = '--output=jsonpath={.status.containerStatuses[0].restartCount}';
    await expect.poll(() => read('pod', pod, namespace, restarts), patience).toBe('1');
    await onCentre('wait', 'pod', pod, namespace, '--for=condition=Ready', '--timeout=60s');
    await watch.reach(20);
    // What the killed one was judging has no answer, which the API server takes for a refusal.
    const { wrong } = await watch.finish();
    expect(wrong.filter((line) => !line.includes('failed calling webhook'))).toEqual([]);
  });

  it('goes on without cert-manager, also with a Pod that starts then', async () => {
    await certManager.stop();
    await onCentre('rollout', 'restart', 'deployment/leafway-webhook', namespace);
    await onCentre('rollout', 'status', 'deployment/leafway-webhook', namespace, '--timeout=60s');
    expect((await tryShortcut(test.lab, 'bad', ['rome', 'nowhere'])).stderr).toContain('there is no LeafCluster');
    certManager = await startCertManager(test.lab);
  });

  it('stays whole while nobody can take its shortcuts down, and Helm says why', async () => {
    const controller = ['deployment/leafway-controller', namespace];
    const selector = '--selector=app.kubernetes.io/component=controller';
    await onCentre('scale', ...controller, '--replicas=0');
    await onCentre('wait', 'pods', namespace, selector, '--for=delete', '--timeout=60s');
    const whole = await takeSettledCensus(test.lab);
    await expect(release.uninstall()).rejects.toThrow(
      /VirtualNodeShortcut rome-milan: no controller holds the Lease leafway-system\/leafway-controller, .* leafway uninstall --force/,
    );
    const { removed } = compareCensuses(whole, await takeSettledCensus(test.lab));
    // A Pod that a test before replaced may still have been ending.
    expect(removed.filter((object) => !object.startsWith('central v1 Pod '))).toEqual([]);
    const finalizers = await read('leafclusters', '--output=jsonpath={.items[*].metadata.finalizers[*]}');
    expect(finalizers).toBe('leafway.dev/leaf leafway.dev/leaf');
    await onCentre('scale', ...controller, '--replicas=2');
  }, 180_000);

  it('takes the shortcuts with it and leaves what its documentation says', async () => {
    await release.uninstall();
    const { stdout } = await kubectl(test.lab, 'central', ['get', 'virtualnodeshortcuts', '--output=name']);
    expect(stdout).toBe('');
    expect((await read('leafclusters', '--output=name')).trim().split('\n')).toHaveLength(2);
    await onCentre('wait', 'pods', '--all', namespace, '--for=delete', '--timeout=60s');
    const difference = compareCensuses(before, await takeSettledCensus(test.lab));
    expect(difference.removed).toEqual([]);
    // Helm 4 labels the namespace that it is told to create, also one that is there.
    expect(difference.changed).toEqual(['central v1 Namespace leafway-system']);
    expect(difference.added).toEqual([
      // Kept by the chart, with every LeafCluster.
      'central apiextensions.k8s.io/v1 CustomResourceDefinition leafclusters.leafway.dev',
      'central apiextensions.k8s.io/v1 CustomResourceDefinition virtualnodeshortcuts.leafway.dev',
      'central apiregistration.k8s.io/v1 APIService v1alpha1.leafway.dev',
      // Not the chart's: made by `leafway leaf add`, and by cert-manager, which keeps what it has issued.
      'central v1 Secret leafway-system/leaf-milan',
      'central v1 Secret leafway-system/leaf-rome',
      'central v1 Secret leafway-system/leafway-webhook-ca',
      'central v1 Secret leafway-system/leafway-webhook-tls',
    ]);
  });

  it('is gone without a trace after `leafway uninstall`', async () => {
    const leaves = await read('leafclusters', '--output=jsonpath={.items[*].metadata.finalizers}');
    expect(leaves).toBe('');
    const { code, stderr } = await leafway(['uninstall', '--yes', '--kubeconfig', test.lab.kubeconfig('central')]);
    expect(code, stderr).toBe(0);
    const difference = compareCensuses(before, await takeSettledCensus(test.lab));
    expect(difference).toEqual({ added: [], removed: [], changed: ['central v1 Namespace leafway-system'] });
  });
});
