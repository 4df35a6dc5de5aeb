import type { KubeObject } from '@leafway/reconciler';
import { beforeAll, describe, expect, it } from 'vitest';
import { leafChartFolder as chart, defaultValues, overlay, valuesWith } from '../support/charts/chart.ts';
import { type Helm, prepareHelms, render, template, type Values } from '../support/charts/helm.ts';
import { leafVariants } from '../support/charts/variants.ts';

let helms: readonly Helm[];
beforeAll(async () => {
  helms = await prepareHelms();
});

function helm4(): Helm {
  const [first] = helms;
  if (first === undefined) throw new Error('there is no Helm');
  return first;
}

/** Of roles and bindings what says who may what. */
interface RightsObject extends KubeObject {
  readonly roleRef?: { readonly name: string };
  readonly subjects?: readonly { readonly name: string }[];
  readonly rules?: readonly { readonly apiGroups: string[]; readonly resources: string[]; readonly verbs: string[] }[];
}

const withAgent = leafVariants['the agent'] ?? {};

/** Values that have to be chosen by hand; switches are switched. */
const changes: Values = {
  'liqo.namespace': 'liqo-system',
  'agent.namespace': 'agents',
  'centre.clusterID': 'hub',
  'agent.clusterID': 'milan',
  'agent.podCIDRs': ['10.244.0.0/16'],
  'agent.serviceCIDR': '10.96.0.0/12',
  'agent.externalCIDR': '10.71.0.0/16',
  'agent.internalCIDR': '10.81.0.0/16',
  'agent.reservedCIDRs': ['192.0.2.0/24'],
  'agent.nodeAddress': '192.0.2.10',
  'agent.healthPort': 10_272,
  'agent.image.repository': 'mirror/agent',
  'agent.image.digest': `sha256:${'a'.repeat(64)}`,
  'agent.resources.requests.cpu': '1',
  'agent.resources.requests.memory': '1Gi',
  'agent.resources.limits.memory': '2Gi',
  'agent.priorityClassName': 'system-cluster-critical',
  'image.registry': 'registry.example.com:5000/leafway',
  'image.tag': '9.9.9',
  'image.pullPolicy': 'Always',
  'image.pullSecrets': ['registry'],
  commonLabels: { owner: 'network' },
  commonAnnotations: { 'example.com/owner': 'network' },
};

/** What Helm says about these values, whichever version it is. */
async function refusal(values: Values): Promise<string[]> {
  const results = await Promise.all(helms.map((helm) => template(helm, values, { chart })));
  return results.map(({ code, stderr }) => (code === 0 ? 'accepted' : stderr));
}

