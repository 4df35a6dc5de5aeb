import { buildGatewayTemplate } from '@leafway/liqo';
import { kubectl, mustKubectl, warningsIn } from 'leafway/demo';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readLeafKubeconfig } from '../support/leaf-kubeconfig.ts';
import { startLab, type TestLab } from '../support/leafway.ts';
import { becomesLiqo } from '../support/liqo-leaf.ts';
import { getLeafCluster, shortcutManifest } from '../support/shortcuts.ts';
import { conditionOf, waitForLeaf } from '../support/wait.ts';

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
    const ask = ['create', 'token', 'leafway-centre', '--namespace=leafway-system', '--duration=2h'];
    const { stdout: token } = await mustKubectl(lab, 'milan', ask);
    const kubeconfig = (await readLeafKubeconfig(lab, 'milan')).replace(/token: .*/, `token: ${token.trim()}`);
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
});
