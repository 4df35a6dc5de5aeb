import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ClusterConnection } from '../../connection/connection.ts';

/** Where `etcd` and `kube-apiserver` are on this machine, or why the tests that need them are skipped. */
export type Tools = { readonly etcd: string; readonly apiserver: string } | { readonly missing: string };

/** Looks in LEAFWAY_TOOLS, in KUBEBUILDER_ASSETS and on the PATH. */
export function findTools(env: NodeJS.ProcessEnv = process.env): Tools {
  const folders = [env.LEAFWAY_TOOLS, env.KUBEBUILDER_ASSETS, ...(env.PATH ?? '').split(delimiter)];
  for (const folder of folders) {
    if (folder === undefined || folder === '') continue;
    const [etcd, apiserver] = [join(folder, 'etcd'), join(folder, 'kube-apiserver')];
    if (existsSync(etcd) && existsSync(apiserver)) return { etcd, apiserver };
  }
  return { missing: 'etcd and kube-apiserver are neither in LEAFWAY_TOOLS nor in KUBEBUILDER_ASSETS nor on the PATH' };
}

/** One running control plane without controllers. */
export interface RealServer {
  /** As cluster administrator. */
  readonly connection: ClusterConnection;
  /** Kills the API server at once, as a crash would; `start` brings it back with the same data. */
  crash(): Promise<void>;
  start(): Promise<void>;
  /** Removes the history from etcd: what is older than now cannot be read any more. */
  compact(): Promise<void>;
  stop(): Promise<void>;
}

const startMs = 60_000;

/** Starts etcd and an API server on free loopback ports, with their data in a temporary folder. */
export async function startRealServer(tools: {
  readonly etcd: string;
  readonly apiserver: string;
}): Promise<RealServer> {
  const folder = await mkdtemp(join(tmpdir(), 'reconciler-test-'));
  const [client, peer, port] = [await freePort(), await freePort(), await freePort()];
  const token = randomBytes(24).toString('hex');
  await writeFile(join(folder, 'tokens.csv'), `${token},admin,admin,system:masters\n`, { mode: 0o600 });
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  await writeFile(join(folder, 'sa.key'), privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  await writeFile(join(folder, 'sa.pub'), publicKey.export({ type: 'spki', format: 'pem' }));

  const etcd = run(tools.etcd, [
    `--data-dir=${join(folder, 'etcd')}`,
    `--listen-client-urls=http://127.0.0.1:${client}`,
    `--advertise-client-urls=http://127.0.0.1:${client}`,
    `--listen-peer-urls=http://127.0.0.1:${peer}`,
    '--unsafe-no-fsync',
    '--log-level=error',
  ]);
  const apiserverArguments = [
    '--bind-address=127.0.0.1',
    `--secure-port=${port}`,
    `--cert-dir=${folder}`,
    `--etcd-servers=http://127.0.0.1:${client}`,
    `--token-auth-file=${join(folder, 'tokens.csv')}`,
    '--service-account-issuer=https://test',
    `--service-account-key-file=${join(folder, 'sa.pub')}`,
    `--service-account-signing-key-file=${join(folder, 'sa.key')}`,
    '--authorization-mode=RBAC',
    '--service-cluster-ip-range=10.96.0.0/24',
  ];
  const server = `https://127.0.0.1:${port}`;
  let apiserver: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    apiserver = run(tools.apiserver, apiserverArguments);
    await untilReady(port, token, join(folder, 'apiserver.crt'), apiserver);
  };
  const crash = (): Promise<void> => end(apiserver, 'SIGKILL');
  const compact = async (): Promise<void> => {
    const ask = async (path: string, body: object): Promise<{ header?: { revision?: string } }> => {
      const answer = await fetch(`http://127.0.0.1:${client}/v3/${path}`, {
        method: 'POST',
        body: JSON.stringify(body),
      });
      if (!answer.ok) throw new Error(`etcd refused ${path}: ${await answer.text()}`);
      return answer.json() as Promise<{ header?: { revision?: string } }>;
    };
    const { header } = await ask('kv/range', { key: btoa('nothing') });
    await ask('kv/compaction', { revision: header?.revision, physical: true });
  };
  const stop = async (): Promise<void> => {
    await crash();
    await end(etcd, 'SIGKILL');
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    await start();
  } catch (error) {
    await stop();
    throw error;
  }
  const caData = readFileSync(join(folder, 'apiserver.crt'), 'utf8');
  return { connection: { server, caData, token }, crash, start, compact, stop };
}

function run(command: string, args: readonly string[]): ChildProcess {
  return spawn(command, args, { stdio: 'ignore' });
}

async function end(child: ChildProcess | undefined, signal: NodeJS.Signals): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await exited;
}

async function untilReady(port: number, token: string, certificate: string, apiserver: ChildProcess): Promise<void> {
  const { Agent, request } = await import('undici');
  const deadline = performance.now() + startMs;
  while (performance.now() < deadline) {
    if (apiserver.exitCode !== null) throw new Error(`kube-apiserver ended with code ${apiserver.exitCode}`);
    if (existsSync(certificate)) {
      const dispatcher = new Agent({ connect: { ca: readFileSync(certificate) } });
      const headers = { authorization: `Bearer ${token}` };
      const answer = await request(`https://127.0.0.1:${port}/readyz`, { dispatcher, headers }).catch(() => undefined);
      await answer?.body.dump();
      await dispatcher.destroy();
      if (answer?.statusCode === 200) return;
    }
    await delay(100);
  }
  throw new Error(`kube-apiserver was not ready within ${startMs / 1000} s`);
}

/** A port of the loopback interface that nobody uses. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
