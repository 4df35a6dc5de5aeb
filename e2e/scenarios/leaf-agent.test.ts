import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { directAddress, runInFrame } from '@leafway/lab';
import { type CommandResult, fetchFromPod, kubectl, mustKubectl, startCommand } from 'leafway/demo';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { leafChartFolder as chart } from '../support/charts/chart.ts';
import { removeLabRights } from '../support/lab/lab-rights.ts';
import { leafway, startLab, type TestLab } from '../support/lab/leafway.ts';
import { type AgentDeployment, agentCommand, becomeRealNode, startInLab } from '../support/lab/real-node.ts';
import { deleteShortcut, getShortcut, makeShortcut } from '../support/objects/shortcuts.ts';

const mebibyte = 1024 * 1024;

/** A namespace in which the agent may keep keys, of a cluster that is not there. */
const tenant = 'liqo-tenant-oslo';

const aNode = (name: string) => ({ apiVersion: 'v1', kind: 'Node', metadata: { name } });
const liqo = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'liqo-controller-manager', namespace: 'liqo', labels: { 'app.kubernetes.io/part-of': 'liqo' } },
  spec: {
    replicas: 0,
    selector: { matchLabels: { app: 'liqo' } },
    template: { metadata: { labels: { app: 'liqo' } }, spec: { containers: [{ name: 'liqo', image: 'liqo' }] } },
  },
};

/** Rome's node is no part of the lab any more but for the wire that it hangs on; milan has the lab's own agent. */
describe('a cluster of one node with the agent of the chart', () => {
  let test: TestLab;
  let folder = '';
  let address = '';
  let command: string[] = [];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'leafway-leaf-agent-'));
    test = await startLab(['central', 'rome', 'milan']);
    address = await becomeRealNode(test.lab, 'rome');
    await removeLabRights(test.lab, 'rome');
    await createOnRome(aNode('only'));
    await mustKubectl(test.lab, 'rome', ['create', 'namespace', tenant]);
  });
  afterAll(async () => {
    await test?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const createOnRome = (object: object): Promise<CommandResult> =>
    mustKubectl(test.lab, 'rome', ['create', '--filename=-'], JSON.stringify(object));

  /** The kinds, namespaces and accounts that the lab made there before become the chart's. */
  function install(): Promise<CommandResult> {
    const { networks } = test.lab.plan.clusters.find(({ id }) => id === 'rome') ?? {};
    const values = {
      agent: {
        enabled: true,
        clusterID: 'rome',
        podCIDRs: [networks?.pod],
        serviceCIDR: networks?.service,
        externalCIDR: networks?.external,
        internalCIDR: networks?.internal,
        reservedCIDRs: networks?.reserved,
      },
    };
    const at = ['--kubeconfig', test.lab.kubeconfig('rome'), '--namespace=leafway-system', '--values=-'];
    const args = ['install', 'leafway-leaf', chart, ...at, '--take-ownership', '--force-conflicts'];
    const { stdin, result } = startCommand(join(test.lab.bin, 'helm'), args);
    stdin.end(JSON.stringify(values));
    return result;
  }

  it.each([
    ['a second node', aNode('second'), 'this cluster has 2 nodes, and the agent would connect the pods of one'],
    ['Liqo', liqo, 'Liqo runs this cluster (Deployment liqo/liqo-controller-manager)'],
  ])('does not take it beside %s', async (_, object, reason) => {
    await createOnRome(object);
    const { code, stderr } = await install();
    expect(code).toBe(1);
    expect(stderr).toContain(reason);
    await mustKubectl(test.lab, 'rome', ['delete', '--filename=-'], JSON.stringify(object));
  });

  it('gets an account that may do what the agent does, in a namespace that lets its Pod in', async () => {
    const { code, stderr, stdout } = await install();
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('leafway leaf add rome');
    const get = ['get', 'deployment', 'leafway-agent', '--namespace=leafway-agent', '--output=json'];
    const deployment = JSON.parse((await mustKubectl(test.lab, 'rome', get)).stdout) as AgentDeployment;
    const { spec } = deployment.spec.template;
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'try', namespace: 'leafway-agent' }, spec };
    const dryRun = ['create', '--dry-run=server', '--validate=strict', '--filename=-'];
    expect((await kubectl(test.lab, 'rome', dryRun, JSON.stringify(pod))).stderr).toBe('');
    const account = ['--namespace', 'leafway-agent', '--account', 'leafway-agent'];
    const made = await leafway(['leaf', 'kubeconfig', '--kubeconfig', test.lab.kubeconfig('rome'), ...account]);
    const kubeconfig = join(folder, 'agent.kubeconfig');
    await writeFile(kubeconfig, made.stdout);
    command = agentCommand(test.lab, deployment, { address, kubeconfig });
  });

  it.each([
    ['the token of another account', 'kube-system', 'may make, change and delete Secrets in tenant namespaces only'],
    ['such a token in a tenant namespace', tenant, 'only keys of gateways'],
  ])('has an account that cannot make a Secret for %s', async (_, namespace, reason) => {
    const annotations = { 'kubernetes.io/service-account.name': 'default' };
    const labels = { 'liqo.io/remote-cluster-id': 'oslo', 'networking.liqo.io/gateway-resource': 'true' };
    const metadata = { name: 'gw-oslo', namespace, labels, annotations };
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata, type: 'kubernetes.io/service-account-token' };
    const as = '--as=system:serviceaccount:leafway-agent:leafway-agent';
    const args = ['create', '--dry-run=server', '--filename=-', as];
    expect((await kubectl(test.lab, 'rome', args, JSON.stringify(secret))).stderr).toContain(reason);
    expect((await kubectl(test.lab, 'rome', args, JSON.stringify({ ...secret, type: 'Opaque' }))).code).toBe(
      namespace === tenant ? 0 : 1,
    );
  });

  it.each([
    ['a second node', aNode('second'), 'leafway-agent: this cluster has 2 nodes (only, second)'],
    ['Liqo', liqo, 'leafway-agent: Liqo runs this cluster (Deployment liqo/liqo-controller-manager)'],
  ])('has an agent that does not start beside %s', async (_, object, reason) => {
    await createOnRome(object);
    await expect(runInFrame(test.lab, command)).rejects.toThrow(reason);
    await mustKubectl(test.lab, 'rome', ['delete', '--filename=-'], JSON.stringify(object));
  });

  it.each(['rome', 'milan'])('is linked at the address of its node, when %s has the server', async (server) => {
    if (server === 'rome') startInLab(test.lab, command, join(folder, 'agent.log'));
    const { lab } = test;
    await makeShortcut(lab, 'rome-milan', ['rome', 'milan'], { gateway: { server } });
    if (server === 'rome') {
      const { clusters = [] } = (await getShortcut(lab, 'rome-milan')).status ?? {};
      expect(clusters.find(({ id }) => id === 'rome')?.gateway?.endpoint).toContain(`${address}:`);
    }
    for (const [from, to] of [
      ['rome', 'milan'],
      ['milan', 'rome'],
    ] as const) {
      const web = await directAddress(lab, { from, to, pod: 'web' });
      const fetched = await fetchFromPod(lab, `${from}/client`, `http://${web}`, mebibyte);
      expect(fetched).toMatchObject({
        received: mebibyte,
        seenAs: await directAddress(lab, { from: to, to: from, pod: 'client' }),
      });
    }
    await deleteShortcut(lab, 'rome-milan');
  });
});
