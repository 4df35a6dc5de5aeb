import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { RunningLab } from '@leafway/lab';
import { kubectl, mustKubectl } from 'leafway/demo';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { story } from '../kind/story.ts';
import { repository } from '../support/documentation/repository.ts';
import { prepareGoTool } from '../support/go-tools.ts';
import { leafway } from '../support/lab/leafway.ts';
import { sharedLab } from '../support/lab/shared-lab.ts';

const folder = join(repository, 'e2e/kind/manifests');
const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
const workloads = readdirSync(folder).filter((name) => name !== 'cluster.yaml');

/** What cannot be told with Docker here is tried in parts: its manifests, and the commands that need no kind. */
describe('of the story on kind', () => {
  let lab: RunningLab;
  beforeAll(async () => {
    lab = await sharedLab();
    await mustKubectl(lab, lab.centre, ['apply', '--filename=-'], read('namespace.yaml'));
  });
  afterAll(async () => {
    if (lab !== undefined) await kubectl(lab, lab.centre, ['delete', 'namespace', 'leafway-story', '--timeout=60s']);
  });

  it('the configuration of the clusters is one that kind takes', async () => {
    const child = spawn(await prepareGoTool('kind-config'), { stdio: ['pipe', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (data: Buffer) => (output += data.toString()));
    child.stdin.end(read('cluster.yaml'));
    await once(child, 'close');
    expect(output).toBe('kind.x-k8s.io/v1alpha4 Cluster, 1 nodes, pods 10.200.0.0/16\n');
  }, 600_000);

  it.each(workloads)('%s is what an API server takes, every field of it', async (name) => {
    const flags = ['--dry-run=server', '--validate=strict', '--filename=-'];
    const { code, stdout, stderr } = await kubectl(lab, lab.centre, ['apply', ...flags], read(name));
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('(server dry run)');
  });

  /** The steps that a program of ours or Helm runs, with other kubeconfigs. */
  const steps = story({ repository, directory: '/nowhere', leafway: ['leafway'] });

  it.each(steps.filter(({ command }) => command[0] === 'leafway'))(
    'leafway understands: $what',
    async ({ command }) => {
      const { code, stderr } = await leafway(command.slice(1));
      // Called as it has to be (else 2), it finds no kubeconfig.
      expect(code, stderr).toBe(1);
      expect(stderr).toContain('/nowhere/');
    },
  );

  const looks = steps.filter(({ command }) => command.includes('--all-namespaces'));
  it.each(looks)('kubectl knows the kinds: $what', async ({ command }) => {
    const { code, stderr } = await kubectl(lab, 'rome', command.slice(2));
    expect(code, stderr).toBe(0);
  });

  const chartOf = (command: readonly string[]): string | undefined =>
    command[0] === 'helm' ? command.find((part) => part.startsWith(repository)) : undefined;
  const installs = steps.flatMap(({ what, command }) => {
    const chart = chartOf(command);
    return chart === undefined ? [] : [{ what, command, chart }];
  });

  it.each(installs)('the chart takes the values: $what', async ({ command, chart }) => {
    const values = command.filter((part) => part.startsWith('--set='));
    const flags = ['--namespace=leafway-system', '--api-versions=cert-manager.io/v1', '--kube-version=1.36.0'];
    const helm = join(lab.directory, 'bin/helm');
    const { stdout } = await promisify(execFile)(helm, ['template', 'leafway', chart, ...values, ...flags]);
    const images = [...stdout.matchAll(/image: "?([^"\s]+)"?/g)].map(([, image]) => image);
    const expected = chart.endsWith('leafway') ? ['leafway.test/controller:kind', 'leafway.test/webhook:kind'] : [];
    expect(new Set(images)).toEqual(new Set(expected));
  });
});
