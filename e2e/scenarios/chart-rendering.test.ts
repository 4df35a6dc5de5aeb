import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KubeObject } from '@leafway/reconciler';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { chartFolder } from '../support/charts/chart.ts';
import { type Helm, prepareHelms, type RenderOptions, render, type Values } from '../support/charts/helm.ts';

interface Role extends KubeObject {
  readonly rules: readonly { readonly resources: readonly string[]; readonly verbs: readonly string[] }[];
}

interface Binding extends KubeObject {
  readonly roleRef: { readonly kind: string; readonly name: string };
  readonly subjects: readonly { readonly name: string; readonly namespace: string }[];
}

let helm: Helm;
beforeAll(async () => {
  const [newest] = await prepareHelms();
  if (newest === undefined) throw new Error('there is no Helm');
  helm = newest;
});

const renderWith = (values: Values, options?: RenderOptions): Promise<KubeObject[]> => render(helm, values, options);
const isRole = (object: KubeObject): object is Role => /^(Cluster)?Role$/.test(object.kind);
const isBinding = (object: KubeObject): object is Binding => /^(Cluster)?RoleBinding$/.test(object.kind);
const placeOf = ({ kind, metadata }: KubeObject): string => `${kind} ${metadata.namespace ?? '*'}/${metadata.name}`;

describe('the roles of the chart leafway', () => {
  it('are bound where they are, each to the account of its program, wherever the release is', async () => {
    const objects = await renderWith({ certManager: { enabled: false } }, { namespace: 'network' });
    const accounts = objects.filter(({ kind }) => kind === 'ServiceAccount').map(({ metadata }) => metadata.name);
    expect(accounts.toSorted()).toEqual(['leafway-check', 'leafway-controller', 'leafway-drain', 'leafway-webhook']);
    // Those are an administrator's to bind.
    const own = objects.filter(isRole).filter(({ metadata }) => !/^leafway-(admin|viewer)$/.test(metadata.name));
    const bindings = objects.filter(isBinding);
    expect(bindings.map(placeOf).toSorted()).toEqual(
      own.map((role) => placeOf(role).replace('Role ', 'RoleBinding ')).toSorted(),
    );
    for (const { kind, metadata, roleRef, subjects } of bindings) {
      expect(roleRef).toMatchObject({ kind: kind.replace('Binding', ''), name: metadata.name });
      const account = accounts.find((name) => metadata.name.startsWith(name));
      expect(subjects).toEqual([{ kind: 'ServiceAccount', name: account, namespace: 'network' }]);
    }
    const namespaces = new Set(objects.map(({ metadata }) => metadata.namespace));
    expect(namespaces).toEqual(new Set([undefined, 'network', 'liqo', 'default']));
  });

  /** Where the controller may do what with Secrets. */
  async function credentialPlaces(namespaces: readonly string[], watch = true): Promise<string[]> {
    const credentials = { namespaces, watch };
    const objects = await renderWith({ controller: { credentials }, liqo: { namespace: 'l' } });
    const readers = objects.filter(isRole).filter(({ rules }) => rules.some((r) => r.resources.includes('secrets')));
    for (const { rules } of readers) expect(rules).toMatchObject([{ resources: ['secrets'] }]);
    return readers.map((role) => `${placeOf(role)} ${role.rules[0]?.verbs.join(' ')}`);
  }

  it('let the controller read Secrets in the namespaces that are listed, and in that of the release', async () => {
    const name = 'leafway-controller-credentials';
    expect(await credentialPlaces([])).toEqual([`Role leafway-system/${name} get list watch`]);
    expect(await credentialPlaces(['a', 'liqo', 'leafway-system'])).toEqual(
      ['leafway-system', 'a', 'liqo'].map((namespace) => `Role ${namespace}/${name} get list watch`),
    );
  });

  it('never let it see all Secrets of the cluster, nor of a namespace where that is not wanted', async () => {
    const name = 'leafway-controller-credentials';
    expect(await credentialPlaces(['a', '*'])).toEqual([`ClusterRole */${name} get`]);
    expect(await credentialPlaces([], false)).toEqual([`Role leafway-system/${name} get`]);
  });

  it('let the controller make LeafClusters only where it looks for leaves', async () => {
    const makers = async (enabled: boolean): Promise<string[]> =>
      (await renderWith({ controller: { discovery: { enabled } } }))
        .map(placeOf)
        .filter((one) => one.endsWith('-discovery'));
    expect((await makers(true)).length).toBe(2);
    expect(await makers(false)).toEqual([]);
  });

  it('ask for nothing in the namespace of Liqo when the centre is told its own ID', async () => {
    const objects = await renderWith({ liqo: { clusterID: 'hub' } });
    expect(objects.filter(({ metadata }) => metadata.namespace === 'liqo')).toEqual([]);
  });

  it('let the webhook write its Secret and its configurations only when it makes its certificates itself', async () => {
    const writers = async (enabled: boolean): Promise<string[]> =>
      (await renderWith({ certManager: { enabled } })).map(placeOf).filter((place) => place.endsWith('-certificates'));
    expect(await writers(true)).toEqual([]);
    expect((await writers(false)).length).toBe(4);
  });

  it('come with a policy that holds the account of the webhook to that, wherever the release is', async () => {
    const policyOf = async (enabled: boolean): Promise<KubeObject | undefined> =>
      (await renderWith({ certManager: { enabled } }, { namespace: 'network' })).find(
        ({ kind, metadata }) =>
          kind === 'ValidatingAdmissionPolicy' && metadata.name === 'webhook-self-managed.leafway.dev',
      );
    expect(await policyOf(true)).toBeUndefined();
    expect(await policyOf(false)).toHaveProperty(
      'spec.matchConditions.0.expression',
      "request.userInfo.username == 'system:serviceaccount:network:leafway-webhook'",
    );
  });
});

