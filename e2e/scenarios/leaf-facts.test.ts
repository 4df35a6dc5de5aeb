import { kinds } from '@leafway/core';
import { buildGatewayTemplate } from '@leafway/liqo';
import { kubectl, mustKubectl, warningsIn } from 'leafway/demo';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLab, type TestLab } from '../support/lab/leafway.ts';
import { killPart, restarted } from '../support/lab/parts.ts';
import { becomesLiqo } from '../support/liqo/liqo-leaf.ts';
import { readLeafKubeconfig, withNewToken, writeLeafKubeconfig } from '../support/objects/leaf-kubeconfig.ts';
import { getLeafCluster, shortcutManifest } from '../support/objects/shortcuts.ts';
import { conditionOf, waitFor, waitForLeaf } from '../support/objects/wait.ts';

const centreConfigurations = ['get', 'configurations.networking.liqo.io', '--namespace=liqo-tenant-rome', 'rome'];
const templateKind = 'wggatewayservertemplates.networking.liqo.io';

describe('what is known of a leaf', () => {
  let test: TestLab;
  beforeAll(async () => {
    test = await startLab(['central', 'rome', 'milan']);
    await becomesLiqo(test.lab, 'rome');
  });
  afterAll(() => test?.stop());

  /** The answer to a shortcut of rome and milan whose server is rome. */
  async function dryRun(gateway: object = {}): Promise<{ warnings: string[]; error: string }> {
    const manifest = shortcutManifest('rome-milan', ['rome', 'milan'], { gateway: { server: 'rome', ...gateway } });
    const { code, stderr } = await kubectl(
      test.lab,
      test.lab.centre,
      ['apply', '--dry-run=server', '--filename=-'],
      manifest,
    );
    return { warnings: warningsIn(stderr), error: code === 0 ? '' : stderr };
  }

  it('makes the plan of a Liqo leaf an expectation, and of one with our agent a promise', async () => {
    const { warnings } = await dryRun();
    expect(warnings.join('\n')).toMatch(/^seen from rome, milan's pods are expected at /m);
    expect(warnings.join('\n')).toMatch(/^seen from milan, rome's pods will be /m);
    expect(warnings.filter((line) => line.length > 120)).toEqual([]);
  });

  it('holds the name that the centre has for its pods', async () => {
    const { lab } = test;
    const { stdout } = await mustKubectl(lab, lab.centre, [
      ...centreConfigurations,
      '--output=jsonpath={.status.remote.cidr.pod[*]}',
    ]);
    expect(stdout).toMatch(/^10\./);
    expect((await getLeafCluster(lab, 'rome')).status?.networks?.podAtCentre).toEqual([stdout]);
  });

  it('refuses a template that is not there until it is', async () => {
    const { lab } = test;
    const wish = { mtu: 1400, serverTemplateRef: { name: 'mine' } };
    expect((await dryRun(wish)).error).toContain(
      'spec.gateway.serverTemplateRef: rome has no WgGatewayServerTemplate liqo/mine: use liqo/wireguard-server',
    );
    const built = buildGatewayTemplate({ role: 'Server', liqoNamespace: 'liqo' });
    const template = (args: string) =>
      JSON.stringify({
        ...built,
        metadata: { namespace: 'liqo', name: 'mine' },
        spec: { ...built.spec, template: { ...built.spec?.template, args } },
      });
    const apply = async (args: string, forwards: boolean): Promise<void> => {
      await mustKubectl(lab, 'rome', ['apply', '--filename=-'], template(args));
      await waitForLeaf(
        lab,
        'rome',
        'knowing the template',
        ({ status }) => status?.templates?.find(({ name }) => name === 'mine')?.forwards.includes('mtu') === forwards,
      );
    };
    await apply('--mtu=1340', false);
    expect((await dryRun(wish)).error).toContain(
      'spec.gateway.mtu: the WgGatewayServerTemplate liqo/mine on rome does not pass on the MTU',
    );
    await apply('--mtu={{ .Spec.MTU }}', true);
    expect((await dryRun(wish)).error).toBe('');
  });

  it('needs no templates: where their kind is not served nothing is said of them', async () => {
    const { lab } = test;
    await mustKubectl(lab, 'rome', ['delete', 'customresourcedefinition', templateKind]);
    const leaf = await waitForLeaf(lab, 'rome', 'without templates', ({ status }) => status?.templates === undefined);
    expect(conditionOf(leaf, 'Ready')?.status).toBe('True');
    expect((await dryRun({ serverTemplateRef: { name: 'anything' } })).error).toBe('');
  });

  it('warns of a credential that expires soon', async () => {
    const { lab } = test;
    const kubeconfig = await withNewToken(lab, 'milan', await readLeafKubeconfig(lab, 'milan'));
    const metadata = { namespace: 'leafway-system', name: 'short-lived' };
    const secret = JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata, stringData: { kubeconfig } });
    await mustKubectl(lab, lab.centre, ['create', '--filename=-'], secret);
    const patch = JSON.stringify({ spec: { kubeconfigSecretRef: metadata } });
    const before = (await getLeafCluster(lab, 'milan')).status?.credential?.expiresAt;
    await mustKubectl(lab, lab.centre, ['patch', 'leafclusters', 'milan', '--type=merge', '--patch', patch]);
    await waitForLeaf(
      lab,
      'milan',
      'having another credential',
      ({ status }) => status?.credential?.expiresAt !== undefined && status.credential.expiresAt !== before,
    );
    expect((await dryRun()).warnings.join('\n')).toMatch(/^the credential for milan expires in 1 hour \(\d{4}-/m);
  });

  it('names each verb that the controller lacks there, as whom, and where it is given', async () => {
    const { lab } = test;
    const own = await readLeafKubeconfig(lab, 'rome');
    const role = ['clusterrole', 'leafway-centre'];
    const { rules } = JSON.parse((await mustKubectl(lab, 'rome', ['get', ...role, '--output=json'])).stdout) as {
      rules: { resources: string[]; verbs: string[] }[];
    };
    const give = async (given: typeof rules, mayDelete: 'yes' | 'no'): Promise<void> => {
      await mustKubectl(lab, 'rome', ['patch', ...role, '--type=merge', '--patch', JSON.stringify({ rules: given })]);
      const ask = ['auth', 'can-i', 'delete', 'publickeies', '--all-namespaces', `--as=${account}`];
      await expect.poll(async () => (await kubectl(lab, 'rome', ask)).stdout.trim()).toBe(mayDelete);
      await writeLeafKubeconfig(lab, 'rome', await withNewToken(lab, 'rome', own, mayDelete === 'no' ? '3h' : '4h'));
    };
    const account = 'system:serviceaccount:leafway-system:leafway-centre';
    const weaker = rules.map((rule) =>
      rule.resources.includes('publickeies')
        ? { ...rule, verbs: rule.verbs.filter((verb) => verb !== 'delete') }
        : rule,
    );
    await give(weaker, 'no');
    const leaf = await waitForLeaf(
      lab,
      'rome',
      'lacking verbs',
      (found) => conditionOf(found, 'Permitted')?.status === 'False',
    );
    const group = 'networking.liqo.io';
    expect(leaf.status?.missingPermissions).toEqual(
      ['configurations', 'gatewayservers', 'gatewayclients', 'publickeies'].map((resource) => ({
        verb: 'delete',
        group,
        resource,
      })),
    );
    expect(conditionOf(leaf, 'Ready')).toMatchObject({
      ...{ status: 'False', reason: 'NotPermitted' },
      message: expect.stringContaining(`${account} may not, on this leaf: delete configurations.${group}; delete`),
    });
    await give(rules, 'yes');
    await waitForLeaf(lab, 'rome', 'allowed everything', (found) => conditionOf(found, 'Permitted')?.status === 'True');
  });

  it('begins when Liqo is peered with it, and ends with the peering', async () => {
    const { lab } = test;
    const { centre } = lab;
    await mustKubectl(lab, centre, ['create', '--filename=-'], JSON.stringify(identityDefinition));
    await mustKubectl(lab, centre, ['wait', '--for=condition=Established', `crd/${identityDefinition.metadata.name}`]);
    // Kinds that were not there when it started are looked for when it starts again.
    await restarted(lab, 'controller', await killPart(lab, 'controller'));
    const identity = {
      apiVersion: 'authentication.liqo.io/v1beta1',
      kind: 'Identity',
      metadata: { namespace: 'leafway-system', name: 'controlplane-berlin' },
      spec: { clusterID: 'berlin', type: 'ControlPlane' },
      status: { kubeconfigSecretRef: { name: 'leaf-milan' } },
    };
    await mustKubectl(lab, centre, ['create', '--filename=-'], JSON.stringify(identity));
    const leaf = await waitForLeaf(
      lab,
      'berlin',
      'being asked',
      (found) => conditionOf(found, 'Reachable') !== undefined,
    );
    expect(leaf.spec.kubeconfigSecretRef).toMatchObject({ namespace: 'leafway-system', name: 'leaf-milan' });
    expect(conditionOf(leaf, 'Reachable')?.message).toContain('its ID is milan');
    await mustKubectl(lab, centre, [
      'delete',
      'identities.authentication.liqo.io',
      '--all',
      '--namespace=leafway-system',
    ]);
    const gone = (object: unknown): boolean => object === undefined;
    await waitFor(lab, centre, { type: kinds.leafClusters, name: 'berlin', what: 'its end', accept: gone });
  });
});

/** As far as the controller reads it. */
const identityDefinition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'identities.authentication.liqo.io' },
  spec: {
    group: 'authentication.liqo.io',
    scope: 'Namespaced',
    names: { kind: 'Identity', plural: 'identities', singular: 'identity' },
    versions: [
      {
        ...{ name: 'v1beta1', served: true, storage: true },
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
};
