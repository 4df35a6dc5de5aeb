import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHealthServer } from './health.ts';

describe('the health server', () => {
  let isReady = false;
  const server = createHealthServer(() => isReady);
  beforeAll(() => once(server.listen(0, '127.0.0.1'), 'listening'));
  afterAll(() => void server.close());

  async function ask(path: string): Promise<string> {
    const { port } = server.address() as AddressInfo;
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { connection: 'close' } });
    return `${answer.status} ${await answer.text()}`;
  }

  it('is alive before it is ready', async () => {
    expect(await ask('/healthz?verbose')).toBe('200 ok');
    expect(await ask('/readyz')).toBe('503 not ready');
    isReady = true;
    expect(await ask('/readyz')).toBe('200 ok');
  });

  it('has nothing else', async () => {
    expect(await ask('/')).toBe('404 ');
  });
});
