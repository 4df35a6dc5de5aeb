import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { Download } from './catalogue.ts';
import type { FetchAnswer, Machine } from './ports.ts';

/** A server that has not begun to answer by then gives way to the next means. */
const answerTimeoutMs = 5_000;
/** A transfer that stands still for that long has failed. */
const stallTimeoutMs = 20_000;

/** What a download is told and asked while it runs. */
export interface DownloadOptions {
  readonly machine: Machine;
  readonly onProgress: (received: number, total: number | undefined) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Writes the file at `download.url` to `destination`, verified against its published SHA-256 sum. A transfer that
 * breaks off is begun anew once.
 * Throws when there is no answer within seconds, when the transfer stops or breaks off again, or when the sum differs;
 * what was written by then is the caller's to remove.
 */
export async function downloadFile(download: Download, destination: string, options: DownloadOptions): Promise<void> {
  try {
    await attempt(download, destination, options);
  } catch (error) {
    if (!(error instanceof BrokenTransfer)) throw error;
    await attempt(download, destination, options);
  }
}

/** The connection ended in the middle. */
class BrokenTransfer extends Error {}

async function attempt(
  download: Download,
  destination: string,
  { machine, onProgress, signal }: DownloadOptions,
): Promise<void> {
  const watch = watchForStall(machine, signal);
  try {
    const expected = await fetchChecksum();
    const answer = await fetchBody(download.url);
    const hash = createHash('sha256');
    await machine.files.write(destination, observe(answer, hash));
    const actual = hash.digest('hex');
    if (actual !== expected) {
      throw new Error(`${download.url} has the SHA-256 sum ${actual}, but ${download.checksumURL} says ${expected}`);
    }
  } catch (error) {
    // An aborted fetch rejects with the reason in most places, but a body may fail with an error of its own.
    throw watch.reason() ?? error;
  } finally {
    watch.stop();
  }

  async function fetchBody(url: string): Promise<FetchAnswer> {
    watch.expectWithin(answerTimeoutMs, `${new URL(url).host} did not answer within ${answerTimeoutMs / 1000} s`);
    const answer = await machine.fetch(url, watch.signal);
    if (answer.status !== 200) throw new Error(`${url} answered ${answer.status}`);
    return answer;
  }

  async function fetchText(url: string): Promise<string> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of (await fetchBody(url)).body) chunks.push(chunk);
    return Buffer.concat(chunks).toString('utf8');
  }

  async function fetchChecksum(): Promise<string> {
    const sum = readChecksum(await fetchText(download.checksumURL), basename(download.url));
    if (sum !== undefined) return sum;
    throw new Error(`${download.checksumURL} has no checksum of ${basename(download.url)}; is it the page of a proxy?`);
  }

  async function* observe(answer: FetchAnswer, hash: { update(chunk: Uint8Array): unknown }) {
    let received = 0;
    try {
      for await (const chunk of answer.body) {
        watch.expectWithin(
          stallTimeoutMs,
          `the download of ${download.url} stood still for ${stallTimeoutMs / 1000} s`,
        );
        hash.update(chunk);
        received += chunk.length;
        onProgress(received, answer.length);
        yield chunk;
      }
    } catch {
      const of = answer.length === undefined ? '' : ` of ${answer.length}`;
      throw new BrokenTransfer(`the download of ${download.url} broke off after ${received}${of} bytes, twice`);
    }
  }
}

/**
 * Reads the sum of a file from a checksum file: either the sum alone, or lines of sum and file name. `undefined` when
 * the file is not listed.
 */
export function readChecksum(text: string, fileName: string): string | undefined {
  const lines = text
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+\*?/));
  const [only] = lines;
  const line = lines.length === 1 && only?.length === 1 ? only : lines.find(([, name]) => name === fileName);
  const sum = line?.[0]?.toLowerCase() ?? '';
  return /^[0-9a-f]{64}$/.test(sum) ? sum : undefined;
}

interface StallWatch {
  readonly signal: AbortSignal;
  /** The next sign of life is due within the time, else everything is aborted with the message. */
  expectWithin(ms: number, message: string): void;
  /** Why it was aborted, undefined when it was not. */
  reason(): unknown;
  stop(): void;
}

function watchForStall(machine: Machine, signal: AbortSignal | undefined): StallWatch {
  const stalled = new AbortController();
  let cancel = (): void => {};
  const combined = signal === undefined ? stalled.signal : AbortSignal.any([signal, stalled.signal]);
  return {
    signal: combined,
    expectWithin: (ms, message) => {
      cancel();
      cancel = machine.setTimer(ms, () => stalled.abort(new Error(message)));
    },
    reason: () => (combined.aborted ? combined.reason : undefined),
    stop: () => cancel(),
  };
}
