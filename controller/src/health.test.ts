import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createHealthServer, type HealthDependencies } from './health.ts';

const servers: ReturnType<typeof createHealthServer>[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

const metrics = { contentType: 'text/plain', text: async () => 'up 1' };

async function ask(path: string, deps: Partial<HealthDependencies> = {}): Promise<string> {
  const server = createHealthServer({ isReady: () => true, metrics, ...deps }).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { connection: 'close' } });
  return `${answer.status} ${await answer.text()}`;
}

describe('the health server', () => {
  it('is alive and ready apart from each other', async () => {
    const isReady = () => false;
    expect(await ask('/healthz?verbose', { isReady })).toBe('200 ok');
    expect(await ask('/readyz', { isReady })).toBe('503 not ready');
    expect(await ask('/readyz')).toBe('200 ok');
  });

  it('has metrics, and nothing else', async () => {
    expect(await ask('/metrics')).toBe('200 up 1');
    expect(await ask('/')).toBe('404 ');
  });

  it('outlives metrics that cannot be collected', async () => {
    const broken = { ...metrics, text: () => Promise.reject(new Error('no figures')) };
    expect(await ask('/metrics', { metrics: broken })).toContain('500');
  });
});
