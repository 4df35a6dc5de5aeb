import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { addressThroughCentre, type LabPlan, labStatus, prepareMachine } from '@leafway/lab';
import { fetchAndCount, kubectl, startCommand } from 'leafway/demo';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { leafway, leafwayCommand, startLab, type TestLab } from '../support/lab/leafway.ts';

const clusters = ['central', 'rome', 'milan'];

describe('a lab beside another of the same clusters', () => {
  let labs: [TestLab, TestLab];
  beforeAll(async () => {
    labs = await Promise.all([startLab(clusters, [], '--bare'), startLab(clusters, [], '--bare')]);
  });
  afterAll(() => Promise.all((labs ?? []).map((lab) => lab.stop())));

  it('shares no port with it, and both carry traffic of their own', async () => {
    const ports = labs.flatMap(({ lab }) => lab.plan.clusters.flatMap((cluster) => Object.values(cluster.ports)));
    expect(new Set(ports).size).toBe(ports.length);
    for (const { lab } of labs) {
      const route = { from: 'rome', to: 'milan', pod: 'web' } as const;
      const facts = await fetchAndCount(lab, await addressThroughCentre(lab, route), route);
      expect(facts.path).toEqual(['rome', 'central', 'milan']);
    }
  });

  it('is not started in the directory of one that runs', async () => {
    const { directory } = labs[0].lab;
    expect(await leafway(['lab', 'up', '--dir', directory])).toMatchObject({
      code: 1,
      stderr: `leafway: a lab runs in ${directory} already; see: leafway lab status --dir ${directory}; end it with: leafway lab down --dir ${directory}\n`,
    });
  });

  it('stays when the other is taken down', async () => {
    const [first, second] = labs;
    expect((await leafway(['lab', 'down', '--dir', first.lab.directory])).code).toBe(0);
    const { phase, parts } = await labStatus(second.lab.directory);
    expect(phase).toBe('ready');
    expect(parts.filter(({ state, restarts }) => state !== 'running' || restarts > 0)).toEqual([]);
    expect((await kubectl(second.lab, 'rome', ['get', '--raw=/readyz'])).stdout).toBe('ok');
  });
});

describe('a port that another program takes while a lab starts', () => {
  it('is told, and the lab comes up with other ports', async () => {
    const parent = await mkdtemp(join(tmpdir(), 'leafway-port-'));
    const directory = join(parent, 'lab');
    const thief = createServer();
    try {
      const starting = leafway(['lab', 'up', '--bare', '--clusters', 'central,rome', '--dir', directory]);
      const plan = await vi.waitUntil(() => readPlan(directory), { timeout: 60_000, interval: 5 });
      const stolen = plan.clusters[1]?.ports.apiServer ?? 0;
      // Before rome's API server does: it waits for its certificates and its etcd.
      await new Promise<void>((resolve) => thief.listen(stolen, '127.0.0.1', resolve));
      const { code, stderr } = await starting;
      expect(stderr).toContain(
        `another program took port ${stolen} (apiServer of rome) meanwhile: starting again with other ports`,
      );
      expect(code).toBe(0);
      expect(readPlan(directory)?.clusters[1]?.ports.apiServer).not.toBe(stolen);
      expect((await labStatus(directory)).phase).toBe('ready');
    } finally {
      thief.close();
      await leafway(['lab', 'down', '--dir', directory]);
      await rm(parent, { recursive: true, force: true });
    }
  });
});

/** In a frame of its own, which ends with it: a disk of 450 MB, and at the end what is on it. */
const onSmallDisk = 'mount -t tmpfs -o size=450m tmpfs "$0"; "$@"; code=$?; find "$0" -mindepth 1; exit $code';
const frame = ['-Urmpf', '--kill-child', '--mount-proc'];
const mayMount = spawnSync('unshare', [...frame, 'true']).status === 0;
if (!mayMount) console.log('skipped: a disk that fills while a lab starts, this machine refuses user namespaces');

describe.skipIf(!mayMount)('a disk that somebody fills while a lab starts', () => {
  it('is told in one sentence, and nothing of the lab stays', async () => {
    const { etcd } = await prepareMachine({ environment: process.env, output: process.stderr });
    const parent = await mkdtemp(join(tmpdir(), 'leafway-disk-'));
    const [disk, assets] = [join(parent, 'disk'), join(parent, 'assets')];
    try {
      await Promise.all([mkdir(disk), mkdir(assets)]);
      const filling = `case "$*" in *--data-dir*) cat /dev/zero >> '${disk}/theirs' 2> /dev/null;; esac`;
      await writeFile(join(assets, 'etcd'), `#!/bin/sh\n${filling}\nexec '${etcd}' "$@"\n`, { mode: 0o755 });
      const up = ['lab', 'up', '--bare', '--clusters', 'central,rome', '--dir', join(disk, 'lab')];
      const command = ['env', `KUBEBUILDER_ASSETS=${assets}`, `PATH=${dirname(etcd)}:${process.env.PATH}`];
      const inside = ['sh', '-c', onSmallDisk, disk, ...command, ...leafwayCommand, ...up];
      const { stdin, result } = startCommand('unshare', [...frame, ...inside]);
      stdin.end();
      const { code, stdout, stderr } = await result;
      expect(stderr.trim().split('\n').at(-1)).toMatch(
        /^leafway: the disk is full: \S+\/lab has \d+ MB free and about 400 MB are needed there; make room and /,
      );
      expect(code).toBe(1);
      expect(stdout.trim().split('\n')).toEqual([join(disk, 'theirs')]);
    } finally {
      await rm(parent, { recursive: true });
    }
  });
});

function readPlan(directory: string): LabPlan | undefined {
  try {
    return JSON.parse(readFileSync(join(directory, 'lab.json'), 'utf8')) as LabPlan;
  } catch {
    return undefined;
  }
}
