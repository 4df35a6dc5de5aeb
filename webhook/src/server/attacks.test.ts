import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterEach, expect, test, vi } from 'vitest';
import { aRequest, aReview, aShortcut } from '../testing/builders.ts';
import { insecureTestKeyPair } from '../testing/insecure-test-key-pair.ts';
import { type ServedApp, type ServedAppOptions, serveApp } from '../testing/serve-app.ts';
import { BodyBudget } from './body-budget.ts';
import { limits } from './limits.ts';

/** What is cut in seconds otherwise is cut here so soon that a test can wait for it. */
const quick = {
  ...limits,
  handshakeMs: 300,
  headersMs: 300,
  requestMs: 600,
  stallMs: 500,
  keepAliveMs: 5_000,
  checkMs: 50,
};
const patience = { timeout: 60_000, interval: 50 };
const review = aReview(aRequest(aShortcut()));
const head = (length: number): string =>
  `POST /validate HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`;

const cleanUps: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function serve(options: ServedAppOptions): Promise<ServedApp> {
  const app = await serveApp(options);
  cleanUps.push(() => app.close());
  return app;
}

function attack(socket: Socket): Socket {
  cleanUps.push(() => void socket.destroy());
  return socket.on('error', () => {});
}

/** A connection with TLS that the test drives by hand. */
async function anAttacker({ port }: ServedApp): Promise<Socket> {
  const socket = connectTls({ host: '127.0.0.1', port, ca: insecureTestKeyPair.cert });
  attack(socket);
  await once(socket, 'secureConnect');
  return socket;
}

/** Writes a piece again and again until the connection is closed. */
function drip(socket: Socket, piece: string): void {
  const timer = setInterval(() => socket.write(piece), 20);
  cleanUps.push(() => clearInterval(timer));
  socket.on('close', () => clearInterval(timer));
}

const openConnections = ({ server }: ServedApp): Promise<number> =>
  new Promise((resolve, reject) => server.getConnections((err, count) => (err ? reject(err) : resolve(count))));

/** A request of the API server's kind, which must be answered whatever else goes on. */
async function expectGood(app: ServedApp): Promise<void> {
  const { status, text } = await app.post('/validate', review);
  expect({ status, isAllowed: text.includes('"allowed":true') }).toEqual({ status: 200, isAllowed: true });
}

test.each<[string, (app: ServedApp) => Promise<void>]>([
  ['connects and says nothing', async ({ port }) => void attack(connect(port, '127.0.0.1'))],
  ['speaks TLS and asks nothing', async (app) => void (await anAttacker(app))],
  [
    'sends headers without end',
    async (app) => {
      const socket = await anAttacker(app);
      socket.write('POST /validate HTTP/1.1\r\n');
      drip(socket, 'X: 1\r\n');
    },
  ],
  [
    'sends a body byte by byte',
    async (app) => {
      const socket = await anAttacker(app);
      socket.write(head(100_000));
      drip(socket, ' ');
    },
  ],
  ['sends half a body and then nothing', async (app) => void (await anAttacker(app)).write(`${head(100_000)}{"kind":`)],
  [
    'asks for very much and reads no answer',
    async (app) => {
      const socket = await anAttacker(app);
      const body = JSON.stringify(review);
      socket.pause();
      socket.write(`${head(Buffer.byteLength(body))}${body}`.repeat(20_000));
    },
  ],
])(
  'who %s is cut off, and good requests are answered meanwhile',
  async (_, begin) => {
    const budget = new BodyBudget();
    const app = await serve({ limits: quick, budget });
    await expectGood(app);
    await begin(app);
    await vi.waitFor(async () => {
      await expectGood(app);
      // The one that is left is the good client's.
      expect(await openConnections(app)).toBe(1);
      expect([budget.bodies, budget.bytes]).toEqual([0, 0]);
    }, patience);
  },
  120_000,
);

test('a client that connects before it has something to ask is answered then, and not told that it is late', async () => {
  const app = await serve({ limits: quick });
  const early = await anAttacker(app);
  const late = await anAttacker(app);
  late.write('POST /validate HTTP/1.1\r\n');
  await once(late.resume(), 'close');
  const body = JSON.stringify(review);
  const answer = once(early, 'data');
  early.write(`${head(Buffer.byteLength(body))}${body}`);
  expect(String(await answer)).toMatch(/^HTTP\/1\.1 200 OK/);
});

test('bodies that fill the memory they may have are refused, and small ones are still judged', async () => {
  const budget = new BodyBudget({ smallBodyBytes: 65_536, smallBodiesBytes: 2 ** 21, largeBodiesBytes: 2 ** 22 });
  const app = await serve({ budget, limits: { ...limits, headersMs: 3_000, requestMs: 3_000, checkMs: 50 } });
  const answers: string[] = [];
  for (let client = 0; client < 12; client += 1) {
    const socket = await anAttacker(app);
    socket.on('data', (chunk: Buffer) => answers.push(chunk.toString()));
    socket.write(head(2 ** 20));
    socket.write(' '.repeat(2 ** 20 - 1));
  }
  await vi.waitFor(() => expect(answers.length).toBeGreaterThanOrEqual(6), patience);
  for (const answer of answers) {
    expect(answer).toMatch(/^HTTP\/1.1 503 /);
    expect(answer).toMatch(/\r\nConnection: close\r\n/);
    expect(answer).toContain('try again');
  }
  expect(budget.bytes).toBeLessThanOrEqual(2 ** 21 + 2 ** 22);
  await expectGood(app);
  await vi.waitFor(() => expect([budget.bodies, budget.bytes]).toEqual([0, 0]), patience);
}, 120_000);

/** Both ends of a connection are in this process, and it has other files open. */
function connectionsPossible(kept: number): number {
  const report = process.report.getReport() as unknown as { userLimits: { open_files: { soft: number | string } } };
  const { soft } = report.userLimits.open_files;
  return Math.min(10_000, typeof soft === 'number' ? soft - kept - 500 : 10_000);
}

test('ten thousand connections take no more than their share, and good requests are answered throughout', async () => {
  const connections = 2_000;
  const count = connectionsPossible(connections);
  if (count < 10_000) console.log(`only ${count} connections are tried, since this process may not open more files`);
  let [dropped, most] = [0, 0];
  const app = await serve({ limits: { ...limits, connections, handshakeMs: 8_000 } });
  app.server.on('drop', () => {
    dropped += 1;
  });
  await expectGood(app);
  for (let opened = 0; opened < count; opened += 500) {
    const sockets = Array.from({ length: 500 }, () => attack(connect(app.port, '127.0.0.1')));
    await Promise.all(sockets.map((socket) => Promise.race([once(socket, 'connect'), once(socket, 'close')])));
    await expectGood(app);
    most = Math.max(most, await openConnections(app));
  }
  expect(most).toBeLessThanOrEqual(connections);
  expect(dropped).toBeGreaterThan(0);
  await expectGood(app);
  // Whoever comes later gets in as soon as those who say nothing are cut off.
  await vi.waitFor(async () => {
    const socket = attack(connectTls({ host: '127.0.0.1', port: app.port, ca: insecureTestKeyPair.cert }));
    await Promise.race([
      once(socket, 'secureConnect'),
      once(socket, 'close').then(() => Promise.reject(new Error('closed'))),
    ]);
    socket.destroy();
  }, patience);
  await expectGood(app);
}, 240_000);
