import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KubeObject } from '@leafway/reconciler';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { chartFolder, defaultValues, overlay, valuesWith } from '../support/charts/chart.ts';
import { type Helm, prepareHelms, render, template, type Values } from '../support/charts/helm.ts';

interface ChartFile {
  readonly annotations: Readonly<Record<string, string>>;
}

interface Workload extends KubeObject {
  readonly spec?: {
    readonly template?: { readonly spec?: { readonly containers?: readonly { readonly image: string }[] } };
  };
}

let helms: readonly Helm[];
const helm4 = (): Helm => {
  const [first] = helms;
  if (first === undefined) throw new Error('there is no Helm');
  return first;
};
beforeAll(async () => {
  helms = await prepareHelms();
});

/** What Helm says about these values, whichever version it is. */
async function refusal(values: Values): Promise<string[]> {
  const results = await Promise.all(helms.map((helm) => template(helm, values)));
  return results.map(({ code, stderr }) => (code === 0 ? 'accepted' : stderr));
}

const digest = `sha256:${'a'.repeat(64)}`;

/** Values of a component that have to be chosen by hand; the others are switched, or counted up. */
const componentChanges: Values = {
  'image.repository': 'mirror/it',
  'image.digest': digest,
  logLevel: 'debug',
  'resources.requests.cpu': '1',
  'resources.requests.memory': '1Gi',
  'resources.limits.memory': '2Gi',
  topologySpread: [],
  'nodeSelector.kubernetes.io/os': 'plan9',
  tolerations: [{ key: 'edge', operator: 'Exists' }],
  affinity: { nodeAffinity: {} },
  priorityClassName: 'system-cluster-critical',
  podLabels: { team: 'network' },
  podAnnotations: { 'example.com/scrape': 'no' },
};

const changes: Values = {
  ...Object.fromEntries(Object.entries(componentChanges).map(([name, value]) => [`webhook.${name}`, value])),
  ...Object.fromEntries(Object.entries(componentChanges).map(([name, value]) => [`controller.${name}`, value])),
  'image.registry': 'registry.example.com:5000/leafway',
  'image.tag': '9.9.9',
  'image.pullPolicy': 'Always',
  'image.pullSecrets': ['registry'],
  'webhook.clientCA.configMap': 'clients',
  'webhook.clientCA.secret': 'clients',
  'webhook.clientCA.key': 'authorities.pem',
  'webhook.clientCA.commonName': 'kube-apiserver',
  'controller.credentials.namespaces': ['tenants'],
  'liqo.namespace': 'liqo-system',
  'liqo.clusterID': 'hub',
  'certManager.issuerRef.name': 'company',
  'certManager.issuerRef.kind': 'ClusterIssuer',
  'certManager.issuerRef.group': 'awspca.cert-manager.io',
  'certManager.duration': '4000h',
  'certManager.renewBefore': '100h',
  'drain.timeout': '90s',
  'networkPolicy.apiServer.cidrs': ['192.0.2.1/32'],
  'networkPolicy.apiServer.ports': [8443],
  'networkPolicy.leaves.cidrs': ['198.51.100.0/24'],
  'networkPolicy.leaves.ports': [7443],
  'networkPolicy.metricsFrom': [{ namespaceSelector: {} }],
  'serviceMonitor.interval': '1m',
  'serviceMonitor.labels': { release: 'prometheus' },
  'alerts.labels': { release: 'prometheus' },
  'dashboard.labels.grafana_dashboard': '2',
  'dashboard.annotations': { 'grafana/folder': 'Network' },
  listenAddress: '[::]',
  commonLabels: { owner: 'network' },
  commonAnnotations: { 'example.com/owner': 'network' },
};

/** What has to be set for a value to matter, by the beginning of its path. */
const needed: readonly (readonly [string, Values])[] = [
  ['webhook.clientCA.key', { webhook: { clientCA: { configMap: 'clients' } } }],
  ['webhook.clientCA.commonName', { webhook: { clientCA: { configMap: 'clients' } } }],
  ['certManager.issuerRef.kind', { certManager: { issuerRef: { name: 'company' } } }],
  ['certManager.issuerRef.group', { certManager: { issuerRef: { name: 'company' } } }],
  ...['networkPolicy', 'serviceMonitor', 'alerts', 'dashboard'].map(
    (group) => [`${group}.`, { [group]: { enabled: true } }] as const,
  ),
];

