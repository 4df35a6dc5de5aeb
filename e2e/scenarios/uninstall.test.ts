import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Census, compareCensuses, startPart, stopPart } from '@leafway/lab';
import { kubectl, mustKubectl, startCommand } from 'leafway/demo';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { certManagerKindFiles, monitoringKindFiles } from '../support/charts/foreign-kinds.ts';
import { prepareHelms, render } from '../support/charts/helm.ts';
import { variants } from '../support/charts/variants.ts';
import { blocksExecutedBy } from '../support/documentation/executed-blocks.ts';
import { matchesOutput, readDialogues } from '../support/documentation/output.ts';
import { leafway, startLab, type TestLab } from '../support/lab/leafway.ts';
import { answering, cutPart } from '../support/lab/parts.ts';
import { takeSettledCensus, untouched } from '../support/objects/census.ts';
import { drainAsHook } from '../support/objects/drain.ts';
import { getShortcut, makeShortcut } from '../support/objects/shortcuts.ts';

describe('removing an installation whose webhook and controller are dead, while a leaf is away', () => {
  let test: TestLab;
  let before: Census;
  let printed = '';
  beforeAll(async () => {
    test = await startLab(['central', 'rome', 'milan', 'paris']);
    before = await takeSettledCensus(test.lab);
    await makeShortcut(test.lab, 'rome-milan', ['rome', 'milan']);
    await makeShortcut(test.lab, 'rome-paris', ['rome', 'paris']);
    await Promise.all(['controller', 'webhook'].map((part) => stopPart(test.lab, part)));
    await cutPart(test.lab, 'apiserver-milan');
  });
  afterAll(() => test?.stop());

  it('the hook of the chart says that no controller runs and what to do, long before its time is over', async () => {
    const { code, stderr } = await drainAsHook(test.lab, '--timeout=5m');
    expect(code).toBe(1);
    expect(stderr).toContain('not drained: 2 objects would be left stuck');
    expectDocumented('kubectl logs --namespace leafway-system job/leafway-drain', stderr);
    expect((await getShortcut(test.lab, 'rome-milan')).metadata.deletionTimestamp).toBeDefined();
  });

  it('uninstall --force cleans what answers, frees the rest, and leaves nothing that is stuck', async () => {
    const { lab } = test;
    const kubeconfig = ['--kubeconfig', lab.kubeconfig(lab.centre)];
    const { code, stdout, stderr } = await leafway([
      'uninstall',
      '--force',
      '--yes',
      '--timeout',
      '60s',
      ...kubeconfig,
    ]);
    expect(code).toBe(0);
    printed = stdout;
    expectDocumented('leafway uninstall --force --yes', stderr + stdout);
    const { stdout: kinds } = await mustKubectl(lab, lab.centre, ['api-resources', '--api-group=leafway.dev']);
    expect(kinds).not.toContain('leafway.dev');
  });

  /** The page about uninstalling says that this command prints that. */
  function expectDocumented(command: string, printed: string): void {
    const dialogues = blocksExecutedBy('e2e/scenarios/uninstall.test.ts').flatMap(({ text }) => readDialogues(text));
    const expected = dialogues.find((dialogue) => dialogue.command === command)?.output ?? [];
    expect(matchesOutput(expected, printed.split('\n')), printed).toBe(true);
  }

  it('and names what is left on the leaf that was away, with commands that remove exactly that', async () => {
    const { lab } = test;
    await startPart(lab, 'apiserver-milan');
    await answering(lab, 'milan');
    const commands = [...printed.matchAll(/^ {4}(kubectl delete .*)$/gm)].map(([, command = '']) => command);
    expect(commands).toHaveLength(4);
    const script = join(lab.directory, 'clean-milan.sh');
    await writeFile(script, ['set -e', ...commands].join('\n'));
    const environment = [`KUBECONFIG=${lab.kubeconfig('milan')}`, `PATH=${lab.bin}:${process.env.PATH}`];
    const { stdin, result } = startCommand('env', [...environment, 'sh', script]);
    stdin.end();
    expect(await result).toMatchObject({ code: 0, stderr: '' });
    const { added, removed, changed } = compareCensuses(before, await takeSettledCensus(lab));
    expect([added, changed, removed.filter((key) => !key.startsWith('central '))]).toEqual([[], [], []]);
  });

  // From here on the centre has nothing of Leafway.
  describe('every object of the chart leafway', () => {
    beforeAll(async () => {
      const { lab } = test;
      const files = await Promise.all([certManagerKindFiles(), monitoringKindFiles()]);
      const definitions = files.flat().flatMap((file) => ['--filename', file]);
      await mustKubectl(lab, lab.centre, ['apply', '--server-side', ...definitions]);
      await mustKubectl(lab, lab.centre, ['wait', '--for=condition=Established', 'crds', '--all', '--timeout=60s']);
      await mustKubectl(lab, lab.centre, ['create', 'namespace', 'tenants']);
    });

    it.each(['everything', 'certificates of the webhook itself', 'credentials in all namespaces'])(
      'is removed although Helm does not know of it, and nothing else, with %s',
      async (variant) => {
        const { lab } = test;
        const [helm] = await prepareHelms();
        if (helm === undefined) throw new Error('there is no Helm');
        const clean = await takeSettledCensus(lab);
        const items = await render(helm, variants[variant] ?? {});
        const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
        await mustKubectl(lab, lab.centre, ['create', '--filename=-'], list);
        // Of a kind that it has just learnt an API server says "later" for a moment.
        const ask = () => kubectl(lab, lab.centre, ['get', 'virtualnodeshortcuts,leafclusters']);
        await expect.poll(async () => (await ask()).code, { timeout: 30_000 }).toBe(0);
        const { code, stderr } = await leafway(['uninstall', '--yes', '--kubeconfig', lab.kubeconfig(lab.centre)]);
        expect(code, stderr).toBe(0);
        expect(compareCensuses(clean, await takeSettledCensus(lab))).toEqual(untouched);
      },
    );
  });
});
