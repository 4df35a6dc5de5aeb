import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Census, compareCensuses } from '@leafway/lab';
import { type CommandResult, kubectl, mustKubectl, startCommand } from 'leafway/demo';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { leafChartFolder as chart } from '../support/charts/chart.ts';
import { prepareHelms, render } from '../support/charts/helm.ts';
import { leafVariants } from '../support/charts/variants.ts';
import { removeLabRights } from '../support/lab/lab-rights.ts';
import { leafway, startLab, type TestLab } from '../support/lab/leafway.ts';
import { hideGatewayKeys, looksLikeLiqo } from '../support/liqo/liqo-leaf.ts';
import { takeSettledCensus, untouched } from '../support/objects/census.ts';
import { deleteShortcut, getShortcut, makeShortcut, tryShortcut } from '../support/objects/shortcuts.ts';
import { conditionOf } from '../support/objects/wait.ts';

const account = 'system:serviceaccount:leafway-system:leafway-centre';
/** Rome's tenant namespace for milan, which somebody else made. */
const tenant = 'milan-at-rome';
const binding = ['rolebindings', 'leafway-centre-keys', `--namespace=${tenant}`];

describe('a leaf that the chart prepares', () => {
  let test: TestLab;
  let folder = '';
  let centreKubeconfig = '';
  let before: Census;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'leafway-leaf-chart-'));
    centreKubeconfig = join(folder, 'rome-centre.kubeconfig');
    test = await startLab(['central', 'rome', 'milan']);
    await forgetRome();
    const labels = ['liqo.io/remote-cluster-id=milan', 'liqo.io/tenant-namespace=true'];
    await onRome('create', 'namespace', tenant);
    await onRome('label', 'namespace', tenant, ...labels);
    await looksLikeLiqo(test.lab, 'rome');
    await hideGatewayKeys(test.lab, 'rome');
    before = await takeSettledCensus(test.lab);
  });
  afterAll(async () => {
    await test?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const onRome = (...args: string[]): Promise<CommandResult> => mustKubectl(test.lab, 'rome', args);

  /** Takes away what the lab itself prepared there for the centre. */
  async function forgetRome(): Promise<void> {
    await command('leafway', 'leaf', 'remove', 'rome');
    await mustKubectl(test.lab, 'central', ['delete', 'secret', 'leaf-rome', '--namespace=leafway-system']);
    await onRome('delete', 'serviceaccount', 'leafway-centre', '--namespace=leafway-system');
    await removeLabRights(test.lab, 'rome', ['leafway-centre']);
  }

  async function command(program: 'leafway' | 'helm', ...args: string[]): Promise<CommandResult> {
    const result =
      program === 'leafway'
        ? await leafway(['--kubeconfig', test.lab.kubeconfig('central'), ...args])
        : await helm(args);
    expect(result.code, `${program} ${args.join(' ')}: ${result.stdout}${result.stderr}`).toBe(0);
    return result;
  }

  function helm(args: readonly string[]): Promise<CommandResult> {
    const flags = ['--kubeconfig', test.lab.kubeconfig('rome'), '--namespace=leafway-system'];
    const { stdin, result } = startCommand(join(test.lab.bin, 'helm'), [...args, ...flags]);
    stdin.end();
    return result;
  }

  /** Tries something on rome with the account of the centre, and tells why it was refused. */
  async function refusal(args: readonly string[]): Promise<string> {
    const own = ['--kubeconfig', centreKubeconfig, ...args];
    const { code, stdout, stderr } = await kubectl(test.lab, 'rome', own);
    expect(code, stdout).toBe(1);
    return stderr;
  }

  const mayGetSecrets = async (...args: string[]): Promise<boolean> =>
    (await kubectl(test.lab, 'rome', ['auth', 'can-i', 'get', 'secrets', `--as=${account}`, ...args])).code === 0;

  it.each(Object.keys(leafVariants))('accepts all objects of the chart, with %s', async (name) => {
    const [helm4] = await prepareHelms();
    if (helm4 === undefined) throw new Error('there is no Helm');
    const items = await render(helm4, leafVariants[name] ?? {}, { chart });
    const dryRun = [
      'apply',
      '--server-side',
      '--force-conflicts',
      '--dry-run=server',
      '--validate=strict',
      '--filename=-',
    ];
    const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
    const { stdout } = await mustKubectl(test.lab, 'rome', dryRun, list);
    expect(stdout.trim().split('\n')).toHaveLength(items.length);
  });

  it('is refused where Liqo is not, with what to do', async () => {
    const { code, stderr } = await helm(['install', 'leafway-leaf', chart, '--set', 'liqo.namespace=absent']);
    expect(code).toBe(1);
    expect(stderr).toContain('this cluster has no namespace "absent"');
    expect(stderr).toContain('install Liqo first, set liqo.namespace');
  });

  it('is registered with two commands once the chart is there', async () => {
    const { stdout: notes } = await command(
      'helm',
      'install',
      'leafway-leaf',
      chart,
      '--set',
      'centre.readGatewayKeys=false',
    );
    expect(notes).toContain('leafway leaf kubeconfig > rome-centre.kubeconfig');
    expect(notes).toContain('leafway leaf add rome --kubeconfig rome-centre.kubeconfig');
    const made = await command('leafway', 'leaf', 'kubeconfig', '--kubeconfig', test.lab.kubeconfig('rome'));
    await writeFile(centreKubeconfig, made.stdout);
    const { stdout } = await command('leafway', 'leaf', 'add', 'rome', '--kubeconfig', centreKubeconfig);
    expect(stdout).toContain('leaf rome can be linked: data plane Liqo');
  });

  it('says in the shortcut which right is missing to read a key of Liqo, and what brings it', async () => {
    await tryShortcut(test.lab, 'rome-milan', ['rome', 'milan']);
    const message = async () => conditionOf(await getShortcut(test.lab, 'rome-milan'), 'Ready')?.message ?? '';
    await expect.poll(message, { timeout: 30_000 }).toContain(`${account} may not get secrets ${tenant}/gw-milan`);
    expect(await message()).toContain('install or upgrade the chart leafway-leaf on that cluster');
  });

  it('lets the account read Secrets in that tenant namespace alone, and the link comes up', async () => {
    await command('helm', 'upgrade', 'leafway-leaf', chart, '--set', 'centre.readGatewayKeys=true');
    await makeShortcut(test.lab, 'rome-milan', ['rome', 'milan']);
    expect(await mayGetSecrets(`--namespace=${tenant}`)).toBe(true);
    expect(await mayGetSecrets('--namespace=liqo')).toBe(false);
    expect(await mayGetSecrets('--all-namespaces')).toBe(false);
    expect((await getShortcut(test.lab, 'rome-milan')).status?.objects).toContainEqual(
      expect.objectContaining({ cluster: 'rome', kind: 'RoleBinding', namespace: tenant, origin: 'Created' }),
    );
  });

  it.each([
    ['make a namespace that is none of a tenant', ['create', 'namespace', 'mine'], 'may make tenant namespaces only'],
    [
      'make another namespace one of a tenant',
      ['label', 'namespace', 'liqo', 'liqo.io/tenant-namespace=true'],
      '"liqo"',
    ],
    [
      'label a foreign tenant namespace',
      ['label', 'namespace', tenant, 'leafway.dev/shortcut-uid=0a8a3f5e-6e0f-4f63-9a53-2f0d9d2c7b11'],
      `"${tenant}" lacks the label leafway.dev/shortcut-uid`,
    ],
    ['delete a namespace that Leafway did not make', ['delete', 'namespace', tenant], 'leafway.dev/shortcut-uid'],
    [
      'bind the role for keys elsewhere',
      [
        'create',
        'rolebinding',
        'x',
        '--namespace=liqo',
        '--clusterrole=leafway-centre-keys',
        '--serviceaccount=leafway-system:leafway-centre',
      ],
      'may change RoleBindings in tenant namespaces only',
    ],
    [
      'bind another role, although it has its rights',
      [
        'create',
        'rolebinding',
        'x',
        `--namespace=${tenant}`,
        '--clusterrole=leafway-centre',
        '--serviceaccount=leafway-system:leafway-centre',
      ],
      'may bind ClusterRole leafway-centre-keys only, not ClusterRole leafway-centre',
    ],
    [
      'bind somebody else',
      ['create', 'rolebinding', 'x', `--namespace=${tenant}`, '--clusterrole=leafway-centre-keys', '--user=jane'],
      'may bind itself only',
    ],
    [
      'list Secrets where it may read one',
      ['get', 'secrets', `--namespace=${tenant}`],
      'cannot list resource "secrets"',
    ],
  ])('does not let the account %s', async (_, args, message) => {
    expect(await refusal(args)).toContain(message);
  });

  it('takes the right back with the shortcut, and leaves the namespace of somebody else', async () => {
    await onRome('get', ...binding);
    await deleteShortcut(test.lab, 'rome-milan');
    expect((await kubectl(test.lab, 'rome', ['get', ...binding])).stderr).toContain('NotFound');
    await onRome('get', 'namespace', tenant);
  });

  it('is as before when the leaf is removed and the chart uninstalled', async () => {
    await command('leafway', 'leaf', 'remove', 'rome');
    await command('helm', 'uninstall', 'leafway-leaf', '--wait');
    expect(compareCensuses(before, await takeSettledCensus(test.lab))).toEqual(untouched);
  });
});
