import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { downloadFile, readChecksum } from './download.ts';
import { createSystemMachine } from './system-machine.ts';

const sum = 'a'.repeat(64);
const other = 'b'.repeat(64);

describe('reading a checksum file', () => {
  test('a file that holds one sum and nothing else is about the file beside it', () => {
    expect(readChecksum(`${sum}\n`, 'kubectl')).toBe(sum);
  });

  test('in a list the line with the name of the file counts', () => {
    expect(readChecksum(`${other}  etcd-arm64.tar.gz\n${sum} *etcd-amd64.tar.gz\n`, 'etcd-amd64.tar.gz')).toBe(sum);
  });

  test('a list of one line must be about that file', () => {
    expect(readChecksum(`${sum}  something-else`, 'kubectl')).toBeUndefined();
  });

  test.each(['', '<html>not found</html>', 'abc'])('%j is not a sum', (text) => {
    expect(readChecksum(text, 'kubectl')).toBeUndefined();
  });
});

describe('a download over a real connection', () => {
  const content = Buffer.alloc(300_000, 'leafway ');
  const checksum = createHash('sha256').update(content).digest('hex');
  let directory: string;
  let server: Server;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'leafway-download-'));
  });
  afterEach(async () => {
    server.close();
    await rm(directory, { recursive: true });
  });

  async function download(answer: RequestListener): Promise<Buffer> {
    server = createServer((request, response) => {
      if (request.url === '/tool.sha256') response.end(checksum);
      else answer(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/tool`;
    const destination = join(directory, 'tool');
    const options = { machine: createSystemMachine(), onProgress: () => {} };
    await downloadFile({ url, checksumURL: `${url}.sha256` }, destination, options);
    return readFile(destination);
  }

  /** Answers with the head of the whole and a third of the body, then cuts the line. */
  const cut: RequestListener = (_, response) => {
    response.writeHead(200, { 'content-length': content.length });
    response.write(content.subarray(0, 100_000), () => response.destroy());
  };

  test('is begun anew when the line is cut, and complete', async () => {
    let requests = 0;
    const received = await download((request, response) => {
      requests += 1;
      if (requests === 1) cut(request, response);
      else response.end(content);
    });
    expect(received.equals(content)).toBe(true);
  });

  test('says how far it came when the line is cut again', async () => {
    await expect(download(cut)).rejects.toThrow(/\/tool broke off after \d+ of 300000 bytes, twice$/);
  });

  test('is refused when a proxy answers with a page of its own', async () => {
    await expect(download((_, response) => response.end('<html>Please log in</html>'))).rejects.toThrow(
      /\/tool has the SHA-256 sum [0-9a-f]{64}, but .*\/tool\.sha256 says /,
    );
  });
});
