import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createKubeApi } from './api/create-kube-api.ts';
import type { KubeObject, ResourceType } from './api/kube-api.ts';
import type { ClusterConnection } from './connection/connection.ts';
import type { Condition } from './objects/conditions.ts';
import { installDefinition } from './testing/own/definitions.ts';
import { eventually } from './testing/own/eventually.ts';
import { findTools, freePort, type RealServer, startRealServer } from './testing/own/real-servers.ts';

const root = join(import.meta.dirname, '..');
const greetings: ResourceType = {
  group: 'example.com',
  version: 'v1',
  plural: 'greetings',
  kind: 'Greeting',
  namespaced: true,
};
const configMaps: ResourceType = {
  group: '',
  version: 'v1',
  plural: 'configmaps',
  kind: 'ConfigMap',
  namespaced: true,
};
const events: ResourceType = { ...configMaps, group: 'events.k8s.io', plural: 'events', kind: 'Event' };
const leases: ResourceType = { ...configMaps, group: 'coordination.k8s.io', plural: 'leases', kind: 'Lease' };
type Greeting = KubeObject & { spec: { to: string }; status?: { conditions?: Condition[] } };
type ConfigMap = KubeObject & { data?: Record<string, string> };

let folder: string;
let program: string;

beforeAll(async () => {
  // Inside the package, where its own name and its dependencies are found.
  await mkdir(join(root, 'dist'), { recursive: true });
  folder = await mkdtemp(join(root, 'dist/readme-'));
  program = join(folder, 'controller.ts');
  await writeFile(program, await firstExample());
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function firstExample(): Promise<string> {
  const readme = await readFile(join(root, 'README.md'), 'utf8');
  const [, code] = /```ts\n(.*?)```/s.exec(readme) ?? [];
  if (code === undefined) throw new Error('the README has no example');
  return code;
}

test('the controller in the README has sixty lines and compiles', async () => {
  const lines = (await firstExample()).split('\n').filter((line) => line !== '');
  expect(lines.length).toBeLessThanOrEqual(60);
  const compilerOptions = { noEmit: true, composite: false, rootDir: join(root, '../..') };
  const config = { extends: join(root, '../../tsconfig.base.json'), compilerOptions, files: ['controller.ts'] };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config));
  const manifest = createRequire(import.meta.url).resolve('typescript/package.json');
  const { bin } = JSON.parse(await readFile(manifest, 'utf8')) as { bin: { tsc: string } };
  await promisify(execFile)(process.execPath, [join(dirname(manifest), bin.tsc), '-p', folder]);
}, 60_000);

const tools = findTools();
if ('missing' in tools) console.log(`The controller in the README is not run: ${tools.missing}.`);

describe.runIf(!('missing' in tools))('the controller in the README', () => {
  let server: RealServer;
  let api: ReturnType<typeof createKubeApi>;
  let child: ChildProcess;
  let metricsPort: number;
  beforeAll(async () => {
    if ('missing' in tools) return;
    server = await startRealServer(tools);
    api = createKubeApi(server.connection);
    await installDefinition(api, greetings, { to: { type: 'string' } });
    metricsPort = await freePort();
    await writeFile(join(folder, 'kubeconfig'), JSON.stringify(kubeconfigOf(server.connection)), { mode: 0o600 });
    child = spawn(process.execPath, ['--conditions=@leafway/source', program], {
      env: { ...process.env, KUBECONFIG: join(folder, 'kubeconfig'), METRICS_PORT: String(metricsPort) },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  }, 120_000);
  afterAll(async () => {
    child?.kill('SIGKILL');
    await api?.close();
    await server?.stop();
  }, 60_000);

  const ref = { namespace: 'default', name: 'a' };
  /** Asks the server until the answer is right. */
  const settled = async <T>(what: string, ask: () => Promise<T>, isRight: (found: T) => boolean): Promise<T> => {
    let found: T = await ask();
    let asking = false;
    await eventually(what, () => {
      if (isRight(found)) return true;
      if (!asking) {
        asking = true;
        void ask().then((next) => {
          found = next;
          asking = false;
        });
      }
      return false;
    });
    return found;
  };
  const text = async () => (await api.get<ConfigMap>(configMaps, ref))?.data?.text;

  test('does what the README says', async () => {
    const greeting: Greeting = {
      apiVersion: 'example.com/v1',
      kind: 'Greeting',
      metadata: ref,
      spec: { to: 'world' },
    };
    await api.create(greetings, greeting);
    await settled('the ConfigMap is made', text, (found) => found === 'Hello, world!');
    const ready = await settled(
      'the greeting is ready',
      () => api.get<Greeting>(greetings, ref),
      (found) => found?.status?.conditions?.[0]?.status === 'True',
    );
    expect(ready?.metadata.finalizers).toEqual(['example.com/greeter']);
    await settled(
      'the event is written',
      async () => (await api.list<KubeObject & { reason: string }>(events, { namespace: 'default' })).items,
      (found) => found.some(({ reason }) => reason === 'Greeted'),
    );

    await api.delete(configMaps, ref);
    await settled('the ConfigMap is there again', text, (found) => found === 'Hello, world!');
    await api.patch(configMaps, ref, [{ op: 'replace', path: '/data/text', value: 'Boo!' }]);
    await settled('the ConfigMap is right again', text, (found) => found === 'Hello, world!');

    const page = await (await fetch(`http://127.0.0.1:${metricsPort}`)).text();
    expect(page).toMatch(/controller_runtime_reconcile_total\{controller="greeter",result="success"\} [1-9]/);
    expect(page).toContain('leader_election_master_status{name="greeter"} 1');

    await api.delete(greetings, ref);
    await settled(
      'the greeting is gone',
      () => api.get(greetings, ref),
      (found) => found === undefined,
    );
    expect(await text()).toBeUndefined();
  }, 60_000);

  test('ends cleanly and gives its lease back', async () => {
    const exited = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    expect(await exited).toBe(0);
    const lease = await api.get<KubeObject & { spec: { holderIdentity: string } }>(leases, {
      namespace: 'default',
      name: 'greeter',
    });
    expect(lease?.spec.holderIdentity).toBe('');
  }, 60_000);
});

function kubeconfigOf({ server, caData = '', token }: ClusterConnection): object {
  const cluster = { server, 'certificate-authority-data': btoa(caData) };
  return {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
    clusters: [{ name: 'test', cluster }],
    users: [{ name: 'test', user: { token } }],
  };
}
