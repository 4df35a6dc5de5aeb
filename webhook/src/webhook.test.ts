import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { Agent, request } from 'node:https';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { kinds } from '@leafway/core';
import { systemClock } from '@leafway/reconciler';
import { createPrometheusMetrics } from '@leafway/reconciler/prometheus';
import { FakeKubeApi, seededRandom, silentLogger } from '@leafway/reconciler/testing';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { DelaySample } from './server/event-loop.ts';
import { aLeaf, aRequest, aReview, aShortcut } from './testing/builders.ts';
import { insecureTestKeyPair } from './testing/insecure-test-key-pair.ts';
import { createWebhook, type Webhook } from './webhook.ts';

const review = JSON.stringify(aReview(aRequest(aShortcut())));

/** A webhook that runs, as `main` puts it together. */
interface Running {
  readonly webhook: Webhook;
  readonly port: number;
  readonly healthPort: number;
  end(): Promise<void>;
}

const cleanUps: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function start({ delay = { medianMs: 0, p99Ms: 0, maxMs: 0 } as DelaySample } = {}): Promise<Running> {
  const api = new FakeKubeApi();
  for (const leaf of ['rome', 'milan']) await api.create(kinds.leafClusters, aLeaf(leaf));
  const ports = { clock: systemClock, random: seededRandom(1), log: silentLogger };
  const webhook = createWebhook(
    { ...ports, api, metrics: createPrometheusMetrics(), delays: { take: () => delay } },
    { liqoNamespace: 'liqo', clusterID: 'central', names: ['localhost'] },
  );
  webhook.certificate.offer(insecureTestKeyPair);
  const stop = new AbortController();
  const running = webhook.run(stop.signal);
  const health = createHttpServer(webhook.health).listen(0, '127.0.0.1');
  webhook.server.listen(0, '127.0.0.1');
  await Promise.all([once(health, 'listening'), once(webhook.server, 'listening')]);
  const end = async (): Promise<void> => {
    stop.abort();
    await running;
    health.closeAllConnections();
    health.close();
    webhook.server.closeAllConnections();
    webhook.server.close();
  };
  cleanUps.push(end);
  const portOf = (server: { address(): unknown }): number => (server.address() as AddressInfo).port;
  const started = { webhook, port: portOf(webhook.server), healthPort: portOf(health), end };
  await vi.waitFor(async () => expect((await probe(started, '/readyz')).text).toMatch(/^ok/), { timeout: 20_000 });
  return started;
}

async function probe({ healthPort }: Pick<Running, 'healthPort'>, path: string) {
  const answer = await fetch(`http://127.0.0.1:${healthPort}${path}`);
  return { status: answer.status, text: await answer.text() };
}

function anAgent(): Agent {
  const agent = new Agent({ keepAlive: true, ca: insecureTestKeyPair.cert });
  cleanUps.push(() => agent.destroy());
  return agent;
}

/** What is answered to an admission, with the header on the connection; rejects when there is no answer. */
async function ask(port: number, agent: Agent): Promise<{ text: string; connection: string | undefined }> {
  const headers = { 'content-type': 'application/json' };
  const outgoing = request({ host: 'localhost', port, agent, method: 'POST', path: '/validate', headers });
  outgoing.end(review);
  const [response] = await once(outgoing, 'response');
  return { text: await text(response), connection: response.headers.connection };
}

