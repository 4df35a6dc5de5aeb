/**
 * Runs in a network and measures the way to a pod `web` of the lab: `main-traffic.ts <address> <seconds>`. Prints one
 * line of JSON: the round trip of small datagrams, one at a time, then how fast one download over TCP is.
 */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { quantile } from '../statistics/summary.ts';
import type { TrafficFacts } from './figures.ts';

const [address = '', seconds = '2'] = process.argv.slice(2);
const echoPort = 7;
/** The first ones find their way, shake hands and warm the caches. */
const warmUpEchoes = 50;
const echoes = 400;
const answerWithinMs = 1_000;
const firstAnswerWithinMs = 10_000;
/** Where nobody listens yet, the refusal comes at once. */
const pauseMs = 50;
/** TCP has found its speed by then. */
const warmUpMs = 500;
/** More than any link moves meanwhile. */
const endless = 10 ** 14;

const roundTrips = await measureRoundTrips();
const facts: TrafficFacts = {
  megabytesPerSecond: await measureDownload(Number(seconds) * 1_000),
  rttMs: quantile(roundTrips, 0.5),
  rttP99Ms: quantile(roundTrips, 0.99),
};
console.log(JSON.stringify(facts));

async function measureRoundTrips(): Promise<number[]> {
  const socket = createSocket('udp4');
  socket.connect(echoPort, address);
  await once(socket, 'connect');
  await untilAnswered();
  const times: number[] = [];
  for (let index = 0; index < warmUpEchoes + echoes; index += 1) {
    const start = performance.now();
    await echo(String(index));
    if (index >= warmUpEchoes) times.push(performance.now() - start);
  }
  socket.close();
  return times;

  /** A server cannot speak into a tunnel before its client has: the first datagrams may be lost. */
  async function untilAnswered(): Promise<void> {
    for (const deadline = performance.now() + firstAnswerWithinMs; ; ) {
      try {
        return await echo('first');
      } catch (error) {
        if (performance.now() > deadline) throw error;
        await wait(pauseMs);
      }
    }
  }

  async function echo(text: string): Promise<void> {
    const signal = AbortSignal.timeout(answerWithinMs);
    socket.send(text);
    for (;;) {
      const [message] = (await once(socket, 'message', { signal })) as [Buffer];
      if (message.toString() === text) return;
    }
  }
}

/** Payload in units of 10^6 bytes a second. */
async function measureDownload(durationMs: number): Promise<number> {
  const signal = AbortSignal.timeout(firstAnswerWithinMs + durationMs);
  const request = get(`http://${address}/bytes/${endless}`, { signal });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  let received = 0;
  response.on('data', (part: Buffer) => {
    received += part.length;
  });
  await wait(warmUpMs);
  const [before, start] = [received, performance.now()];
  await wait(durationMs);
  const [bytes, elapsedMs] = [received - before, performance.now() - start];
  request.on('error', () => undefined).destroy();
  if (bytes === 0) throw new Error(`nothing came from ${address}`);
  return bytes / 1_000 / elapsedMs;
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
