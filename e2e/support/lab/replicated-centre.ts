import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kinds } from '@leafway/core';
import type { RunningLab } from '@leafway/lab';
import { resources } from '@leafway/liqo';
import { createKubeApi, isApiError, type KubeApi, type KubeObject, parseKubeconfig } from '@leafway/reconciler';
import { vi } from 'vitest';
import { recordAuditLogs } from '../../rights/record.ts';
import { startRoundRobin } from './round-robin.ts';
import { freePort, startTwin, type Twin } from './twins.ts';

/** The centre as large installations have it: two API servers on one etcd, three webhooks behind one address. */
export interface ReplicatedCentre {
  /** The admin's connection to each API server. */
  readonly apis: readonly [KubeApi, KubeApi];
  /** How many connections each webhook got so far. */
  readonly webhookConnections: readonly number[];
  /** Does something while no webhook is asked. */
  withoutWebhooks<T>(work: () => Promise<T>): Promise<T>;
  /** Ends what was added, and leads the API server to the lab's own webhook again. */
  stop(): Promise<void>;
}

const patienceMs = 60_000;

/** Starts a second API server and two more webhooks beside those of the lab; the last webhook follows the second server. */
export async function replicateCentre(lab: RunningLab): Promise<ReplicatedCentre> {
  const directory = mkdtempSync(join(tmpdir(), 'leafway-replicas-'));
  const twins: Twin[] = [];
  const first = connect(adminKubeconfig(lab));
  const secondServer = `https://127.0.0.1:${await freePort()}`;
  const second = connectTo(lab, secondServer);
  const removeTwins = async (): Promise<void> => {
    await Promise.all([first.close(), second.close(), ...twins.map((twin) => twin.stop())]);
    await recordAuditLogs([auditLogIn(directory)]);
    await rm(directory, { recursive: true });
  };
  try {
    twins.push(await startAPIServer(lab, directory, secondServer));
    await answering(() => second.get(resources.namespaces, { name: 'default' }));
    const ports = await Promise.all([freePort(), freePort()]);
    for (const [port, server] of [
      [ports[0], undefined],
      [ports[1], secondServer],
    ] as const)
      twins.push(await startWebhook(lab, directory, { port, server }));
    const all = [lab.plan.ports.webhook, ...ports];
    await Promise.all(all.map((port) => answering(() => isReady(port))));
    const door = await startRoundRobin(all);
    await setWebhookPort(first, door.port);
    return {
      apis: [first, second],
      webhookConnections: door.connections,
      withoutWebhooks: (work) => withoutWebhooks([first, second], work),
      stop: async () => {
        await setWebhookPort(first, lab.plan.ports.webhook);
        door.close();
        await removeTwins();
      },
    };
  } catch (error) {
    await removeTwins();
    throw error;
  }
}

const auditLogIn = (directory: string): string => join(directory, 'audit.log');

const connect = (kubeconfig: string) => createKubeApi(parseKubeconfig(kubeconfig));

/** The admin's connection to an API server of the centre that is not the lab's own. */
export const connectTo = (lab: RunningLab, server: string) => connect(leadTo(adminKubeconfig(lab), server));

/** A second API server on the centre's etcd, with more flags than that of the lab; wait until it answers. */
export function startAPIServer(
  lab: RunningLab,
  directory: string,
  server: string,
  ...besides: readonly string[]
): Promise<Twin> {
  const flags = {
    '--secure-port': new URL(server).port,
    '--cert-dir': directory,
    '--audit-log-path': auditLogIn(directory),
  };
  return startTwin(lab, `apiserver-${lab.centre}`, { name: 'apiserver', directory, flags, besides });
}

/** `server`: the API server that it follows, where that is not the lab's. */
function startWebhook(
  lab: RunningLab,
  directory: string,
  { port, server }: { readonly port: number; readonly server: string | undefined },
): Promise<Twin> {
  const own = lab.layout.cluster(lab.centre).credential('webhook');
  const kubeconfig = server === undefined ? own : join(directory, 'webhook.kubeconfig');
  if (server !== undefined) writeFileSync(kubeconfig, leadTo(readFileSync(own, 'utf8'), server), { mode: 0o600 });
  const flags = { '--listen': `127.0.0.1:${port}`, '--kubeconfig': kubeconfig };
  return startTwin(lab, 'webhook', { name: `webhook-${port}`, directory, flags });
}