describe('what the chart leafway renders', () => {
  it.each([
    [false, { maxSurge: 1, maxUnavailable: 0 }],
    [true, { maxSurge: 0, maxUnavailable: 1 }],
  ])(
    'replaces a webhook whose port is taken only after it has ended (hostNetwork: %s)',
    async (hostNetwork, rollingUpdate) => {
      const objects = await renderWith({ webhook: { hostNetwork } });
      const webhook = objects.find(
        ({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'leafway-webhook',
      );
      expect(webhook).toHaveProperty('spec.strategy', { rollingUpdate });
    },
  );

  it('never names whom the API server trusts: that is filled in by others', async () => {
    for (const enabled of [true, false]) {
      const objects = await renderWith({ certManager: { enabled } });
      const configurations = objects.filter(({ kind }) => kind.endsWith('WebhookConfiguration'));
      expect(configurations).toHaveLength(2);
      expect(JSON.stringify(configurations)).not.toContain('caBundle');
    }
  });

  it('makes hooks that go when they are done, whatever they need before the Job', async () => {
    const hooks = (await renderWith({})).filter(({ metadata }) => metadata.annotations?.['helm.sh/hook'] !== undefined);
    expect(hooks).toHaveLength(12);
    for (const { kind, metadata } of hooks) {
      expect(metadata.annotations).toMatchObject({
        'helm.sh/hook-delete-policy': 'before-hook-creation,hook-succeeded',
        'helm.sh/hook-weight': kind === 'Job' ? '0' : '-1',
      });
    }
  });

  it('passes alerts and dashboard on as they are, though these have templates of their own', async () => {
    const read = (name: string) => readFile(join(chartFolder, 'files/observability', name), 'utf8');
    const objects = await renderWith({ alerts: { enabled: true }, dashboard: { enabled: true } });
    const rule = objects.find(({ kind }) => kind === 'PrometheusRule');
    expect(rule).toMatchObject({ spec: parse(await read('alerts.yaml')) as object });
    const dashboard = objects.find(({ metadata }) => metadata.name === 'leafway-dashboard');
    const { 'leafway.json': text = '' } = (dashboard as { data?: Record<string, string> }).data ?? {};
    expect(JSON.parse(text)).toEqual(JSON.parse(await read('dashboard.json')));
  });
});
