import { connect } from 'node:tls';
import { systemClock } from '@leafway/reconciler';
import { FakeClock } from '@leafway/reconciler/testing';
import { describe, expect, test } from 'vitest';
import { aRequest, aReview, aShortcut } from '../testing/builders.ts';
import { insecureTestKeyPair } from '../testing/insecure-test-key-pair.ts';
import { type ServedApp, serveApp } from '../testing/serve-app.ts';
import { stopServer } from './shutdown.ts';

describe('a server that is told to stop', () => {
  const review = aReview(aRequest(aShortcut()));

  test('answers the request that has begun, then closes every connection and takes no other', async () => {
    const app = await serveApp();
    const idle = await app.post('/validate', review);
    expect(idle.status).toBe(200);
    const body = JSON.stringify(review);
    const begun = await beginRequest(app, body.length);
    const stopped = stopServer(app.server, systemClock, 0);
    begun.write(body);
    expect(await begun.answer).toContain('"allowed":true');
    await stopped;
    await expect(app.post('/validate', review)).rejects.toThrow('ECONNREFUSED');
    await app.close();
  });

  test('goes on, after its grace, until nobody has asked for a second', async () => {
    const app = await serveApp();
    const clock = new FakeClock();
    const stopped = stopServer(app.server, clock, 5_000);
    for (let step = 0; step < 8; step += 1) {
      expect((await app.post('/validate', review)).status).toBe(200);
      await clock.advance(900);
    }
    await clock.advance(99);
    expect(app.server.listening).toBe(true);
    await clock.advance(1);
    expect(app.server.listening).toBe(false);
    await stopped;
    await app.close();
  });

  test('does not wait for ever for those who go on asking', async () => {
    const app = await serveApp();
    const clock = new FakeClock();
    const stopped = stopServer(app.server, clock, 5_000);
    let answered = 0;
    while (app.server.listening) {
      expect((await app.post('/validate', review)).status).toBe(200);
      answered += 1;
      await clock.advance(500);
    }
    expect(answered).toBe(30);
    await stopped;
    await app.close();
  });

  test('cuts a request that never ends when its time is over', async () => {
    const app = await serveApp();
    const clock = new FakeClock();
    const begun = await beginRequest(app, 1_000);
    const stopped = stopServer(app.server, clock, 0);
    await clock.advance(1_000);
    await clock.advance(15_000);
    await stopped;
    expect(await begun.answer).toBe('');
    await app.close();
  });
});

/** Sends the head of a request, which the server has surely taken when this resolves; the body is for later. */
async function beginRequest(
  app: ServedApp,
  bodyLength: number,
): Promise<{ write: (body: string) => void; answer: Promise<string> }> {
  const socket = connect({ host: '127.0.0.1', port: app.port, ca: insecureTestKeyPair.cert });
  const taken = new Promise((resolve) => app.server.once('request', resolve));
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  const answer = new Promise<string>((resolve) =>
    socket.on('error', () => resolve(text)).on('close', () => resolve(text)),
  );
  socket.write(
    `POST /validate HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${bodyLength}\r\n\r\n`,
  );
  await taken;
  return { write: (body) => void socket.write(body), answer };
}
