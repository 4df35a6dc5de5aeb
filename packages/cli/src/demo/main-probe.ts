/**
 * Runs inside a pod's network and prints what it measured as one line of JSON.
 * `fetch <base url> <bytes>`: one large answer, then many small ones on the same connection.
 * `watch <address> <ms>`: a datagram to the echo service there in each such interval until standard input closes; every
 * one must come back. An empty line says that the first one did.
 */
import { createSocket } from 'node:dgram';
import { Agent, get } from 'node:http';

const [mode, target = '', amount = '0'] = process.argv.slice(2);
/** The first answers on a new connection are slower: they do not count. */
const warmUpRequests = 20;
const smallRequests = 101;
/** A handshake of WireGuard that is lost is tried again after five seconds. */
const answerWithinMs = 8_000;
const echoPort = 7;
/** How long the last datagrams may be under way; what is busy with much else may be late. */
const graceMs = 5_000;

if (mode === 'fetch') print(await measureFetch(target, Number(amount)));
else if (mode === 'watch') print(await watchUntilClosed(target, Number(amount)));
else throw new Error(`unknown mode ${mode}`);

async function measureFetch(url: string, wanted: number): Promise<object> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const received = (await request(agent, `${url}/bytes/${wanted}`)).length;
  const seenAs = (await request(agent, `${url}/whoami`)).toString().trim();
  const rtts: number[] = [];
  for (let index = 0; index < warmUpRequests + smallRequests; index += 1) {
    const start = performance.now();
    await request(agent, `${url}/whoami`);
    if (index >= warmUpRequests) rtts.push(performance.now() - start);
  }
  agent.destroy();
  rtts.sort((a, b) => a - b);
  return { received, seenAs, rttMs: rtts[smallRequests >> 1] };
}

/** UDP, because TCP would hide what is lost. */
async function watchUntilClosed(address: string, everyMs: number): Promise<object> {
  const socket = createSocket('udp4');
  const missing = new Set<string>();
  let whenComplete = (): void => {};
  let sent = 0;
  let heardMs = Number.POSITIVE_INFINITY;
  let longestSilenceMs = 0;
  socket.once('message', () => process.stdout.write('\n'));
  socket.on('message', (message) => {
    const nowMs = performance.now();
    longestSilenceMs = Math.max(longestSilenceMs, nowMs - heardMs);
    heardMs = nowMs;
    missing.delete(message.toString());
    if (missing.size === 0) whenComplete();
  });
  const timer = setInterval(() => {
    const name = String(sent);
    sent += 1;
    missing.add(name);
    socket.send(name, echoPort, address);
  }, everyMs);
  await new Promise((resolve) => process.stdin.resume().once('end', resolve));
  clearInterval(timer);
  await new Promise<void>((resolve) => {
    const limit = setTimeout(resolve, graceMs);
    whenComplete = () => {
      clearTimeout(limit);
      resolve();
    };
    if (missing.size === 0) whenComplete();
  });
  socket.close();
  return { sent, answered: sent - missing.size, longestSilenceMs };
}

function request(agent: Agent, url: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const call = get(url, { agent, timeout: answerWithinMs }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.once('end', () => resolve(Buffer.concat(parts)));
      response.once('error', reject);
    });
    call.once('timeout', () => call.destroy(new Error(`${url} did not answer within ${answerWithinMs / 1_000} s`)));
    call.once('error', reject);
  });
}

function print(value: object): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}
