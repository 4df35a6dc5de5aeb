import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectAsAdmin } from '@leafway/lab';
import type { KubeApi, KubeObject } from '@leafway/reconciler';
import { type CommandResult, kubectl, mustKubectl, startCommand } from 'leafway/demo';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chartFolder } from '../support/charts/chart.ts';
import { certManagerKindFiles, monitoringKindFiles } from '../support/charts/foreign-kinds.ts';
import { type Helm, prepareHelms, render, type Values } from '../support/charts/helm.ts';
import { schemaLocation, writeSchemas } from '../support/charts/openapi-schemas.ts';
import { variants } from '../support/charts/variants.ts';
import { prepareGoTool } from '../support/go-tools.ts';
import { startLab, type TestLab } from '../support/lab/leafway.ts';

interface Workload extends KubeObject {
  readonly spec: {
    readonly template: {
      readonly metadata: object;
      readonly spec: { readonly containers: readonly { readonly args: readonly string[] }[] };
    };
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

/** The objects of all variants, each that differs. */
async function renderAll(): Promise<KubeObject[]> {
  const objects = (await Promise.all(Object.keys(variants).map((name) => renderVariant(name)))).flat();
  return [...new Map(objects.map((object) => [JSON.stringify(object), object])).values()];
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

  it('pass kubeconform with the schemas of that API server, which refuses what they do not have', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'leafway-schemas-'));
    try {
      const { stdout: openAPI } = await mustKubectl(test.lab, cluster, ['get', '--raw=/openapi/v2']);
      await writeSchemas(JSON.parse(openAPI) as Record<string, unknown>, folder);
      const kubeconform = await prepareGoTool('kubeconform');
      const judge = async (objects: readonly object[]): Promise<CommandResult> => {
        const args = ['-strict', '-summary', '-schema-location', schemaLocation(folder), '-'];
        const { stdin, result } = startCommand(kubeconform, args);
        stdin.end(objects.map((object) => JSON.stringify(object)).join('\n---\n'));
        return result;
      };
      const objects = await renderAll();
      const good = await judge(objects);
      expect(good.stdout).toContain(`Valid: ${objects.length}, Invalid: 0, Errors: 0, Skipped: 0`);
      const spoilt = objects.filter(isWorkload).map((object) => ({ ...object, spec: { ...object.spec, replicaz: 3 } }));
      expect((await judge(spoilt)).stdout).toContain(`Valid: 0, Invalid: ${spoilt.length}`);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('start the programs with flags that these know', async () => {
    const { webhook, controller } = test.lab.plan.programs;
    const commands = (await renderAll()).filter(isWorkload).map(({ metadata, spec }) => {
      const program = metadata.name === 'leafway-webhook' ? webhook : controller;
      return [...program, ...(spec.template.spec.containers[0]?.args ?? [])];
    });
    const different = new Map(commands.map((command) => [command.join(' '), command]));
    expect(different.size).toBeGreaterThan(8);
    for (const [line, [node = '', ...args]] of different) {
      // When all flags are read they look for their files, and stop at the first that is not there.
      const { stdin, result } = startCommand(node, [...args, '--kubeconfig=/nowhere']);
      stdin.end();
      expect((await result).stderr, line).toMatch(/no such file or directory, open '\/(nowhere|etc\/leafway\/)/);
    }
  });

  describe('in a namespace that enforces the Pod Security level restricted', () => {
    const namespace = 'strict';
    beforeAll(async () => {
      const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
      const accounts = (await renderVariant('the defaults', namespace))
        .filter(({ kind }) => kind === 'ServiceAccount')
        .map(({ apiVersion, kind, metadata: { name } }) => ({ apiVersion, kind, metadata: { name, namespace } }));
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

describe.each([4, 3])('the chart leafway in the hands of Helm %i', (major) => {
  const release = ['leafway', '--namespace=leafway-system'];
  const bundle = Buffer.from('-----BEGIN CERTIFICATE-----\n').toString('base64');
  const configurations = [
    ['mutatingwebhookconfigurations', 'MutatingWebhookConfiguration'],
    ['validatingwebhookconfigurations', 'ValidatingWebhookConfiguration'],
  ] as const;

  function run(verb: string, args: readonly string[] = [], values?: Values): Promise<CommandResult> {
    const helm = helms.find((one) => one.major === major);
    if (helm === undefined) throw new Error(`there is no Helm ${major}`);
    const file = values === undefined ? [] : ['--values=-'];
    const kubeconfig = `--kubeconfig=${test.lab.kubeconfig(cluster)}`;
    return helm.run([verb, ...release, ...args, ...file, kubeconfig], JSON.stringify(values ?? {}));
  }

  async function mustRun(verb: string, args: readonly string[] = [], values?: Values): Promise<string> {
    const { code, stdout, stderr } = await run(verb, args, values);
    if (code !== 0) throw new Error(`helm ${verb}: ${stderr}`);
    return stdout;
  }

  let api: KubeApi & { close(): Promise<void> };
  const stop = new AbortController();
  beforeAll(async () => {
    api = await connectAsAdmin(test.lab, cluster);
  });
  afterAll(async () => {
    stop.abort();
    await run('uninstall', ['--no-hooks', '--ignore-not-found']);
    await api.close();
  });

  it('is not installed where the namespace of Liqo is missing, which is said with the ways out', async () => {
    const { code, stderr } = await run('install', [chartFolder], { liqo: { namespace: 'absent' } });
    expect(code).not.toBe(0);
    expect(stderr).toContain('this cluster has no namespace "absent", where Liqo keeps the cluster\'s own ID');
    expect(stderr).toContain('liqo.clusterID to a name for it');
  });

  it('tells after the installation what comes next', async () => {
    const told = await mustRun('install', [chartFolder], { webhook: { replicas: 1 }, drain: { enabled: false } });
    for (const words of ['helm test leafway -n leafway-system', 'leafway leaf add rome', 'kubectl apply -f -']) {
      expect(told).toContain(words);
    }
    expect(told).toContain('Note: one replica of the webhook runs.');
    expect(told).toContain('Note: `helm uninstall` will leave the shortcuts as they are');
  });

  it('is upgraded and rolled back without a moment in which the API server does not trust the webhook', async () => {
    // What cert-manager's injector does, which belongs to no release.
    for (const [plural] of configurations) {
      const patch = [{ op: 'add', path: '/webhooks/0/clientConfig/caBundle', value: bundle }];
      const args = ['patch', plural, 'leafway', '--type=json', `--patch=${JSON.stringify(patch)}`];
      await mustKubectl(test.lab, cluster, [...args, '--field-manager=cert-manager-cainjector']);
    }
    const seen: string[] = [];
    for (const [plural, kind] of configurations) {
      const type = { group: 'admissionregistration.k8s.io', version: 'v1', plural, kind, namespaced: false };
      const { resourceVersion } = await api.list(type, {});
      const follow = async (): Promise<void> => {
        for await (const event of api.watch<Configuration>(type, { resourceVersion, signal: stop.signal })) {
          if (event.type === 'BOOKMARK') continue;
          const [webhook] = event.object.webhooks;
          seen.push(`${event.type}: ${webhook?.clientConfig.caBundle === bundle ? 'trusted' : 'not trusted'}`);
        }
      };
      follow().catch((error: unknown) => stop.signal.aborted || seen.push(String(error)));
    }
    await mustRun('upgrade', [chartFolder], { commonLabels: { owner: 'network' } });
    await mustRun('upgrade', [chartFolder], { webhook: { logLevel: 'debug' } });
    await mustRun('rollback', ['2']);
    // A label comes, goes and comes back, in both configurations.
    await expect.poll(() => seen.length, { timeout: 30_000 }).toBe(6);
    expect(new Set(seen)).toEqual(new Set(['MODIFIED: trusted']));
  });

  it('leaves only the definitions behind', async () => {
    await mustRun('uninstall', ['--no-hooks', '--wait']);
    const kinds = 'deployments,services,serviceaccounts,secrets,roles,clusterroles,crds,certificates,issuers';
    const labelled = '--selector=app.kubernetes.io/name=leafway';
    const left = await mustKubectl(test.lab, cluster, ['get', kinds, '--all-namespaces', '--output=name', labelled]);
    expect(left.stdout).toBe('');
    const definitions = await mustKubectl(test.lab, cluster, ['get', 'crds', '--output=name']);
    expect(definitions.stdout).toContain('virtualnodeshortcuts.leafway.dev');
  });
});
