import { afterEach, beforeEach, expect, test } from 'vitest';
import { ScriptedServer } from '../testing/own/scripted-server.ts';
import { createTransport, type Transport } from './transport.ts';

const server = new ScriptedServer();
const silenceMs = 10_000;
let transport: Transport;
let nowMs: number;
/** How long the process is suspended between the begin of a request and its connection. */
let suspendedMs: number;

beforeEach(async () => {
  nowMs = 0;
  const token = async () => {
    nowMs += suspendedMs;
    return 'token';
  };
  transport = createTransport({ server: await server.start(), token }, 'tester', {
    clock: { monotonicMs: () => nowMs },
    writesLeaveWithinMs: 4_000,
  });
  server.received.length = 0;
  server.answerJson(200, {});
});
afterEach(async () => {
  await transport.close();
  await server.stop();
});

test.each(['POST', 'PATCH', 'DELETE'] as const)('a %s leaves in time, or never', async (method) => {
  const write = { method, path: '/late', body: {}, silenceMs };
  suspendedMs = 4_000;
  await expect(transport.send(write)).rejects.toThrow('not sent: no connection within 4000 ms');
  suspendedMs = 3_999;
  const { body } = await transport.send({ ...write, path: '/in-time' });
  await body.dump();
  expect(server.received.map(({ url }) => url)).toEqual(['/in-time']);
});

test('a GET may wait for its connection', async () => {
  suspendedMs = 60_000;
  const { statusCode, body } = await transport.send({ method: 'GET', path: '/', silenceMs });
  await body.dump();
  expect(statusCode).toBe(200);
});
