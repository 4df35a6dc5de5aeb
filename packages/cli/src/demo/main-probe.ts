/**
 * Runs inside a pod's network and prints what it measured as one line of JSON.
 * `fetch <base url> <bytes>`: one large answer, then many small ones on the same connection.
 * `watch <base url>`: small requests one after another until standard input closes; every one must be answered.
 */
import { Agent, get } from 'node:http';

const [mode, base = '', bytes = '0'] = process.argv.slice(2);
/** The first answers on a new connection are slower: they do not count. */
const warmUpRequests = 20;
const smallRequests = 101;
const answerWithinMs = 5_000;
const watchEveryMs = 20;

if (mode === 'fetch') print(await measureFetch(base, Number(bytes)));
else if (mode === 'watch') print(await watchUntilClosed(base));
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

async function watchUntilClosed(url: string): Promise<object> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  let closed = false;
  process.stdin.resume().once('end', () => {
    closed = true;
  });
  let sent = 0;
  let answered = 0;
  while (!closed) {
    sent += 1;
    await request(agent, `${url}/whoami`).then(
      () => {
        answered += 1;
      },
      () => undefined,
    );
    await new Promise((resolve) => setTimeout(resolve, watchEveryMs));
  }
  agent.destroy();
  return { sent, answered };
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
