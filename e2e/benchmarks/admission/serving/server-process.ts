import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type FileHandle, open, readFile } from 'node:fs/promises';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** A webhook that runs as a process of its own. */
export interface WebhookProcess {
  readonly name: string;
  readonly port: number;
  /** What it and the processes that it started have used of the processors so far. */
  cpuSeconds(): Promise<number>;
  /** What it and the processes that it started hold in memory now. */
  residentMib(): Promise<number>;
  /** Empties its log, so that the log of one measurement does not slow down the next. */
  forgetLog(): Promise<void>;
  stop(): Promise<void>;
}

export interface WebhookProcessOptions {
  readonly name: string;
  /** The command line for a port. */
  readonly command: (port: number) => readonly string[];
  readonly logFile: string;
  /** The authority of its certificate, PEM. */
  readonly ca: string;
}

const readyWithinMs = 180_000;
const stopWithinMs = 20_000;
/** How the kernel counts processor time: in hundredths of a second on every architecture there is a lab for. */
const ticksPerSecond = 100;
const pageMib = 4096 / 1024 / 1024;

/** Starts a webhook on a free port of loopback and waits until it says that it is ready. */
export async function startWebhook({ name, command, logFile, ca }: WebhookProcessOptions): Promise<WebhookProcess> {
  const port = await freePort();
  const log = await open(logFile, 'a+');
  const [executable = '', ...args] = command(port);
  const child = spawn(executable, args, { stdio: ['ignore', log.fd, log.fd] });
  const ended = once(child, 'exit');
  const pid = child.pid ?? 0;
  // An interrupted benchmark ends without waiting for anybody.
  const kill = (): unknown => child.kill('SIGKILL');
  process.once('exit', kill);
  const stop = async (): Promise<void> => {
    const timer = setTimeout(kill, stopWithinMs);
    child.kill();
    await ended;
    clearTimeout(timer);
    process.off('exit', kill);
    await log.close();
  };
  try {
    await untilReady({ name, port, ca, log, hasEnded: () => child.exitCode !== null || child.signalCode !== null });
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    name,
    port,
    cpuSeconds: () => sumOverTree(pid, ({ ticks }) => ticks / ticksPerSecond),
    residentMib: () => sumOverTree(pid, ({ pages }) => pages * pageMib),
    forgetLog: () => log.truncate(0),
    stop,
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

interface Readiness {
  readonly name: string;
  readonly port: number;
  readonly ca: string;
  readonly log: FileHandle;
  readonly hasEnded: () => boolean;
}

async function untilReady({ name, port, ca, log, hasEnded }: Readiness): Promise<void> {
  for (const deadline = performance.now() + readyWithinMs; ; await delay(100)) {
    if ((await statusOf(port, ca)) === 200) return;
    if (hasEnded() || performance.now() > deadline) {
      const text = (await log.readFile('utf8')).slice(-2_000);
      throw new Error(`the webhook "${name}" ${hasEnded() ? 'ended' : 'did not become ready'}: ${text}`);
    }
  }
}

/** The answer of `/readyz`; undefined when there is none. */
function statusOf(port: number, ca: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const asked = request({ host: '127.0.0.1', port, path: '/readyz', ca, agent: false, timeout: 2_000 }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    asked.once('timeout', () => asked.destroy());
    asked.once('error', () => resolve(undefined));
    asked.end();
  });
}

interface Usage {
  readonly ticks: number;
  readonly pages: number;
}

async function sumOverTree(pid: number, value: (usage: Usage) => number): Promise<number> {
  const usages = await Promise.all((await treeOf(pid)).map(usageOf));
  return usages.reduce((sum, usage) => sum + value(usage), 0);
}

async function treeOf(pid: number): Promise<number[]> {
  const listed = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  const children = listed
    .split(' ')
    .filter((part) => part !== '')
    .map(Number);
  return [pid, ...(await Promise.all(children.map(treeOf))).flat()];
}

/** Field numbers as in proc(5), counted from behind the name, which may hold spaces. */
async function usageOf(pid: number): Promise<Usage> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  return { ticks: (fields[11] ?? 0) + (fields[12] ?? 0), pages: fields[21] ?? 0 };
}
