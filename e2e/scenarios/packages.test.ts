import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { directAddress, readLab, runInLab, stopPart } from '@leafway/lab';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { blocksExecutedBy, commandsOf } from '../support/documentation/executed-blocks.ts';
import { type Consumer, createConsumer, others } from '../support/packages/consumer.ts';
import { packAll, publishedPackages, repository, type Tarball } from '../support/packages/published-packages.ts';
import { readmePrograms } from '../support/packages/readme-programs.ts';
import { runToEnd } from '../support/run-to-end.ts';

const parent = mkdtempSync(join(tmpdir(), 'leafway-packages-'));
let tarballs: Tarball[];
let consumer: Consumer;

beforeAll(async () => {
  tarballs = await packAll(join(parent, 'tarballs'));
  consumer = await createConsumer(join(parent, 'consumer'), tarballs);
});
afterAll(() => rmSync(parent, { recursive: true, force: true }));

/** What of the pages is promised to be executed here. */
const documented = blocksExecutedBy('e2e/scenarios/packages.test.ts');

/** Every entry of every package, as a program imports it. */
const entries = publishedPackages.flatMap(({ manifest }) =>
  Object.keys(manifest.exports).map((path) => manifest.name + path.slice(1)),
);

describe('a tarball', () => {
  test('has the same bytes each time it is packed', async () => {
    const again = await packAll(join(parent, 'again'));
    expect(again.map(({ name, integrity }) => [name, integrity])).toEqual(
      tarballs.map(({ name, integrity }) => [name, integrity]),
    );
  });

  test.each(publishedPackages)('of $manifest.name holds what it names, and no test', ({ folder, manifest }) => {
    const { files } = find(manifest.name);
    const named = [...Object.values(manifest.bin ?? {}), ...Object.values(manifest.exports).flatMap(Object.values)];
    const wanted = ['LICENSE', 'README.md', 'CHANGELOG.md', ...named.map((path: string) => path.replace(/^\.\//, ''))];
    expect(files).toEqual(expect.arrayContaining(wanted));
    expect(files.filter((file) => /\.test\.|tsbuildinfo/.test(file))).toEqual([]);
    // Every declaration and every source map leads to a source that is there.
    const built = files.filter((file) => /^dist\/.*\.js$/.test(file)).map((file) => file.slice('dist/'.length, -3));
    expect(built.filter((file) => !files.includes(`src/${file}.ts`))).toEqual([]);
    expect(readFileSync(join(repository, folder, 'LICENSE'))).toEqual(readFileSync(join(repository, 'LICENSE')));
  });

  test.each(publishedPackages)('of $manifest.name passes publint and attw', async ({ manifest }) => {
    const { path } = find(manifest.name);
    await runToEnd(process.execPath, [tool('publint/src/cli.js'), '--strict', path]);
    // Only ES modules are published: what asks in other ways is told so by Node.
    const attw = [tool('@arethetypeswrong/cli/dist/index.js'), path, '--profile', 'esm-only', '--format', 'ascii'];
    await runToEnd(process.execPath, attw);
  });
});

describe('a project that installs the tarballs', () => {
  test.each(['nodenext', 'bundler'] as const)('compiles every entry strictly, found as by %s', async (resolution) => {
    const lines = entries.map((entry, index) => `import * as m${index} from '${entry}';`);
    const names = entries.map((_, index) => `m${index}`).join(', ');
    const print = `console.log(JSON.stringify([${names}].map((entry) => Object.keys(entry).length)));`;
    await consumer.write({ 'entries.ts': [...lines, print].join('\n') });
    await consumer.compile(['entries.ts'], resolution);
    const { stdout } = await consumer.run('out/entries.js');
    expect(Math.min(...(JSON.parse(stdout) as number[]))).toBeGreaterThan(0);
  });

  test('has every command of the packages', async () => {
    const commands = publishedPackages.flatMap(({ manifest }) =>
      Object.keys(manifest.bin ?? {}).map((command) => ({ command, version: manifest.version })),
    );
    expect(commands.map(({ command }) => command).sort()).toEqual(
      ['kubectl-leafway', 'leafway', 'leafway-agent', 'leafway-controller', 'leafway-webhook'].sort(),
    );
    for (const { command, version } of commands) {
      expect(await consumer.run(command, ['--version'])).toEqual({ stdout: `${version}\n`, stderr: '' });
    }
  });

  test('has what the READMEs tell people to install', () => {
    const installed = new Set([...tarballs.map(({ name }) => name), ...others]);
    for (const block of documented.filter(({ language }) => language === 'sh')) {
      for (const command of commandsOf(block)) {
        const [, names] = /^npm install (?:--global )?(.*)$/.exec(command) ?? [];
        expect(names, command).toBeDefined();
        expect(names?.split(' ').filter((name) => !installed.has(name))).toEqual([]);
      }
    }
  });

  describe('with a lab of its own', () => {
    const programs = readmePrograms();
    const environment: NodeJS.ProcessEnv = {};
    let lab: string;

    beforeAll(async () => {
      lab = join(parent, 'lab');
      Object.assign(environment, { KUBECONFIG: join(lab, 'central.kubeconfig'), LAB: lab });
      await consumer.run('leafway', ['lab', 'up', '--dir', lab, '--clusters', 'central,rome,milan']);
      await consumer.write(Object.fromEntries(programs.map(({ file, text }) => [`readme/${file}`, text])));
    });
    afterAll(() => consumer.run('leafway', ['lab', 'down', '--dir', lab]));

    test('compiles every program of the READMEs', async () => {
      const texts = programs.map(({ text }) => text.trimEnd());
      const promised = documented.filter(({ language }) => language === 'ts').map(({ text }) => text.trimEnd());
      expect(texts).toEqual(expect.arrayContaining(promised));
      const folders = new Set(programs.map(({ file }) => file.replace(/-\d+\.ts$/, '')));
      expect([...folders].sort()).toEqual(
        ['controller', 'core', 'gateway', 'lab', 'liqo', 'reconciler', 'webhook'].sort(),
      );
      await consumer.compile(
        programs.map(({ file }) => `readme/${file}`),
        'nodenext',
      );
    });

    const alone = programs.filter(({ file, runBy }) => runBy === undefined && !file.startsWith('controller-'));
    test.each(alone)('runs $file, which prints what the README says', async ({ file, output }) => {
      const { stdout } = await consumer.run(`out/readme/${file.replace(/\.ts$/, '.js')}`, [], environment);
      if (output === undefined) expect(stdout).not.toBe('');
      else expect(stdout).toBe(output);
    });

    test('connects two clusters in twenty lines, with the controller as a library of another program', async () => {
      const connect = readFileSync(join(repository, 'examples/library/connect.ts'), 'utf8');
      expect(programs.find(({ file }) => file === 'controller-1.ts')?.text).toBe(connect);
      expect(connect.trimEnd().split('\n').length).toBeLessThanOrEqual(20);

      const running = await readLab(lab);
      await stopPart(running, 'controller');
      const operator = consumer.start('out/readme/controller-2.js', environment);
      const { stdout } = await consumer.run('out/readme/controller-1.js', ['rome', 'milan'], environment);
      expect(stdout).toMatch(/rome-milan: The direct tunnel carries traffic\.\n$/);
      const web = await directAddress(running, { from: 'rome', to: 'milan', pod: 'web' });
      expect(await runInLab(running, 'rome/client', ['curl', '-s', `http://${web}/bytes/3`])).toHaveLength(3);
      expect(await operator.end()).toBe(0);
    });
  });
});

function find(name: string): Tarball {
  const tarball = tarballs.find((each) => each.name === name);
  if (tarball === undefined) throw new Error(`${name} was not packed`);
  return tarball;
}

function tool(path: string): string {
  return join(repository, 'node_modules', path);
}
