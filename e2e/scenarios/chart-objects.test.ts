import { connectAsAdmin } from '@leafway/lab';
import type { KubeObject } from '@leafway/reconciler';
import { kubectl, mustKubectl } from 'leafway/demo';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chartFolder } from '../support/charts/chart.ts';
import { certManagerKindFiles, monitoringKindFiles } from '../support/charts/foreign-kinds.ts';
import { type Helm, prepareHelms, render, type Values } from '../support/charts/helm.ts';
import { variants } from '../support/charts/variants.ts';
import { startLab, type TestLab } from '../support/leafway.ts';

interface Workload extends KubeObject {
  readonly spec: {
    readonly template: { readonly metadata: object; readonly spec: { readonly serviceAccountName: string } };
  };
}

interface Configuration extends KubeObject {
  readonly webhooks: readonly { readonly clientConfig: { readonly caBundle?: string } }[];
}

/** A leaf of a bare lab: unlike the centre it has nothing of this chart yet. */
const cluster = 'rome';
let test: TestLab;
let helms: readonly Helm[];
beforeAll(async () => {
  helms = await prepareHelms();
  const files = await Promise.all([certManagerKindFiles(), monitoringKindFiles()]);
  test = await startLab(['central', cluster], [], '--bare');
  const definitions = files.flat().flatMap((file) => ['--filename', file]);
  await mustKubectl(test.lab, cluster, ['apply', '--server-side', ...definitions]);
  await mustKubectl(test.lab, cluster, ['wait', '--for=condition=Established', 'crds', '--all', '--timeout=60s']);
  await mustKubectl(test.lab, cluster, ['create', 'namespace', 'tenants']);
});
afterAll(() => test?.stop());

const listOf = (items: readonly object[]): string => JSON.stringify({ apiVersion: 'v1', kind: 'List', items });

function renderVariant(name: string, namespace?: string): Promise<KubeObject[]> {
  const [helm] = helms;
  if (helm === undefined) throw new Error('there is no Helm');
  return render(helm, variants[name] ?? {}, namespace === undefined ? {} : { namespace });
}

const isWorkload = (object: KubeObject): object is Workload => ['Deployment', 'Job', 'Pod'].includes(object.kind ?? '');

describe('the objects of the chart leafway', () => {
  it.each(Object.keys(variants))('are accepted by an API server, with %s', async (name) => {
    const objects = await renderVariant(name);
    const dryRun = ['create', '--dry-run=server', '--validate=strict', '--filename=-'];
    const { code, stdout, stderr } = await kubectl(test.lab, cluster, dryRun, listOf(objects));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.trim().split('\n')).toHaveLength(objects.length);
  });

  describe('in a namespace that enforces the Pod Security level restricted', () => {
    const namespace = 'strict';
    beforeAll(async () => {
      const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
      const accounts = (await renderVariant('the defaults', namespace)).filter(({ kind }) => kind === 'ServiceAccount');
      const made = [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels } }, ...accounts];
      await mustKubectl(test.lab, cluster, ['create', '--filename=-'], listOf(made));
    });

    async function tryPods(variant: string): Promise<{ code: number | null; stderr: string }[]> {
      const workloads = (await renderVariant(variant, namespace)).filter(isWorkload);
      expect(workloads.length).toBeGreaterThanOrEqual(2);
      return Promise.all(
        workloads.map(({ metadata: { name }, spec: { template } }) => {
          const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { ...template.metadata, name, namespace } };
          const dryRun = ['create', '--dry-run=server', '--validate=strict', '--filename=-'];
          return kubectl(test.lab, cluster, dryRun, JSON.stringify({ ...pod, spec: template.spec }));
        }),
      );
    }

    it.each(['the defaults', 'certificates of the webhook itself', 'clients by a Secret'])(
      'every Pod is let in, with %s',
      async (variant) => {
        for (const { code, stderr } of await tryPods(variant))
          expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      },
    );

    it('a webhook in the network of its node is kept out, as its value says', async () => {
      const refused = (await tryPods('the network of the nodes')).filter(({ code }) => code !== 0);
      expect(refused.map(({ stderr }) => stderr)).toEqual([
        expect.stringContaining('violates PodSecurity "restricted'),
      ]);
    });
  });
});

describe('an upgrade of the chart leafway', () => {
  const bundle = Buffer.from('-----BEGIN CERTIFICATE-----\n').toString('base64');
  const kinds = ['mutatingwebhookconfigurations', 'validatingwebhookconfigurations'] as const;

  function helmRun(helm: Helm, verb: readonly string[], values: Values = {}): Promise<void> {
    const at = ['--kubeconfig', test.lab.kubeconfig(cluster), '--namespace=leafway-system'];
    return helm.run([...verb, ...at], JSON.stringify(values)).then(({ code, stderr }) => {
      if (code !== 0) throw new Error(`helm ${verb.join(' ')}: ${stderr}`);
    });
  }

  /** What cert-manager's injector does, which belongs to no release. */
  async function inject(kind: string): Promise<void> {
    const patch = [{ op: 'add', path: '/webhooks/0/clientConfig/caBundle', value: bundle }];
    const args = ['patch', kind, 'leafway', '--type=json', `--patch=${JSON.stringify(patch)}`];
    await mustKubectl(test.lab, cluster, [...args, '--field-manager=cert-manager-cainjector']);
  }

  it.each([0, 1])('never takes away whom the API server trusts (Helm %i of the two versions)', async (index) => {
    const helm = helms[index];
    if (helm === undefined) throw new Error('there is no such Helm');
    await helmRun(helm, ['install', 'leafway', chartFolder]);
    await Promise.all(kinds.map(inject));
    const api = await connectAsAdmin(test.lab, cluster);
    const stop = new AbortController();
    const seen: string[] = [];
    const watching = kinds.map(async (plural, i) => {
      const kind = ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'][i] ?? '';
      const type = { group: 'admissionregistration.k8s.io', version: 'v1', plural, kind, namespaced: false };
      const { resourceVersion } = await api.list(type, {});
      for await (const event of api.watch<Configuration>(type, { resourceVersion, signal: stop.signal })) {
        if (event.type === 'BOOKMARK') continue;
        const [webhook] = event.object.webhooks;
        seen.push(`${event.type}: ${webhook?.clientConfig.caBundle === bundle ? 'trusted' : 'not trusted'}`);
      }
    });
    await helmRun(helm, ['upgrade', 'leafway', chartFolder, '--values=-'], { commonLabels: { owner: 'network' } });
    await helmRun(helm, ['upgrade', 'leafway', chartFolder, '--values=-'], { webhook: { logLevel: 'debug' } });
    await helmRun(helm, ['rollback', 'leafway', '2']);
    // Two changes of labels in each of the three steps: on, off, on.
    await expect.poll(() => seen.length, { timeout: 30_000 }).toBe(6);
    expect(new Set(seen)).toEqual(new Set(['MODIFIED: trusted']));
    stop.abort();
    await Promise.allSettled(watching);
    await api.close();
    await helmRun(helm, ['uninstall', 'leafway', '--no-hooks', '--wait']);
    const left = await mustKubectl(test.lab, cluster, ['get', 'crds', '--output=name', '--selector=!x']);
    expect(left.stdout).toContain('virtualnodeshortcuts.leafway.dev');
    const rest = await mustKubectl(test.lab, cluster, ['get', 'all,roles,rolebindings', '-A', '--output=name']);
    expect(rest.stdout).not.toContain('leafway-webhook');
  });
});
