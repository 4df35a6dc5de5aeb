import type { RequestListener } from 'node:http';
import type { Logger } from '@leafway/reconciler';
import express, { type ErrorRequestHandler } from 'express';

export interface AppDependencies {
  readonly log: Logger;
  /** Why this process should get no requests; `undefined` when it is ready. */
  readonly notReady: () => string | undefined;
  /** What somebody should look after although requests are served; `/readyz` says it, a line each. */
  readonly remarks: () => readonly string[];
  /** Whether the process ends: then each answer asks the client to open a connection to another one. */
  readonly isStopping: () => boolean;
  /** Served under `/metrics` where given. */
  readonly metrics?: { readonly contentType: string; text(): Promise<string> };
}

/**
 * What is asked besides admissions: `GET /healthz`, `GET /readyz`, `GET /metrics`. Everything else is 404, and nothing a
 * redirect.
 */
export function createApp(deps: AppDependencies): RequestListener {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.enable('strict routing');
  app.enable('case sensitive routing');
  app.use((_, response, next) => {
    if (deps.isStopping()) response.set('Connection', 'close');
    next();
  });
  app.get('/healthz', (_, response) => void response.type('text').send('ok'));
  app.get('/readyz', (_, response) => {
    const reason = deps.notReady();
    response
      .status(reason === undefined ? 200 : 503)
      .type('text')
      .send([reason ?? 'ok', ...deps.remarks()].join('\n'));
  });
  const { metrics } = deps;
  if (metrics !== undefined) {
    app.get('/metrics', async (_, response) => {
      // express would add a charset of its own.
      response.setHeader('Content-Type', metrics.contentType);
      response.end(await metrics.text());
    });
  }
  app.use((_, response) => void response.status(404).type('text').send('not found'));
  app.use(reportFailure(deps.log));
  return app;
}

/** A path that cannot be decoded is the sender's fault and nothing else is: what failed is in the log only. */
function reportFailure(log: Logger): ErrorRequestHandler {
  return (err: unknown, _request, response, next) => {
    if (response.headersSent) {
      next(err);
      return;
    }
    const given: unknown = err instanceof Error && 'status' in err ? err.status : undefined;
    const isTheirs = typeof given === 'number' && given >= 400 && given < 500;
    log.warn({ err }, 'a request failed');
    response
      .status(isTheirs ? given : 500)
      .type('text')
      .send(isTheirs ? 'the request cannot be read' : 'the webhook failed');
  };
}
