import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

const chunk = Buffer.alloc(64 * 1024, 'leafway\n');

/**
 * The HTTP server of the `web` pods:
 * `GET /bytes/N` answers N bytes, `GET /whoami` the source address it saw, `POST /sink` how many bytes came in.
 */
export function createWebServer(): Server {
  return createServer((request, response) => {
    answer(request, response).catch(() => {
      // The client went away in the middle: nothing is left to tell it.
      response.destroy();
    });
  });
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method, url = '/' } = request;
  const bytes = /^\/bytes\/(\d{1,15})$/.exec(url)?.[1];
  if (bytes !== undefined && (method === 'GET' || method === 'HEAD')) {
    response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': bytes });
    await pipeline(Readable.from(method === 'HEAD' ? [] : chunksOf(Number(bytes))), response);
  } else if (url === '/whoami' && method === 'GET') {
    sendText(response, 200, request.socket.remoteAddress ?? '');
  } else if (url === '/sink' && method === 'POST') {
    let received = 0;
    for await (const part of request as AsyncIterable<Buffer>) received += part.length;
    sendText(response, 200, String(received));
  } else {
    sendText(response, 404, 'GET /bytes/N, GET /whoami or POST /sink');
  }
}

function* chunksOf(total: number): Generator<Buffer> {
  for (let left = total; left > 0; left -= chunk.length) {
    yield left >= chunk.length ? chunk : chunk.subarray(0, left);
  }
}

function sendText(response: ServerResponse, status: number, text: string): void {
  const body = `${text}\n`;
  response.writeHead(status, { 'content-type': 'text/plain', 'content-length': Buffer.byteLength(body) });
  response.end(body);
}
