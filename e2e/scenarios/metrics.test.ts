import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunningLab } from '@leafway/lab';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repository } from '../support/documentation/repository.ts';
import { sharedLab } from '../support/lab/shared-lab.ts';
import { endProcess, freePort } from '../support/lab/twins.ts';
import { deleteShortcut, makeShortcut } from '../support/objects/shortcuts.ts';

/** Metrics by name: kind and meaning. */
type Metrics = ReadonlyMap<string, string>;

const page = readFileSync(join(repository, 'docs/reference/metrics.md'), 'utf8');

/** What the reference says of a program: a table row for each metric. */
function documented(program: string): { readonly metrics: Metrics; readonly labels: ReadonlyMap<string, string[]> } {
  const section = page.split('\n## ').find((part) => part.startsWith(`The ${program}\n`)) ?? '';
  const rows = [...section.matchAll(/^\| `(\w+)` \| (\w+) \| (.*?) \| (.*) \|$/gm)];
  return {
    metrics: new Map(rows.map(([, name = '', kind, , meaning]) => [name, `${kind}: ${meaning}`])),
    labels: new Map(
      rows.map(([, name = '', , labels = '']) => [name, [...labels.matchAll(/\w+/g)].map(([label]) => label)]),
    ),
  };
}

async function scrape(port: number): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${port}/metrics`, { headers: { connection: 'close' } });
  expect(answer.status).toBe(200);
  return answer.text();
}

function exported(text: string): Metrics {
  const meanings = new Map([...text.matchAll(/^# HELP (\w+) (.*)$/gm)].map(([, name = '', help = '']) => [name, help]));
  return new Map(
    [...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)].map(([, name = '', kind]) => [name, `${kind}: ${meanings.get(name)}`]),
  );
}

/** Every label of every sample that the page does not know. */
function unknownLabels(text: string, labels: ReadonlyMap<string, string[]>): string[] {
  return [...text.matchAll(/^(\w+)\{(.*)\} \S+$/gm)].flatMap(([, series = '', pairs = '']) => {
    const name = labels.has(series) ? series : series.replace(/_(bucket|sum|count)$/, '');
    const used = [...pairs.matchAll(/(\w+)="(?:[^"\\]|\\.)*"/g)].map(([, label = '']) => label);
    return used
      .filter((label) => label !== 'le' && !labels.get(name)?.includes(label))
      .map((label) => `${series}: ${label}`);
  });
}

describe('the metrics of running programs', () => {
  let lab: RunningLab;
  beforeAll(async () => {
    lab = await sharedLab();
  });

  it('are, of the controller, those of the reference', async () => {
    await makeShortcut(lab, 'rome-milan', ['rome', 'milan']);
    const text = await scrape(lab.plan.ports.controllerHealth);
    const { metrics, labels } = documented('controller');
    expect(exported(text)).toEqual(metrics);
    expect(unknownLabels(text, labels)).toEqual([]);
    expect(text).toMatch(/^leader_election_master_status\{name="leafway-controller"\} 1$/m);
    expect(text).toMatch(/^leafway_shortcuts\{phase="Ready"\} 1$/m);
    for (const leaf of lab.leaves) expect(text).toContain(`\nleafway_leaf_reachable{leaf="${leaf}"} 1\n`);
    await deleteShortcut(lab, 'rome-milan');
  });

  describe('of the webhook', () => {
    let webhook: ChildProcess;
    let port: number;
    beforeAll(async () => {
      port = await freePort();
      const [executable = '', ...args] = lab.plan.programs.webhook;
      const certificate = `${lab.layout.cluster(lab.centre).pki}/webhook`;
      const flags = [
        `--kubeconfig=${lab.layout.cluster(lab.centre).credential('webhook')}`,
        ...['--listen=127.0.0.1:0', `--health-listen=127.0.0.1:${port}`, `--cluster-id=${lab.centre}`],
        ...[`--tls-cert=${certificate}.crt`, `--tls-key=${certificate}.key`, '--log-level=error'],
      ];
      webhook = spawn(executable, [...args, ...flags], { stdio: 'ignore' });
    });
    afterAll(() => endProcess(webhook));

    it('are those of the reference, but for those of certificates of its own', async () => {
      const isSynced = async (): Promise<boolean> =>
        (await scrape(port).catch(() => '')).includes('\nleafway_webhook_world_synced 1\n');
      await expect.poll(isSynced, { timeout: 60_000 }).toBe(true);
      const text = await scrape(port);
      const { metrics, labels } = documented('webhook');
      // It is started with files: what keeps an authority is not there.
      const ofAuthority = /^(controller_runtime|workqueue|leafway_webhook_(authorit|ca_bundle))/;
      expect(exported(text)).toEqual(new Map([...metrics].filter(([name]) => !ofAuthority.test(name))));
      expect(unknownLabels(text, labels)).toEqual([]);
      expect(text).toMatch(/^cache_objects\{cluster="the central cluster",resource="leafclusters.leafway.dev"\} 3$/m);
    });
  });
});
