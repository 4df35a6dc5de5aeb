import { type ChildProcess, spawn } from 'node:child_process';
import { type Census, compareCensuses } from '@leafway/lab';
import { mustKubectl } from 'leafway/demo';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSelfManagedWebhooks } from '../support/admission/self-managed-webhooks.ts';
import { leafway, type TestLab } from '../support/lab/leafway.ts';
import { waitForLeader } from '../support/lab/lease.ts';
import { startOlderLab } from '../support/lab/older-lab.ts';
import { isReady } from '../support/lab/replicated-centre.ts';
import { endProcess, freePort } from '../support/lab/twins.ts';
import { takeSettledCensus, untouched } from '../support/objects/census.ts';
import { drainAsHook } from '../support/objects/drain.ts';
import { connectRaw } from '../support/objects/raw-api.ts';
import { getLeafCluster, makeShortcut } from '../support/objects/shortcuts.ts';
import { waitForLeaf } from '../support/objects/wait.ts';
import { expectDirect } from '../support/traffic.ts';

const name = 'rome-milan';

describe('on API servers that have to be listed before they are watched', () => {
  let test: TestLab;
  let before: Census;
  beforeAll(async () => {
    test = await startOlderLab(['central', 'rome', 'milan']);
    before = await takeSettledCensus(test.lab);
  });
  afterAll(() => test?.stop());

  it('a link comes up and carries packets', async () => {
    await makeShortcut(test.lab, name, ['rome', 'milan']);
    await expectDirect(test.lab, 'rome', 'milan');
  });

  it('three webhooks with certificates of their own find each other', async () => {
    const api = await connectRaw(test.lab, test.lab.centre);
    const webhooks = await startSelfManagedWebhooks(test.lab, api);
    await webhooks.stop();
    api.close();
  });

  it("webhook and controller look for the centre's own ID where Liqo keeps it", async () => {
    const { lab } = test;
    const centre = lab.layout.cluster(lab.centre);
    const [webhookPort, healthPort] = [await freePort(), await freePort()];
    const start = ([executable = '', ...args]: readonly string[], ...flags: readonly string[]): ChildProcess =>
      spawn(executable, [...args, ...flags], { stdio: 'ignore' });
    const pair = [`--tls-cert=${centre.pki}/webhook.crt`, `--tls-key=${centre.pki}/webhook.key`];
    const children = [
      start(
        lab.plan.programs.webhook,
        `--kubeconfig=${centre.credential('webhook')}`,
        `--listen=127.0.0.1:${webhookPort}`,
        ...pair,
      ),
      start(
        lab.plan.programs.controller,
        `--kubeconfig=${centre.credential('controller')}`,
        `--health-listen=127.0.0.1:${healthPort}`,
      ),
    ];
    const isFollowing = async (): Promise<boolean> => {
      const health = await fetch(`http://127.0.0.1:${healthPort}/readyz`);
      return health.ok && (await isReady(webhookPort));
    };
    await expect.poll(() => isFollowing().catch(() => false), { timeout: 60_000 }).toBe(true);
    await Promise.all(children.map(endProcess));
  });

  it('the hook of the chart drains the fleet, and no controller holds a LeafCluster any more', async () => {
    const { lab } = test;
    const { code, stderr } = await drainAsHook(lab, '--timeout=90s');
    expect(stderr).toContain(`drained: 1 shortcut removed: ${name}`);
    expect(code).toBe(0);
    for (const leaf of ['rome', 'milan']) {
      expect((await getLeafCluster(lab, leaf)).metadata.finalizers ?? []).toEqual([]);
    }
    expect(compareCensuses(before, await takeSettledCensus(lab))).toEqual(untouched);
  });

  it('the controller goes on when nothing is uninstalled after that', async () => {
    const { lab } = test;
    // That takes a minute, unless somebody ends the rest of the lease.
    const released = ['--type=merge', '--patch', '{"spec":{"holderIdentity":""}}'];
    await mustKubectl(lab, lab.centre, ['patch', 'lease', 'leafway-controller', '-n=leafway-system', ...released]);
    await waitForLeader(lab, 'lab', 60_000);
    await waitForLeaf(lab, 'rome', 'being held again', ({ metadata }) => metadata.finalizers?.length === 1);
    await makeShortcut(lab, name, ['rome', 'milan']);
  });

  it('uninstall takes the link down and removes all of it, and nothing of others', async () => {
    const { lab } = test;
    const { code, stdout, stderr } = await leafway([
      ...['uninstall', '--yes', '--kubeconfig', lab.kubeconfig(lab.centre)],
    ]);
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('Secret leafway-system/leaf-rome with the kubeconfig of rome');
    const { added, removed, changed } = compareCensuses(before, await takeSettledCensus(lab));
    expect([added, changed]).toEqual([[], []]);
    expect(removed).toEqual([...before.keys()].filter(isOfInstallation).sort());
    const { stdout: kinds } = await mustKubectl(lab, lab.centre, ['api-resources', '--api-group=leafway.dev']);
    expect(kinds).not.toContain('leafway.dev');
  });
});

/** The lab runs an agent on its centre as well, which is no part of the chart leafway. */
function isOfInstallation(key: string): boolean {
  const staying = / Namespace |leafway-agent|leafway-system\/(default|kube-root-ca.crt|leaf-)/;
  return key.startsWith('central ') && key.includes('leafway') && !staying.test(key);
}
