import { readFileSync } from 'node:fs';
import { addressThroughCentre, labStatus } from '@leafway/lab';
import { fetchAndCount, kubectl } from 'leafway/demo';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { leafway, startLab, type TestLab } from '../support/lab/leafway.ts';

describe('a bare lab', () => {
  let test: TestLab;
  beforeAll(async () => {
    test = await startLab(['hub', 'y', 'on'], ['y=172.30.0.0/20'], '--bare');
  });
  afterAll(() => test?.stop());

  it('shows every part, with the process that it is', async () => {
    const { parts } = await labStatus(test.lab.directory);
    const kinds = ['etcd', 'apiserver', 'controller-manager', 'agent', 'pod'];
    for (const kind of kinds) {
      for (const cluster of ['hub', 'y', 'on']) {
        const part = parts.find((one) => one.kind === kind && one.cluster === cluster);
        expect(part, `${kind} of ${cluster}`).toMatchObject({ state: 'running' });
        expect(readFileSync(`/proc/${part?.pid}/cmdline`, 'utf8')).not.toBe('');
      }
    }
    expect(parts.some(({ kind }) => kind === 'webhook' || kind === 'controller')).toBe(false);
  });

  it('carries 1 MiB each way between leaves through the centre, whatever the clusters are called', async () => {
    for (const [from, to] of [
      ['y', 'on'],
      ['on', 'y'],
    ] as const) {
      const facts = await fetchAndCount(test.lab, await addressThroughCentre(test.lab, { from, to, pod: 'web' }), {
        from,
        to,
      });
      expect(facts.path).toEqual([from, 'hub', to]);
      expect(facts.bytesThroughCentre).toBeGreaterThanOrEqual(2 ** 20);
    }
  });

  it('runs a command in the network of a pod and passes its exit code on', async () => {
    const exec = (...command: string[]) =>
      leafway(['lab', 'exec', '--dir', test.lab.directory, 'on/client', '--', ...command]);
    expect((await exec('ip', '-brief', 'address')).stdout).toContain('10.244.0.10/32');
    expect((await exec('sh', '-c', 'exit 7')).code).toBe(7);
  });

  it('starts a part again that was killed', async () => {
    const agentOf = async () =>
      (await labStatus(test.lab.directory)).parts.find(({ kind, cluster }) => kind === 'agent' && cluster === 'y');
    const before = await agentOf();
    process.kill(before?.pid ?? 0, 'SIGKILL');
    await expect
      .poll(
        async () => {
          const { pid, state } = (await agentOf()) ?? {};
          return state === 'running' && pid !== before?.pid;
        },
        { timeout: 30_000 },
      )
      .toBe(true);
  });

  it('keeps a part stopped until it is to be started', async () => {
    const { directory } = test.lab;
    const change = (command: string, part: string) => leafway(['lab', command, '--dir', directory, part]);
    const server = async () => (await labStatus(directory)).parts.find(({ name }) => name === 'apiserver-on');
    expect(await change('stop', 'apiserver-oslo')).toMatchObject({ code: 1, stderr: expect.stringContaining('-on') });
    expect(await change('stop', 'apiserver-on')).toMatchObject({ code: 0 });
    expect(await server()).toMatchObject({ state: 'stopped', pid: null });
    expect((await kubectl(test.lab, 'on', ['get', '--raw=/readyz'])).stderr).toContain('refused');
    expect(await change('start', 'apiserver-on')).toMatchObject({ code: 0 });
    expect(await server()).toMatchObject({ state: 'running' });
    await expect
      .poll(async () => (await kubectl(test.lab, 'on', ['get', '--raw=/readyz'])).code, { timeout: 60_000 })
      .toBe(0);
  });

  it('leaves no process behind when it is taken down', async () => {
    const { parts } = await labStatus(test.lab.directory);
    const pids = parts.flatMap(({ pid }) => (pid === null ? [] : [pid]));
    expect(pids.length).toBeGreaterThan(0);
    expect((await leafway(['lab', 'down', '--dir', test.lab.directory])).code).toBe(0);
    for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });
});
