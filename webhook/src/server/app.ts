import type { Clock, Logger } from '@leafway/reconciler';
import express, { type ErrorRequestHandler, type Express, type Request, type Response } from 'express';
import { createEndpoints, decide, type Endpoint, leavesSpecAlone, misfitOf } from '../admission/endpoints.ts';
import { respond, respondBadRequest, respondInternalError, respondStarting } from '../admission/response.ts';
import {
  type AdmissionRequest,
  type AdmissionResponse,
  answerReview,
  ReviewRejected,
  readReview,
} from '../admission/review.ts';
import type { World } from '../admission/world.ts';
import { logFields } from './admission-log.ts';
import { JsonRejected, parseStrictJson } from './strict-json.ts';

/** An update carries two objects, and the API server takes objects of 3 MiB. */
const bodyLimitBytes = 8 * 1024 * 1024;

export interface AppDependencies {
  readonly world: World;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly log: Logger;
  /** What the world still waits for, in words; `undefined` when all of it is known. */
  readonly worldWaitsFor: () => string | undefined;
  /** Why this process should get no requests; `undefined` when it is ready. */
  readonly notReady: () => string | undefined;
}

/**
 * The webhook over HTTP: `POST /mutate`, `POST /validate`, `GET /healthz`, `GET /readyz`; everything else is 404 and
 * nothing is a redirect. A request with a uid gets an AdmissionReview and status 200 whatever the decision; one
 * without gets a plain text and a status that makes the API server fail the request.
 */
export function createApp(deps: AppDependencies): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.enable('strict routing');
  app.enable('case sensitive routing');
  const body = express.raw({ type: 'application/json', limit: bodyLimitBytes, inflate: false });
  for (const [path, endpoint] of Object.entries(createEndpoints(deps.world))) {
    app.post(path, body, (request, response) => serve(request, response, endpoint, deps));
  }
  app.get('/healthz', (_, response) => void response.type('text').send('ok'));
  app.get('/readyz', (_, response) => {
    const reason = deps.notReady();
    response
      .status(reason === undefined ? 200 : 503)
      .type('text')
      .send(reason ?? 'ok');
  });
  app.use((_, response) => void response.status(404).type('text').send('not found'));
  app.use(reportFailure(deps.log));
  return app;
}

function serve(request: Request, response: Response, endpoint: Endpoint, deps: AppDependencies): void {
  if (!Buffer.isBuffer(request.body)) {
    response.status(415).type('text').send('the content type is not application/json');
    return;
  }
  const start = deps.clock.monotonicMs();
  const review = readReview(parseStrictJson(request.body));
  const answer = admit(review, endpoint, deps);
  response.json(answerReview(answer));
  deps.log.info(logFields(review, answer, deps.clock.monotonicMs() - start), 'admission');
}

/** Never accepts what it could not judge. */
function admit(request: AdmissionRequest, endpoint: Endpoint, deps: AppDependencies): AdmissionResponse {
  try {
    const misfit = misfitOf(request, endpoint);
    if (misfit !== undefined) return respondBadRequest(request, misfit);
    const waitsFor = endpoint.needsWorld ? deps.worldWaitsFor() : undefined;
    if (waitsFor !== undefined && !leavesSpecAlone(request)) return respondStarting(request, waitsFor);
    return respond(request, decide(request, endpoint));
  } catch (err) {
    deps.log.error({ err, uid: request.uid }, 'an admission failed');
    return respondInternalError(request);
  }
}

/** Requests that end before there is a decision: bodies that are too large, compressed, broken, or no AdmissionReview. */
function reportFailure(log: Logger): ErrorRequestHandler {
  return (err: unknown, _request, response, next) => {
    if (response.headersSent) {
      next(err);
      return;
    }
    const { status, text } = refusalOf(err);
    log.warn({ status, reason: text, ...(status === 500 ? { err } : {}) }, 'a request that is no admission');
    response.status(status).type('text').send(text);
  };
}

function refusalOf(err: unknown): { status: number; text: string } {
  if (err instanceof JsonRejected || err instanceof ReviewRejected) return { status: 400, text: err.message };
  const status: unknown = err instanceof Error && 'status' in err ? err.status : undefined;
  switch (status) {
    case 413:
      return { status, text: `the body is larger than ${bodyLimitBytes} bytes` };
    case 415:
      return { status, text: 'the body is compressed, which is not supported' };
    default:
      return typeof status === 'number' && status >= 400 && status < 500
        ? { status, text: 'the request can not be read' }
        : { status: 500, text: 'the webhook failed' };
  }
}