describe('what a running webhook tells of itself', () => {
  test('is ready although a new certificate is refused, says so, and still shows the old one', async () => {
    const running = await start();
    running.webhook.certificate.offer({ ...insecureTestKeyPair, key: 'broken' });
    const answer = await probe(running, '/readyz');
    expect(answer.status).toBe(200);
    expect(answer.text).toMatch(/^ok\nthe certificate in use cannot be renewed: the key is not/);
    expect((await ask(running.port, anAgent())).text).toContain('"allowed":true');
    const metrics = await probe(running, '/metrics');
    expect(metrics.text).toMatch(/^leafway_webhook_certificate_rejected 1$/m);
    expect(metrics.text).toMatch(/^leafway_webhook_certificate_rejections 1$/m);
  });

  test('counts admissions by what they were and became', async () => {
    const running = await start();
    await ask(running.port, anAgent());
    const { text: metrics } = await probe(running, '/metrics');
    expect(metrics).toMatch(
      /^leafway_webhook_admissions_total\{path="\/validate",operation="CREATE",kind="VirtualNodeShortcut",verdict="allowed",code=""\} 1$/m,
    );
    expect(metrics).toMatch(/^leafway_webhook_admission_duration_seconds_count\{path="\/validate"\} 1$/m);
    expect(metrics).toMatch(/^leafway_webhook_world_synced 1$/m);
    expect(metrics).toMatch(/^leafway_webhook_ready 1$/m);
    expect(metrics).toMatch(/^leafway_webhook_body_bytes 0$/m);
    expect(metrics).toMatch(/^cache_last_heard_timestamp_seconds\{.*resource="virtualnodeshortcuts.leafway.dev"\}/m);
    expect((await probe(running, '/metrics/')).status).toBe(404);
  });
});

/** One address for several replicas, as a Service is: who is not ready gets no more connections, a moment later. */
async function aService(replicas: () => readonly Running[]): Promise<number> {
  let ready: readonly Running[] = replicas();
  const look = async (): Promise<void> => {
    const found = await Promise.all(
      replicas().map(async (replica) => {
        const answer = await probe(replica, '/readyz').catch(() => undefined);
        return answer?.status === 200 ? [replica] : [];
      }),
    );
    ready = found.flat();
  };
  const timer = setInterval(() => void look(), 100);
  const sockets = new Set<Socket>();
  let turn = 0;
  const server: Server = createServer((from) => {
    turn += 1;
    const to = connect(ready[turn % ready.length]?.port ?? 0, '127.0.0.1');
    for (const [a, b] of [
      [from, to],
      [to, from],
    ] as const) {
      sockets.add(a);
      a.on('error', () => b.destroy()).on('close', () => b.destroy());
      a.pipe(b);
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanUps.push(() => {
    clearInterval(timer);
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

test('one of two replicas is started anew under load, and no request is lost', async () => {
  const replicas = [await start(), await start()];
  const port = await aService(() => replicas);
  let isOver = false;
  const answers: string[] = [];
  const clients = Array.from({ length: 8 }, async () => {
    const agent = anAgent();
    while (!isOver) {
      const answer = await ask(port, agent).catch((err: unknown) => ({ text: String(err), connection: undefined }));
      answers.push(answer.text.includes('"allowed":true') ? 'allowed' : answer.text);
    }
  });
  const more = async (): Promise<void> => {
    const before = answers.length;
    await vi.waitFor(() => expect(answers.length).toBeGreaterThan(before + 200), { timeout: 20_000 });
  };
  await more();
  const [leaving] = replicas;
  await leaving?.webhook.stop(1_000);
  await leaving?.end();
  await more();
  replicas[0] = await start();
  await more();
  isOver = true;
  await Promise.all(clients);
  expect(answers.filter((answer) => answer !== 'allowed')).toEqual([]);
}, 120_000);

test('a webhook that stops is not ready, serves for a while, and asks its clients to go elsewhere', async () => {
  const running = await start();
  const agent = anAgent();
  expect(await ask(running.port, agent)).toMatchObject({ connection: 'keep-alive' });
  const stopped = running.webhook.stop(500);
  expect(await probe(running, '/readyz')).toEqual({ status: 503, text: 'stopping' });
  expect(await ask(running.port, agent)).toMatchObject({
    connection: 'close',
    text: expect.stringContaining('"allowed":true'),
  });
  await stopped;
  await expect(ask(running.port, agent)).rejects.toThrow('ECONNREFUSED');
});
