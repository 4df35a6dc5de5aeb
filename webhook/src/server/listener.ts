import type { RequestListener } from 'node:http';
import { createEndpoints } from '../admission/endpoints.ts';
import type { World } from '../admission/world.ts';
import { type AdmissionDependencies, createAdmissionHandler } from './admission-handler.ts';
import { type AppDependencies, createApp } from './app.ts';

/** What an application needs, and the world by which admissions are judged. */
export interface ListenerDependencies extends AdmissionDependencies, Omit<AppDependencies, 'metrics'> {
  readonly world: World;
}

/** The webhook over HTTP: admissions are answered here, everything else by an express application. */
export function createListener(deps: ListenerDependencies): RequestListener {
  const app = createApp(deps);
  const handlers = new Map(
    Object.entries(createEndpoints(deps.world)).map(([path, endpoint]) => [
      path,
      createAdmissionHandler({ path, endpoint }, deps),
    ]),
  );
  return (request, response) => {
    // The API server tells in the query how long it waits: `/validate?timeout=3s`.
    const [path = ''] = request.url?.split('?', 1) ?? [];
    const handle = request.method === 'POST' ? handlers.get(path) : undefined;
    if (handle === undefined) app(request, response);
    else handle(request, response);
  };
}
