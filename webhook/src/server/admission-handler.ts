import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { Clock, Logger } from '@leafway/reconciler';
import { accepted, refused } from '../admission/decision.ts';
import { decide, type Endpoint, leavesSpecAlone, misfitOf } from '../admission/endpoints.ts';
import { respond, respondBadRequest, respondInternalError, respondStarting } from '../admission/response.ts';
import { type AdmissionResponse, answerReview, ReviewRejected } from '../admission/review.ts';
import { logFields } from './admission-log.ts';
import { collectBody, type HttpRefusal, headRefusal } from './body.ts';
import type { BodyBudget } from './body-budget.ts';
import { type Envelope, readEnvelope } from './envelope.ts';
import { JsonRejected } from './json/scan.ts';
import type { Measures } from './measures.ts';
import type { ClientCheck } from './tls/client-certificates.ts';

/** An endpoint and where it is. */
export interface ServedEndpoint {
  readonly path: string;
  readonly endpoint: Endpoint;
}

export interface AdmissionDependencies {
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly log: Logger;
  readonly budget: BodyBudget;
  readonly measures: Measures;
  /** Asked of each request where clients have to show who they are. */
  readonly clients?: Pick<ClientCheck, 'refusal'> | undefined;
  /** Whether the process ends: then each answer asks the client to open a connection to another one. */
  readonly isStopping: () => boolean;
  /** What the world still waits for, in words; `undefined` when all of it is known. */
  readonly worldWaitsFor: () => string | undefined;
}

/**
 * Answers the requests to one endpoint. One with a uid gets an AdmissionReview and status 200 whatever the decision;
 * one without gets a plain text and a status that makes the API server fail the request. It talks to `node:http`
 * itself: at this place an application around it costs more than the decision.
 */
export function createAdmissionHandler(served: ServedEndpoint, deps: AdmissionDependencies) {
  const refuse = (response: ServerResponse, refusal: HttpRefusal): void => {
    const { status, text: reason } = refusal;
    deps.log.warn({ path: served.path, status, reason }, 'a request that is no admission');
    deps.measures.refused(served.path, status);
    writeRefusal(response, refusal);
  };

  return (request: IncomingMessage, response: ServerResponse): void => {
    const refusal = clientRefusal(request, deps) ?? headRefusal(request);
    if (refusal !== undefined) {
      refuse(response, refusal);
      return;
    }
    collectBody(request, deps.budget, {
      refusal: (found) => refuse(response, found),
      body: (bytes) => {
        try {
          serve(bytes, response, served, deps);
        } catch (err) {
          const isTheirs = err instanceof JsonRejected || err instanceof ReviewRejected;
          if (!isTheirs) deps.log.error({ err }, 'a request could not be answered');
          refuse(response, isTheirs ? { status: 400, text: err.message } : { status: 500, text: 'the webhook failed' });
        }
      },
    });
  };
}

function clientRefusal({ socket }: IncomingMessage, { clients }: AdmissionDependencies): HttpRefusal | undefined {
  const reason = clients?.refusal(socket as TLSSocket);
  return reason === undefined ? undefined : { status: 403, text: `${reason}: only API servers may ask`, isEarly: true };
}

function serve(bytes: Buffer, response: ServerResponse, served: ServedEndpoint, deps: AdmissionDependencies): void {
  const start = deps.clock.monotonicMs();
  const envelope = readEnvelope(bytes);
  const answer = admit(envelope, served.endpoint, deps);
  const body = JSON.stringify(answerReview(answer));
  const bytesOfBody = Buffer.byteLength(body);
  // As an array the headers are not looked at one by one.
  const headers = ['Content-Type', 'application/json', 'Content-Length', String(bytesOfBody)];
  if (deps.isStopping()) headers.push('Connection', 'close');
  response.writeHead(200, headers);
  // As a string it goes out in one write with the headers, and without non-ASCII characters as it is.
  response.end(body, bytesOfBody === body.length ? 'latin1' : 'utf8');
  const ms = deps.clock.monotonicMs() - start;
  deps.measures.decided(served.path, envelope.request, answer, ms);
  deps.log.info(logFields(envelope.request, answer, ms), 'admission');
}

/** Never accepts what it could not judge. */
function admit(
  { request, problems, isAmbiguous }: Envelope,
  endpoint: Endpoint,
  deps: AdmissionDependencies,
): AdmissionResponse {
  try {
    const misfit = misfitOf(request, endpoint);
    if (misfit !== undefined) return respondBadRequest(request, misfit);
    if (isAmbiguous) return respond(request, refused(problems));
    if (leavesSpecAlone(request)) return respond(request, accepted);
    const waitsFor = endpoint.needsWorld ? deps.worldWaitsFor() : undefined;
    if (waitsFor !== undefined) return respondStarting(request, waitsFor);
    return respond(request, problems.length > 0 ? refused(problems) : decide(request, endpoint));
  } catch (err) {
    deps.log.error({ err, uid: request.uid }, 'an admission failed');
    return respondInternalError(request);
  }
}

function writeRefusal(response: ServerResponse, { status, text, isEarly = false }: HttpRefusal): void {
  response.writeHead(status, {
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': Buffer.byteLength(text),
    ...(isEarly ? { Connection: 'close' } : {}),
  });
  response.end(text);
}
