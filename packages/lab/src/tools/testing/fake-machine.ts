import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { FetchAnswer, Files, Machine, RunOptions, RunResult } from '../ports.ts';

/** A command of the fake machine, found by its base name. */
export type FakeCommand = (
  args: readonly string[],
  options: RunOptions,
) => Partial<RunResult> | Promise<Partial<RunResult>>;

/** What a URL of the fake internet does: serve text, never answer, begin and then stand still, or break off. */
export type FakePage =
  | { readonly text: string }
  | { readonly hangs: 'at once' | 'half way' }
  /** How often, before it serves the text. */
  | { readonly breaks: number; readonly text: string };

/**
 * A machine in memory. A file is its text, and running a file prints that text, so that a fake tool is the line which
 * it prints for its version. A command named in `commands` runs instead.
 */
export class FakeMachine implements Machine {
  platform = 'linux';
  architecture = 'x64';
  environment: Record<string, string | undefined> = { PATH: '/usr/bin' };
  homeDirectory = '/home/ada';
  userID = 1000;
  readonly contents = new Map<string, string>();
  readonly commands = new Map<string, FakeCommand>();
  readonly pages = new Map<string, FakePage>();
  /** Every command run and every URL asked for, in order. */
  readonly log: string[] = [];
  /** Directories whose lock somebody holds. */
  readonly locked = new Set<string>();
  /** Files that exist but may not be opened. */
  readonly closed = new Set<string>();
  /** The prefix of paths on which nothing can be written any more. */
  fullDisk: string | undefined;
  readonly files: Files = createFakeFiles(this.contents, this.closed, (path) => this.#isFull(path));
  #nowMs = 0;
  readonly #timers = new Set<{ readonly atMs: number; readonly callback: () => void }>();

  /** Serves a file with its checksum beside it, as the release sites do. */
  serve(url: string, text: string, sumOf = text): void {
    this.pages.set(url, { text });
    this.pages.set(`${url}.sha256`, { text: createHash('sha256').update(sumOf).digest('hex') });
  }

  async tryLock(directory: string): Promise<(() => Promise<void>) | undefined> {
    if (this.locked.has(directory)) return undefined;
    this.locked.add(directory);
    return async () => void this.locked.delete(directory);
  }

  async run(command: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    options.signal?.throwIfAborted();
    const fake = this.commands.get(basename(command));
    if (fake !== undefined) {
      this.log.push([basename(command), ...args].join(' '));
      return { code: 0, stdout: '', stderr: '', ...(await fake(args, options)) };
    }
    const stdout = this.contents.get(command);
    return stdout === undefined ? { code: 127, stdout: '', stderr: '' } : { code: 0, stdout, stderr: '' };
  }

  async fetch(url: string, signal: AbortSignal): Promise<FetchAnswer> {
    this.log.push(`fetch ${url}`);
    const page = this.pages.get(url);
    if (page === undefined) throw new TypeError('fetch failed', { cause: new Error('no such host') });
    if ('breaks' in page && page.breaks > 0) {
      this.pages.set(url, { ...page, breaks: page.breaks - 1 });
      return { status: 200, length: page.text.length, body: bodyThatBreaks(page.text) };
    }
    if ('text' in page) return { status: 200, length: page.text.length, body: bodyOf(page.text) };
    if (page.hangs === 'at once') await untilAborted(signal);
    return { status: 200, body: bodyOf('half', signal) };
  }

  #isFull(path: string): boolean {
    return this.fullDisk !== undefined && path.startsWith(this.fullDisk);
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  setTimer(ms: number, callback: () => void): () => void {
    const timer = { atMs: this.#nowMs + ms, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** True while somebody waits for time to pass. */
  get isWaiting(): boolean {
    return this.#timers.size > 0;
  }

  /** Lets time pass: runs the timers that are due by then. */
  advance(ms: number): void {
    this.#nowMs += ms;
    for (const timer of [...this.#timers]) {
      if (timer.atMs > this.#nowMs) continue;
      this.#timers.delete(timer);
      timer.callback();
    }
  }
}

async function* bodyOf(text: string, hangsUntil?: AbortSignal): AsyncIterable<Uint8Array> {
  yield Buffer.from(text);
  if (hangsUntil !== undefined) await untilAborted(hangsUntil);
}

async function* bodyThatBreaks(text: string): AsyncIterable<Uint8Array> {
  yield Buffer.from(text.slice(0, 4));
  throw new TypeError('terminated', { cause: new Error('other side closed') });
}

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}

function createFakeFiles(
  contents: Map<string, string>,
  closed: ReadonlySet<string>,
  isFull: (path: string) => boolean,
): Files {
  let scratchCount = 0;
  const move = (from: string, to: string): void => {
    for (const [path, text] of [...contents]) {
      if (path !== from && !path.startsWith(`${from}/`)) continue;
      contents.delete(path);
      contents.set(to + path.slice(from.length), text);
    }
  };
  return {
    makeDirectory: async () => {},
    makeTemporaryDirectory: async (prefix) => {
      scratchCount += 1;
      return `${prefix}${scratchCount}`;
    },
    isExecutable: async (path) => contents.has(path),
    exists: async (path) => contents.has(path),
    isReadableAndWritable: async (path) => contents.has(path) && !closed.has(path),
    readText: async (path) => contents.get(path),
    write: async (path, chunks) => {
      const received: Uint8Array[] = [];
      for await (const chunk of chunks) received.push(chunk);
      contents.set(path, Buffer.concat(received).toString());
      if (isFull(path)) throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    },
    freeBytes: async (path) => (isFull(path) ? 12_345_678 : 1e12),
    makeExecutable: async () => {},
    rename: async (from, to) => move(from, to),
    link: async (target, path) => {
      contents.set(path, `link to ${target}`);
    },
    remove: async (path) => {
      for (const known of [...contents.keys()]) {
        if (known === path || known.startsWith(`${path}/`)) contents.delete(known);
      }
    },
  };
}