describe('the values of the chart leafway-leaf', () => {
  it('pass lint in both versions of Helm', async () => {
    for (const helm of helms) {
      const { code, stdout, stderr } = await helm.run(['lint', '--strict', chart, '--kube-version=1.36.0']);
      expect(code, stdout + stderr).toBe(0);
    }
  });

  it.each(defaultValues(chart).map(({ path, value }) => [path.join('.'), path, value] as const))(
    '%s changes what is rendered',
    async (name, path, value) => {
      const base = /^(agent\.(?!enabled)|crds|image)/.test(name) ? withAgent : {};
      const changed = name === 'agent.enabled' ? withAgent : valuesWith(path, changes[name] ?? !value);
      const [before, after] = await Promise.all([
        render(helm4(), base, { chart }),
        render(helm4(), overlay(base, changed), { chart }),
      ]);
      expect(after).not.toEqual(before);
    },
  );

  it.each<[string, Values, string]>([
    ['a word for a switch', { agent: { enabled: 'yes' } }, "at '/agent/enabled': got string, want boolean"],
    ['a misspelt name', { centre: { tokenSecrets: {} } }, "additional properties 'tokenSecrets' not allowed"],
    ['an unknown group', { center: {} }, "additional properties 'center' not allowed"],
    [
      'a namespace that is none',
      { liqo: { namespace: 'Liqo' } },
      "at '/liqo/namespace': 'Liqo' does not match pattern",
    ],
    ['an ID in capitals', { agent: { clusterID: 'Rome' } }, "at '/agent/clusterID': 'Rome' does not match pattern"],
    ['a range for ranges', { agent: { podCIDRs: '10.0.0.0/8' } }, "at '/agent/podCIDRs': got string, want array"],
    ['a range without a prefix', { agent: { podCIDRs: ['10.0.0.0'] } }, "'10.0.0.0' does not match pattern"],
    ['a range that is none', { agent: { externalCIDR: '10.0.0.0/33' } }, "'10.0.0.0/33' does not match pattern"],
    ['an amount that is none', { agent: { resources: { limits: { cpu: 'x' } } } }, "'x' does not match pattern"],
    ['a name for an address', { agent: { nodeAddress: 'gw.example' } }, "'gw.example' does not match pattern"],
    ['an agent without an ID', overlay(withAgent, { agent: { clusterID: '' } }), 'agent.clusterID is not set'],
    ['an agent without pods', overlay(withAgent, { agent: { podCIDRs: [] } }), 'agent.podCIDRs is not set'],
    ['an agent without Services', overlay(withAgent, { agent: { serviceCIDR: '' } }), 'agent.serviceCIDR is not set'],
  ])('refuse %s, in both versions of Helm', async (_, values, words) => {
    for (const said of await refusal(values)) expect(said).toContain(words);
  });

  it.each(Object.keys(leafVariants))('render the same in both versions of Helm, with %s', async (name) => {
    const render4and3 = helms.map((helm) => render(helm, leafVariants[name] ?? {}, { chart }));
    const [four = [], three = []] = (await Promise.all(render4and3)).map((objects) =>
      objects.map((object) => JSON.stringify(object)).sort(),
    );
    expect(three).toEqual(four);
  });

  it.each(['the defaults', 'no rights for keys', 'the agent', 'everything'])(
    'let nobody read Secrets in the whole cluster on behalf of the centre, with %s',
    async (name) => {
      const objects = (await render(helm4(), leafVariants[name] ?? {}, { chart })) as readonly RightsObject[];
      const bound = objects.flatMap(({ kind, roleRef, subjects = [] }) =>
        kind === 'ClusterRoleBinding' && subjects.some((subject) => subject.name === 'leafway-centre')
          ? [roleRef?.name]
          : [],
      );
      const hasKeys = name === 'the defaults';
      expect(bound).toEqual(['leafway-centre', ...(hasKeys ? ['leafway-centre-key-bindings'] : [])]);
      const named = objects.filter(({ roleRef }) => roleRef?.name === 'leafway-centre-keys');
      expect(named, 'only the controller makes bindings of this role').toEqual([]);
      const roles = objects.filter(({ kind }) => kind === 'ClusterRole');
      expect(roles.some(({ metadata }) => metadata.name === 'leafway-centre-keys')).toBe(hasKeys);
      const rules = roles.flatMap(({ metadata, rules = [] }) => (bound.includes(metadata.name) ? rules : []));
      expect(rules.length).toBeGreaterThan(5);
      expect(rules.filter(({ resources }) => resources.some((each) => /^(secrets|\*)(\/|$)/.test(each)))).toEqual([]);
      expect(rules.filter(({ verbs, apiGroups }) => [...verbs, ...apiGroups].includes('*'))).toEqual([]);
    },
  );

  it.each([
    ['the release', 'leafway-system'],
    ['Liqo', 'liqo'],
  ])('refuse the namespace of %s for the privileged agent', async (_, namespace) => {
    for (const said of await refusal(overlay(withAgent, { agent: { namespace } })))
      expect(said).toContain(`agent.namespace is ${namespace}, which is`);
  });

  it('stay texts where they look like numbers', async () => {
    const values = overlay(withAgent, { liqo: { namespace: '0777' }, agent: { namespace: '1e3', clusterID: '12' } });
    const objects = await render(helm4(), { ...values, image: { pullSecrets: ['5'] } }, { chart, namespace: '999' });
    const namespaces = objects.flatMap(({ metadata }) => metadata.namespace ?? []);
    expect(new Set(namespaces)).toEqual(new Set(['999', '1e3', '0777']));
    expect(JSON.stringify(objects)).toContain('"--cluster-id=12"');
    expect(JSON.stringify(objects)).toContain('"imagePullSecrets":[{"name":"5"}]');
  });
});
