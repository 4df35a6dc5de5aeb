import { createServer, type Server, type ServerResponse } from 'node:http';

export interface HealthDependencies {
  readonly isReady: () => boolean;
  readonly metrics: { readonly contentType: string; text(): Promise<string> };
}

/** Serves `/healthz` (200 as long as it answers at all), `/readyz` (200 or 503) and `/metrics`. */
export function createHealthServer(deps: HealthDependencies): Server {
  return createServer(({ url = '' }, response) => {
    const [path] = url.split('?', 1);
    answer(deps, path, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
}

async function answer(
  { isReady, metrics }: HealthDependencies,
  path: string | undefined,
  response: ServerResponse,
): Promise<void> {
  if (path === '/metrics') {
    const text = await metrics.text();
    response.writeHead(200, { 'content-type': metrics.contentType }).end(text);
  } else if (path === '/healthz') response.writeHead(200).end('ok');
  else if (path === '/readyz') response.writeHead(isReady() ? 200 : 503).end(isReady() ? 'ok' : 'not ready');
  else response.writeHead(404).end();
}
