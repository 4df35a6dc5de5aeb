import { createServer, type Server } from 'node:http';

/** Serves `/healthz` (200 as long as it answers at all) and `/readyz` (200 or 503). */
export function createHealthServer(isReady: () => boolean): Server {
  return createServer(({ url = '' }, response) => {
    const [path] = url.split('?', 1);
    if (path === '/healthz') response.writeHead(200).end('ok');
    else if (path === '/readyz') response.writeHead(isReady() ? 200 : 503).end(isReady() ? 'ok' : 'not ready');
    else response.writeHead(404).end();
  });
}
