import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { createEchoServer } from './echo-server.ts';

const server = createEchoServer();
const client = createSocket('udp4');
afterEach(() => {
  server.close();
  client.close();
});

describe('the echo server of the pods', () => {
  it('sends a datagram back to its sender', async () => {
    server.bind(0, '127.0.0.1');
    await once(server, 'listening');
    const answer = once(client, 'message');
    client.send('42', server.address().port, '127.0.0.1');
    const [message] = (await answer) as [Buffer];
    expect(message.toString()).toBe('42');
  });
});
