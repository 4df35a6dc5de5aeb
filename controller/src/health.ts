import { createServer, type Server, type ServerResponse } from 'node:http';

export interface HealthDependencies {
  readonly isReady: () => boolean;
  readonly metrics: { readonly contentType: string; text(): Promise<string> };
}

/** Serves `/healthz` (200 as long as it answers at all), `/readyz` (200 or 503) and `/metrics`. */
export function createHealthServer(deps: HealthDependencies): Server {
  return createServer(({ url }, response) => void answer(deps, url, response));
}

async function answer(
  { isReady, metrics }: HealthDependencies,
  url: string | undefined,
  response: ServerResponse,
): Promise<void> {
  if (url === '/metrics') response.writeHead(200, { 'content-type': metrics.contentType }).end(await metrics.text());
  else if (url === '/healthz') response.writeHead(200).end('ok');
  else if (url === '/readyz') response.writeHead(isReady() ? 200 : 503).end(isReady() ? 'ok' : 'not ready');
  else response.writeHead(404).end();
}
