import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectAsAdmin, type RunningLab } from '@leafway/lab';
import { parseAllDocuments } from 'yaml';
import { answering, isReady, setWebhookPort } from '../lab/replicated-centre.ts';
import { type RoundRobin, startRoundRobin } from '../lab/round-robin.ts';
import { endProcess, freePort } from '../lab/twins.ts';
import type { RawApi } from '../objects/raw-api.ts';
import { readCABundle, writeCABundle } from './webhook-certificate.ts';

/** Three webhooks behind one address, which make their certificates themselves. */
export interface SelfManagedWebhooks {
  /** Ends them, and leads the API server to the lab's own webhook again. */
  stop(): Promise<void>;
}

/** Where their Secret is. */
export const secretPath = '/api/v1/namespaces/leafway-system/secrets/leafway-webhook-certificate';

const account = { kind: 'ServiceAccount', name: 'leafway-webhook', namespace: 'leafway-system' };
const rbacPath = '/apis/rbac.authorization.k8s.io/v1';

/** Starts them with the rights of the chart's roles, all three at once, while the API server trusts nobody. */
export async function startSelfManagedWebhooks(lab: RunningLab, api: RawApi): Promise<SelfManagedWebhooks> {
  const directory = mkdtempSync(join(tmpdir(), 'leafway-webhooks-'));
  const before = await readCABundle(api);
  const undo: (() => Promise<unknown>)[] = [() => rm(directory, { recursive: true })];
  for (const role of rolesOf(lab)) undo.push(await grant(api, role));
  const ports = await Promise.all([1, 2, 3].map(freePort));
  const door: RoundRobin = await startRoundRobin(ports);
  undo.push(async () => door.close());
  const admin = await connectAsAdmin(lab, lab.centre);
  undo.push(() => admin.close());
  undo.push(async () => {
    await setWebhookPort(admin, lab.plan.ports.webhook);
    await writeCABundle(api, before);
  });
  await writeCABundle(api, '');
  await setWebhookPort(admin, door.port);
  const processes = ports.map((port) => start(lab, directory, port));
  undo.push(() => Promise.all(processes.map(endProcess)));
  const stop = async (): Promise<void> => {
    for (const step of undo.toReversed()) await step();
    await api.send({ method: 'DELETE', path: secretPath });
  };
  try {
    await Promise.all(ports.map((port) => answering(() => isReady(port))));
  } catch (error) {
    await stop();
    throw error;
  }
  return { stop };
}

function start(lab: RunningLab, directory: string, port: number): ChildProcess {
  const [executable = '', ...args] = lab.plan.programs.webhook;
  const log = openSync(join(directory, `${port}.log`), 'a');
  const flags = [
    `--kubeconfig=${lab.layout.cluster(lab.centre).credential('webhook')}`,
    `--listen=127.0.0.1:${port}`,
    '--self-managed-certificates',
    '--tls-name=127.0.0.1',
    `--cluster-id=${lab.centre}`,
  ];
  const child = spawn(executable, [...args, ...flags], { stdio: ['ignore', log, log] });
  closeSync(log);
  return child;
}

interface Role {
  readonly kind: 'Role' | 'ClusterRole';
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

function rolesOf(lab: RunningLab): Role[] {
  const file = join(lab.plan.charts, 'leafway/files/roles/webhook-self-managed.yaml');
  return parseAllDocuments(readFileSync(file, 'utf8')).map((document) => document.toJS() as Role);
}

/** Gives the webhook that role; the result takes it away again. */
async function grant(api: RawApi, role: Role): Promise<() => Promise<void>> {
  const { name, namespace } = role.metadata;
  const folder = namespace === undefined ? rbacPath : `${rbacPath}/namespaces/${namespace}`;
  const plural = `${role.kind.toLowerCase()}s`;
  const bindings = plural.replace('roles', 'rolebindings');
  const binding = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: `${role.kind}Binding`,
    metadata: role.metadata,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: role.kind, name },
    subjects: [account],
  };
  for (const [kind, body] of [
    [plural, role],
    [bindings, binding],
  ] as const) {
    const { status, message } = await api.send({ method: 'POST', path: `${folder}/${kind}`, body });
    if (status !== 201) throw new Error(`${kind} ${name}: ${message}`);
  }
  return async () => {
    for (const kind of [bindings, plural]) await api.send({ method: 'DELETE', path: `${folder}/${kind}/${name}` });
  };
}
