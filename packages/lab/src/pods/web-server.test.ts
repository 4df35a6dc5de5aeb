import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWebServer } from './web-server.ts';

const server = createWebServer();
let base = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

describe('the web server of the pods', () => {
  it.each([0, 1, 65_536, 1_048_577])('answers exactly %i bytes', async (count) => {
    const body = await (await fetch(`${base}/bytes/${count}`)).arrayBuffer();
    expect(body.byteLength).toBe(count);
  });

  it('says which source address it saw', async () => {
    expect(await (await fetch(`${base}/whoami`)).text()).toBe('127.0.0.1\n');
  });

  it('counts what it receives', async () => {
    const answer = await fetch(`${base}/sink`, { method: 'POST', body: new Uint8Array(1_048_577) });
    expect(await answer.text()).toBe('1048577\n');
  });

  it('keeps the connection for the next request', async () => {
    const answer = await fetch(`${base}/whoami`);
    expect(answer.headers.get('connection')).toBe('keep-alive');
  });

  it('answers 404 with what there is to anything else', async () => {
    const answer = await fetch(`${base}/bytes/x`);
    expect(answer.status).toBe(404);
    expect(await answer.text()).toMatch(/\/bytes\/N/);
  });
});
