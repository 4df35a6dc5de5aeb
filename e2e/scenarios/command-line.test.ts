import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { VirtualNodeShortcut } from '@leafway/core';
import { addressThroughCentre, directAddress } from '@leafway/lab';
import { type CommandResult, fetchFromPod, kubectl, mustKubectl, startCommand, warningsIn } from 'leafway/demo';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { leafway, startLab, type TestLab } from '../support/lab/leafway.ts';
import { shortcutManifest } from '../support/objects/shortcuts.ts';
import { expectDirect } from '../support/traffic.ts';

describe('the command line on a fleet', () => {
  let test: TestLab;
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'leafway-commands-'));
    test = await startLab(['central', 'rome', 'milan'], ['rome=10.1.0.0/17']);
  });
  afterAll(async () => {
    await test?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** Runs a command for the central cluster. */
  const run = (...args: string[]): Promise<CommandResult> =>
    leafway(['--kubeconfig', test.lab.kubeconfig('central'), ...args]);

  async function succeed(...args: string[]): Promise<CommandResult> {
    const result = await run(...args);
    expect(result.code, `leafway ${args.join(' ')}: ${result.stderr}`).toBe(0);
    return result;
  }

  /** Runs a command that has to fail with one sentence, and returns that. */
  async function refusalOf(code: number, args: readonly string[], kubeconfig?: string): Promise<string> {
    const result = await (kubeconfig === undefined ? run(...args) : leafway(['--kubeconfig', kubeconfig, ...args]));
    expect(result.code, result.stdout + result.stderr).toBe(code);
    expect(result.stderr).not.toMatch(/^\s+at /m);
    return result.stderr.trim();
  }

  const file = async (name: string, content: string): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, content);
    return path;
  };

  it('plans in the words of the webhook, and writes nothing', async () => {
    const good = await file('good.yaml', shortcutManifest('milan-rome', ['rome', 'milan'], { gateway: { mtu: 1500 } }));
    const { stdout } = await succeed('plan', '-f', good, '-o', 'json');
    const [planned] = JSON.parse(stdout) as { warnings: string[] }[];
    const dryRun = await mustKubectl(test.lab, 'central', ['apply', '--dry-run=server', '--filename', good]);
    expect(planned?.warnings).toEqual(warningsIn(dryRun.stderr));
    expect(planned?.warnings.length).toBeGreaterThan(3);

    const bad = await file('bad.yaml', shortcutManifest('bad', ['rome', 'central']));
    const refused = await run('plan', '-f', bad);
    expect(refused.code).toBe(1);
    expect(refused.stdout).toContain('  spec.clusters[1].id: "central" is the central cluster');
    expect((await mustKubectl(test.lab, 'central', ['get', 'vns', '--output=name'])).stdout).toBe('');
  });

  it('connects two leaves, tells how it goes, and packets pass', async () => {
    const { stdout, stderr } = await succeed('connect', 'rome', 'milan', '--wait');
    expect(stderr).toMatch(/milan runs the gateway server, rome the client/);
    expect(stderr).toMatch(/\d\.\d\d s {2}KeysExchanged .*\n(.*\n)* *\d+\.\d\d s {2}Ready /);
    expect(stdout).toMatch(/^rome and milan are connected after \d+\.\d\d s\n/);
    expect(stdout).toMatch(/from milan, rome's pods are 10\.\S+\/17/);
    await expectDirect(test.lab, 'rome', 'milan');
  });

  it('connects again without a write, and refuses to change what is there', async () => {
    const generation = (): Promise<string> =>
      mustKubectl(test.lab, 'central', ['get', 'vns', 'milan-rome', '-o', 'jsonpath={.metadata.resourceVersion}']).then(
        ({ stdout }) => stdout,
      );
    const before = await generation();
    const { stderr } = await succeed('connect', 'milan', 'rome', '--wait');
    expect(stderr).toContain('linked by the shortcut milan-rome already');
    expect(await generation()).toBe(before);
    expect(await refusalOf(1, ['connect', 'rome', 'milan', '--mtu', '1400'])).toContain('kubectl patch vns milan-rome');
  });

  it('shows the link, in a table, as it is, and in full', async () => {
    expect((await succeed('get')).stdout).toMatch(/^milan-rome +rome \(client\), milan \(server\) +True +Ready/m);
    const { stdout } = await succeed('get', 'rome', 'milan', '-o', 'json');
    expect((JSON.parse(stdout) as VirtualNodeShortcut).status?.phase).toBe('Ready');
    const described = (await succeed('describe', 'milan-rome')).stdout;
    for (const words of ['liqo-tenant-milan/milan, dials ', 'GatewayServer', 'Both leaves answer.'])
      expect(described).toContain(words);
    expect((await succeed('get', 'leaves')).stdout).toMatch(/^rome +True +True +Leafway +10\.1\.0\.0\/17 +milan-rome/m);
  });

  describe('traces what the server sees', () => {
    it.each([
      ['rome', 'milan'],
      ['milan', 'rome'],
    ])('from %s to %s, directly and through the centre', async (from, to) => {
      const { lab } = test;
      const route = { from, to, pod: 'web' } as const;
      const pods = (id: string) => lab.plan.clusters.find((cluster) => cluster.id === id)?.networks.pods;
      const direct = await directAddress(lab, route);
      const central = await addressThroughCentre(lab, route);
      for (const [address, other, path] of [
        [direct, central, [from, to]],
        [central, direct, [from, 'central', to]],
      ] as const) {
        const source = pods(from)?.client ?? '';
        const { stdout } = await succeed('trace', address, '--from', from, '--source', source, '-o', 'json');
        const { seenAs } = await fetchFromPod(lab, `${from}/client`, `http://${address}`, 1);
        expect(JSON.parse(stdout)).toMatchObject({
          path,
          receiver: { cluster: to, address: pods(to)?.web, sees: seenAs },
          otherAddresses: [{ address: other }],
        });
      }
    });
  });

  it('works as a plugin of kubectl', async () => {
    const binaries = fileURLToPath(new URL('../../node_modules/.bin', import.meta.url));
    const environment = [`PATH=${binaries}:${process.env.PATH}`, `KUBECONFIG=${test.lab.kubeconfig('central')}`];
    const { stdin, result } = startCommand('env', [...environment, join(test.lab.bin, 'kubectl'), 'leafway', 'get']);
    stdin.end();
    expect(await result).toMatchObject({ code: 0, stdout: expect.stringContaining('milan-rome') });
  });

  describe('says what is wrong in one sentence:', () => {
    it('a leaf that does not exist', async () => {
      expect(await refusalOf(1, ['connect', 'rome', 'milano'])).toMatch(/^leafway: .*did you mean "milan"\?.*$/);
    });

    it('an API server that does not answer', async () => {
      const kubeconfig = await readFile(test.lab.kubeconfig('central'), 'utf8');
      const away = await file(
        'away.kubeconfig',
        kubeconfig.replace(/https:\/\/127\.0\.0\.1:\d+/, 'https://127.0.0.1:1'),
      );
      expect(await refusalOf(1, ['get'], away)).toMatch(
        /^leafway: the central cluster at https:\/\/127\.0\.0\.1:1 does not answer: .*ECONNREFUSED.*KUBECONFIG.*$/,
      );
    });

    it('an API server that is another than the kubeconfig trusts', async () => {
      const [central, rome] = await Promise.all(
        ['central', 'rome'].map((cluster) => readFile(test.lab.kubeconfig(cluster), 'utf8')),
      );
      const address = /https:\/\/127\.0\.0\.1:\d+/;
      const mixed = await file(
        'mixed.kubeconfig',
        central?.replace(address, address.exec(rome ?? '')?.[0] ?? '') ?? '',
      );
      expect(await refusalOf(1, ['get'], mixed)).toMatch(/^leafway: .* cannot be trusted: .*$/);
    });

    it('a cluster without Leafway', async () => {
      expect(await refusalOf(1, ['get'], test.lab.kubeconfig('rome'))).toMatch(
        /^leafway: .* install Leafway's CRDs there.*$/,
      );
    });

    it('a kubeconfig that does not exist', async () => {
      expect(await refusalOf(1, ['get'], '/nowhere')).toMatch(/^leafway: .*\/nowhere.*$/);
    });

    it('a command that was not called as it has to be', async () => {
      expect(await refusalOf(2, ['connect', 'rome'])).toContain("missing required argument 'other'");
    });
  });

  it('disconnects and waits until everything is gone', async () => {
    expect(await refusalOf(1, ['leaf', 'remove', 'milan'])).toContain('used by milan-rome');
    const { stdout } = await succeed('disconnect', 'milan', 'rome', '--wait');
    expect(stdout).toMatch(/^rome and milan are disconnected after/);
    expect((await kubectl(test.lab, 'rome', ['get', 'namespace', 'liqo-tenant-milan'])).code).toBe(1);
  });

  it('takes a leaf away and registers it anew with an account made by hand', async () => {
    const { lab } = test;
    await succeed('leaf', 'remove', 'milan');
    await mustKubectl(lab, 'central', ['delete', 'secret', 'leaf-milan', '--namespace=leafway-system']);
    const kubeconfig = await file('by-hand.kubeconfig', await accountByHand());
    const add = ['leaf', 'add', 'milan', '--kubeconfig', kubeconfig];
    expect(await refusalOf(1, add)).toContain('take the account leafway-centre of the chart leafway-leaf');
    await grant();
    expect(await refusalOf(1, ['leaf', 'add', 'oslo', '--kubeconfig', kubeconfig])).toContain(
      'says that its ID is milan',
    );
    expect((await succeed(...add)).stdout).toContain('leaf milan can be linked: data plane Leafway');
    await succeed('connect', 'rome', 'milan', '--wait');
    await expectDirect(lab, 'milan', 'rome');
  });

  /** The kubeconfig of an account on milan that may do nothing yet, made as the help of `leaf add` says. */
  async function accountByHand(): Promise<string> {
    const on = (...args: string[]): Promise<CommandResult> => mustKubectl(test.lab, 'milan', args);
    await on('create', 'serviceaccount', 'by-hand', '--namespace=leafway-system');
    const token = (await on('create', 'token', 'by-hand', '--namespace=leafway-system')).stdout.trim();
    const path = await file('flat.kubeconfig', (await on('config', 'view', '--raw', '--flatten', '--minify')).stdout);
    const edit = (...args: string[]): Promise<CommandResult> => {
      const { stdin, result } = startCommand(join(test.lab.bin, 'kubectl'), ['--kubeconfig', path, 'config', ...args]);
      stdin.end();
      return result;
    };
    await edit('set-credentials', 'by-hand', `--token=${token}`);
    await edit('set-context', '--current', '--user=by-hand');
    return readFile(path, 'utf8');
  }

  async function grant(): Promise<void> {
    const account = '--serviceaccount=leafway-system:by-hand';
    const binding = ['create', 'clusterrolebinding', 'by-hand', '--clusterrole=leafway-centre', account];
    await mustKubectl(test.lab, 'milan', binding);
    await mustKubectl(test.lab, 'milan', [
      'create',
      'rolebinding',
      'by-hand',
      '-n',
      'liqo',
      '--role=leafway-centre',
      account,
    ]);
  }
});
