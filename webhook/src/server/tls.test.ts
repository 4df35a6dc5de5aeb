import { generateKeyPairSync } from 'node:crypto';
import { connect } from 'node:tls';
import { FakeClock, silentLogger } from '@leafway/reconciler/testing';
import { afterEach, describe, expect, test } from 'vitest';
import { aRequest, aReview, aShortcut } from '../testing/builders.ts';
import { insecureTestKeyPair } from '../testing/insecure-test-key-pair.ts';
import { type ServedApp, serveApp } from '../testing/serve-app.ts';
import { type KeyPair, problemOfKeyPair } from './key-pair.ts';
import { stopServer } from './shutdown.ts';
import { createCertificateFollower } from './tls.ts';

const otherKey = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();

describe('a key pair', () => {
  const inTime = new Date('2026-01-01');
  test.each<[string, KeyPair, Date, string | undefined]>([
    ['is good', insecureTestKeyPair, inTime, undefined],
    ['has a broken certificate', { ...insecureTestKeyPair, cert: 'half' }, inTime, 'not a certificate'],
    ['has a broken key', { ...insecureTestKeyPair, key: '' }, inTime, 'not an unencrypted private key'],
    ['does not fit together', { ...insecureTestKeyPair, key: otherKey }, inTime, 'does not belong'],
    ['is from the future', insecureTestKeyPair, new Date('2019-12-31'), 'not valid before 2020-01-01'],
    ['has expired', insecureTestKeyPair, new Date('2120-01-02'), 'expired at 2120-01-01'],
  ])('that %s', (_, pair, now, problem) => {
    expect(problemOfKeyPair(pair, now) ?? 'none').toContain(problem ?? 'none');
  });
});

describe('the certificate of a running server', () => {
  const used: string[] = [];
  const server = { setSecureContext: ({ cert }: { cert?: unknown }) => void used.push(String(cert)) } as never;
  afterEach(() => used.splice(0));

  test('is exchanged for a new good one, and only for that', async () => {
    const clock = new FakeClock();
    const stop = new AbortController();
    // White space after the last line is no other certificate, but another text.
    const renewed = { ...insecureTestKeyPair, cert: `${insecureTestKeyPair.cert}\n` };
    const onDisk: (KeyPair | Error)[] = [
      insecureTestKeyPair,
      new Error('ENOENT'),
      { ...renewed, key: otherKey },
      renewed,
      renewed,
    ];
    const read = async (): Promise<KeyPair> => {
      const next = onDisk.shift() ?? renewed;
      if (next instanceof Error) throw next;
      return next;
    };
    const follower = createCertificateFollower(insecureTestKeyPair, { server, read, clock, log: silentLogger });
    follower.run(stop.signal);
    await clock.advance(35_000);
    expect(used).toEqual([]);
    await clock.advance(20_000);
    expect(used).toEqual([renewed.cert]);
    expect(follower.problem()).toBeUndefined();
    stop.abort();
    expect(clock.pendingTimers).toBe(0);
  });

  test('makes it unready when it has expired', () => {
    const clock = new FakeClock('2121-01-01T00:00:00Z');
    const follower = createCertificateFollower(insecureTestKeyPair, {
      server,
      read: async () => insecureTestKeyPair,
      clock,
      log: silentLogger,
    });
    expect(follower.problem()).toContain('expired');
  });
});

describe('a server that is told to stop', () => {
  const review = aReview(aRequest(aShortcut()));

  test('answers the request that has begun, then closes every connection and takes no other', async () => {
    const app = await serveApp();
    const idle = await app.post('/validate', review);
    expect(idle.status).toBe(200);
    const body = JSON.stringify(review);
    const begun = await beginRequest(app, body.length);
    const stopped = stopServer(app.server, new FakeClock());
    begun.write(body);
    expect(await begun.answer).toContain('"allowed":true');
    await stopped;
    await expect(app.post('/validate', review)).rejects.toThrow('ECONNREFUSED');
    await app.close();
  });

  test('cuts a request that never ends when its time is over', async () => {
    const app = await serveApp();
    const clock = new FakeClock();
    const begun = await beginRequest(app, 1_000);
    const stopped = stopServer(app.server, clock);
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
