import type { Problem } from '@leafway/core';
import type { Decision } from './decision.ts';
import type { AdmissionRequest, AdmissionResponse, RefusalStatus } from './review.ts';

/** A spec can be wrong in thousands of places; nobody reads more than these. */
const problemLimit = 20;

/** What the API server is told about a decision. */
export function respond(request: AdmissionRequest, decision: Decision): AdmissionResponse {
  const { uid } = request;
  if (decision.problems.length > 0) return { uid, allowed: false, status: statusOf(request, decision.problems) };
  return {
    uid,
    allowed: true,
    ...(decision.warnings.length > 0 ? { warnings: decision.warnings } : {}),
    ...(decision.patch.length > 0 ? { patchType: 'JSONPatch', patch: toBase64(decision.patch) } : {}),
  };
}

/**
 * The refusal of an object, in the form that the API server itself uses for a broken schema, so that kubectl prints
 * both alike: from `details.causes` a line for each problem. Other clients read the same lines in `message`.
 */
function statusOf({ kind, name }: AdmissionRequest, problems: readonly Problem[]): RefusalStatus {
  const shown = problems.slice(0, problemLimit);
  const lines = shown.map(({ path, message }) => `${path}: ${message}`);
  const causes = shown.map(({ path, code, message }) => ({ reason: code, message, field: path }));
  if (problems.length > shown.length) {
    const message = `${problems.length - shown.length} more problems are not listed`;
    lines.push(message);
    causes.push({ reason: 'WEBHOOK_MORE', message, field: 'spec' });
  }
  return {
    status: 'Failure',
    code: 422,
    reason: 'Invalid',
    message: lines.join('\n'),
    details: { group: kind.group, kind: kind.kind, name, causes },
  };
}

/** The refusal of a request that is not about this webhook's kinds, or that its kinds do not allow. */
export function respondBadRequest({ uid }: AdmissionRequest, message: string): AdmissionResponse {
  return { uid, allowed: false, status: { status: 'Failure', code: 400, reason: 'BadRequest', message } };
}

/** The refusal while nothing can be judged yet; kubectl and other clients wait that long and try again by themselves. */
export function respondStarting({ uid }: AdmissionRequest, waitsFor: string): AdmissionResponse {
  const message = `the Leafway webhook is starting (${waitsFor}): try again in a few seconds`;
  return {
    uid,
    allowed: false,
    status: { status: 'Failure', code: 503, reason: 'ServiceUnavailable', message, details: { retryAfterSeconds: 1 } },
  };
}

/** The refusal after a failure of our own: what could not be judged is never accepted. The cause is in the log only. */
export function respondInternalError({ uid }: AdmissionRequest): AdmissionResponse {
  const message = `the Leafway webhook failed while it judged this request; its log has the cause under uid ${uid}`;
  return { uid, allowed: false, status: { status: 'Failure', code: 500, reason: 'InternalError', message } };
}

function toBase64(patch: Decision['patch']): string {
  return Buffer.from(JSON.stringify(patch)).toString('base64');
}