const adminKubeconfig = (lab: RunningLab): string => readFileSync(lab.kubeconfig(lab.centre), 'utf8');

const leadTo = (kubeconfig: string, server: string): string => kubeconfig.replace(/https:\/\/127\.0\.0\.1:\d+/, server);

/** Waits until something answers. */
export async function answering(ask: () => Promise<unknown>): Promise<void> {
  const hasAnswer = (): Promise<boolean> =>
    ask().then(
      (answer) => answer !== undefined && answer !== false,
      () => false,
    );
  await vi.waitUntil(hasAnswer, { timeout: patienceMs, interval: 100 });
}

/** Whether a webhook on that port is. Its certificate is not looked at: nothing is told to it. */
export function isReady(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const asked = request(
      { host: '127.0.0.1', port, path: '/readyz', rejectUnauthorized: false, agent: false },
      (answer) => {
        answer.resume();
        resolve(answer.statusCode === 200);
      },
    );
    asked.once('error', reject);
    asked.end();
  });
}

interface WebhookConfiguration extends KubeObject {
  webhooks: { clientConfig: { url?: string }; rules: unknown[] }[];
}

const configurations = ['Validating', 'Mutating'].map((which) => ({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  plural: `${which.toLowerCase()}webhookconfigurations`,
  kind: `${which}WebhookConfiguration`,
  namespaced: false,
}));

/** Calls `change` with every webhook of Leafway; what it returns takes the place of its field. */
async function changeWebhooks(
  api: KubeApi,
  change: (webhook: WebhookConfiguration['webhooks'][number]) => { readonly field: string; readonly value: unknown },
): Promise<void> {
  for (const type of configurations) {
    const found = await api.get<WebhookConfiguration>(type, { name: 'leafway' });
    const operations = (found?.webhooks ?? []).map((webhook, index) => {
      const { field, value } = change(webhook);
      return { op: 'replace', path: `/webhooks/${index}/${field}`, value } as const;
    });
    await api.patch(type, { name: 'leafway' }, operations);
  }
}

/** Has the API servers of the centre ask the webhook on that port. */
export const setWebhookPort = (api: KubeApi, port: number): Promise<void> =>
  changeWebhooks(api, ({ clientConfig }) => {
    const url = new URL(clientConfig.url ?? '');
    url.port = String(port);
    return { field: 'clientConfig/url', value: url.toString() };
  });

/** Their rules fit nothing meanwhile. */
async function withoutWebhooks<T>(apis: readonly [KubeApi, KubeApi], work: () => Promise<T>): Promise<T> {
  const [api] = apis;
  const rules: unknown[][] = [];
  await changeWebhooks(api, (webhook) => {
    rules.push(webhook.rules);
    const value = [
      { apiGroups: ['nobody.leafway.dev'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['*'] },
    ];
    return { field: 'rules', value };
  });
  try {
    for (const each of apis) await vi.waitUntil(async () => !(await isReviewed(each)), { timeout: patienceMs });
    return await work();
  } finally {
    await changeWebhooks(api, () => ({ field: 'rules', value: rules.shift() }));
    for (const each of apis) await vi.waitUntil(() => isReviewed(each), { timeout: patienceMs });
  }
}

/** Whether a webhook refuses what only it knows to be wrong: two clusters that do not exist. */
async function isReviewed(api: KubeApi): Promise<boolean> {
  const nobody = {
    apiVersion: 'leafway.dev/v1alpha1',
    kind: 'VirtualNodeShortcut',
    metadata: { name: 'nobody-noone' },
    spec: { clusters: [{ id: 'nobody' }, { id: 'noone' }] },
  };
  try {
    await api.create(kinds.shortcuts, nobody);
  } catch (error) {
    if (isApiError(error) && error.message.includes('denied the request')) return true;
    throw error;
  }
  await api.delete(kinds.shortcuts, nobody.metadata);
  return false;
}