function changed(path: string, value: unknown): unknown {
  if (path in changes) return changes[path];
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'number') return value + 1;
  throw new Error(`say in \`changes\` what ${path} is changed to`);
}

/** Each version of Helm has an order of its own. */
function byName(objects: readonly KubeObject[]): KubeObject[] {
  const nameOf = ({ kind, metadata }: KubeObject): string => `${kind} ${metadata.namespace}/${metadata.name}`;
  return objects.toSorted((a, b) => nameOf(a).localeCompare(nameOf(b)));
}

/** Renders what many values are compared with only once. */
const rendered = new Map<string, Promise<KubeObject[]>>();
function renderOnce(values: Values): Promise<KubeObject[]> {
  const key = JSON.stringify(values);
  const found = rendered.get(key) ?? render(helm4(), values);
  rendered.set(key, found);
  return found;
}

describe('the values of the chart leafway', () => {
  it('pass lint in both versions of Helm', async () => {
    for (const helm of helms) {
      const { code, stdout, stderr } = await helm.run(['lint', '--strict', chartFolder, '--kube-version=1.36.0']);
      expect(code, stdout + stderr).toBe(0);
    }
  });

  it.each(defaultValues().map(({ path, value }) => [path.join('.'), path, value] as const))(
    '%s changes what is rendered',
    async (name, path, value) => {
      const isSwitch = name.endsWith('.enabled');
      const base = isSwitch ? {} : (needed.find(([beginning]) => name.startsWith(beginning))?.[1] ?? {});
      const [before, after] = await Promise.all([
        renderOnce(base),
        render(helm4(), overlay(base, valuesWith(path, changed(name, value)))),
      ]);
      expect(after).not.toEqual(before);
    },
  );

  it.each<[string, Values, string]>([
    ['no replica', { webhook: { replicas: 0 } }, "at '/webhook/replicas': minimum: got 0, want 1"],
    ['a word for a number', { controller: { replicas: 'two' } }, "at '/controller/replicas': got string, want integer"],
    ['a word for a switch', { certManager: { enabled: 'no' } }, "at '/certManager/enabled': got string, want boolean"],
    ['a misspelt name', { webhook: { replica: 3 } }, "at '/webhook': additional properties 'replica' not allowed"],
    ['an unknown group', { webhok: {} }, "additional properties 'webhok' not allowed"],
    ['a registry with a scheme', { image: { registry: 'https://ghcr.io' } }, "at '/image/registry': 'https://ghcr.io'"],
    ['a tag with blanks', { image: { tag: 'v 1' } }, "at '/image/tag': 'v 1' does not match pattern"],
    ['a tag that YAML takes for a number', { image: { tag: 1.3 } }, "at '/image/tag': got number, want string"],
    ['half a digest', { webhook: { image: { digest: 'sha256:12' } } }, "at '/webhook/image/digest': 'sha256:12'"],
    [
      'a budget with which no node can be drained',
      { webhook: { podDisruptionBudget: { maxUnavailable: 0 } } },
      "at '/webhook/podDisruptionBudget/maxUnavailable': minimum: got 0, want 1",
    ],
    ['a level of logging that is none', { webhook: { logLevel: 'verbose' } }, 'value must be one of'],
    [
      'an address without a prefix',
      { networkPolicy: { leaves: { cidrs: ['10.0.0.1'] } } },
      "'10.0.0.1' does not match",
    ],
    [
      'a name of clients on two lines',
      { webhook: { clientCA: { configMap: 'clients', commonName: 'a\nb' } } },
      "at '/webhook/clientCA/commonName': 'a\\nb' does not match pattern",
    ],
    [
      'what can be no label of a node',
      { webhook: { topologySpread: [{ topologyKey: 'zone: a' }] } },
      "at '/webhook/topologySpread/0/topologyKey': 'zone: a' does not match pattern",
    ],
    ['a time without a unit', { drain: { timeout: '300' } }, "at '/drain/timeout': '300' does not match pattern"],
  ])('refuse %s, in both versions of Helm', async (_, values, words) => {
    for (const said of await refusal(values)) expect(said).toContain(words);
  });

  it.each<[string, Values, string]>([
    [
      'a certificate that is renewed before it is made',
      { certManager: { duration: '24h', renewBefore: '24h' } },
      'certManager.renewBefore (24h) is not shorter than certManager.duration (24h)',
    ],
    [
      'authorities from two places',
      { webhook: { clientCA: { configMap: 'a', secret: 'b' } } },
      'webhook.clientCA names both a configMap and a secret',
    ],
    [
      'a name of clients without authorities',
      { webhook: { clientCA: { commonName: 'kube-apiserver' } } },
      'webhook.clientCA.commonName is set without authorities',
    ],
    [
      'two servers on one port',
      { webhook: { port: 8443, healthPort: 8443 } },
      'webhook.port and webhook.healthPort are both 8443',
    ],
    [
      "the kubelet's port in the kubelet's network",
      { webhook: { hostNetwork: true, port: 10_250 } },
      "port 10250, which is the kubelet's on every node",
    ],
  ])('refuse %s', async (_, values, words) => {
    for (const said of await refusal(values)) expect(said).toContain(words);
  });

  it('stay text although YAML would take them for numbers, for switches or for more than one value', async () => {
    const values = {
      certManager: { issuerRef: { name: '1' } },
      image: { pullSecrets: ['1e3'] },
      webhook: {
        clientCA: { configMap: 'null', commonName: `it's "a": \\ #b` },
        priorityClassName: 'true',
        topologySpread: [{ topologyKey: '2' }],
      },
    };
    for (const helm of helms) {
      const objects = await render(helm, values, { namespace: '123' });
      const namespaces = new Set(objects.map(({ metadata }) => metadata.namespace));
      expect(namespaces).toEqual(new Set([undefined, '123', 'liqo', 'default']));
      expect(
        objects.find(({ kind, metadata }) => kind === 'Certificate' && metadata.name === 'leafway-webhook'),
      ).toMatchObject({
        spec: { issuerRef: { name: '1' } },
      });
      const webhook = objects.find(
        ({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'leafway-webhook',
      );
      expect(webhook).toHaveProperty(
        'spec.template.spec',
        expect.objectContaining({
          imagePullSecrets: [{ name: '1e3' }],
          priorityClassName: 'true',
          topologySpreadConstraints: [expect.objectContaining({ topologyKey: '2' })],
          volumes: expect.arrayContaining([{ name: 'clients', configMap: { name: 'null' } }]),
          containers: [expect.objectContaining({ args: expect.arrayContaining([`--client-name=it's "a": \\ #b`]) })],
        }),
      );
    }
  });

  it('refuse what the cluster does not serve, with the ways out', async () => {
    for (const helm of helms) {
      const bare = await template(helm, {}, { apiVersions: [] });
      expect(bare.stderr).toContain('this cluster does not serve cert-manager.io/v1: install cert-manager first');
      expect(bare.stderr).toContain('or set certManager.enabled=false');
      expect(bare.stderr).toContain('add --api-versions cert-manager.io/v1');
      const selfManaged = { certManager: { enabled: false } };
      expect((await template(helm, selfManaged, { apiVersions: [] })).code).toBe(0);
      for (const name of ['serviceMonitor', 'alerts']) {
        const { stderr } = await template(helm, { ...selfManaged, [name]: { enabled: true } }, { apiVersions: [] });
        expect(stderr).toContain(`${name}.enabled is true, but this cluster does not serve monitoring.coreos.com/v1`);
      }
    }
  });

  it('stand beside what Artifact Hub is told: the images and kinds that the chart really has', async () => {
    const { annotations } = parse(await readFile(join(chartFolder, 'Chart.yaml'), 'utf8')) as ChartFile;
    const told = (name: string) => parse(annotations[`artifacthub.io/${name}`] ?? '') as Record<string, string>[];
    const objects = await renderOnce({});
    const containers = objects.flatMap((object) => (object as Workload).spec?.template?.spec?.containers ?? []);
    expect(new Set(told('images').map(({ image }) => image))).toEqual(new Set(containers.map(({ image }) => image)));
    const definitions = objects.filter(({ kind }) => kind === 'CustomResourceDefinition');
    const names = definitions.map(({ metadata }) => metadata.name);
    expect(new Set(told('crds').map(({ name }) => name))).toEqual(new Set(names));
    for (const { metadata } of definitions) expect(metadata.annotations).toEqual({ 'helm.sh/resource-policy': 'keep' });
  });

  it('are the same for both versions of Helm, which render the same', async () => {
    const [four = [], three = []] = await Promise.all(helms.map((helm) => render(helm, {})));
    expect(four.length).toBeGreaterThan(30);
    expect(byName(three)).toEqual(byName(four));
  });

  it('may come with what a parent chart shares with all of its charts', async () => {
    expect(await render(helm4(), { global: { region: 'eu' } })).toEqual(await render(helm4(), {}));
  });
});
