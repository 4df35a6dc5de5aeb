import type { ApiErrorCode } from './errors.ts';
import { ApiError } from './errors.ts';

/** The `Status` object with which an API server explains a refusal. */
interface Status {
  readonly kind: 'Status';
  readonly code?: number;
  readonly reason?: string;
  readonly message?: string;
  readonly details?: { readonly retryAfterSeconds?: number };
}

/** The one translation of a refusal: an answer with an error status, or the object of an `ERROR` watch event. */
export function refusal(operation: string, httpStatus: number, body: unknown, retryAfterSeconds = 0): ApiError {
  const answer = isStatus(body) ? body : undefined;
  const status = answer?.code ?? httpStatus;
  return new ApiError(`${operation}: ${explain(status, answer)}`, {
    code: codeOf(status, answer?.reason),
    status,
    operation,
    retryAfterMs: retryAfterMs(answer?.details?.retryAfterSeconds ?? retryAfterSeconds),
  });
}

/** True when a 404 speaks of the object; a server that does not serve the kind at all sends no `Status`. */
export function isMissingObject(httpStatus: number, body: unknown): boolean {
  return httpStatus === 404 && isStatus(body);
}

/** The one translation of everything that is not an answer: no connection, a broken one, a time limit, our signal. */
export function failure(operation: string, cause: unknown, signal: AbortSignal | undefined): ApiError {
  if (cause instanceof ApiError) return cause;
  const details = { status: 0, operation, cause };
  if (signal?.aborted === true) return new ApiError(`${operation}: aborted`, { ...details, code: 'Aborted' });
  return new ApiError(`${operation}: no answer: ${reasonOf(cause)}`, { ...details, code: 'Unavailable' });
}

/** No complete answer within the time limit, unless our own signal was first. */
export function tooLate(operation: string, limitMs: number, signal: AbortSignal | undefined): ApiError {
  if (signal?.aborted === true) return failure(operation, signal.reason, signal);
  const message = `${operation}: no complete answer within ${limitMs / 1000} s`;
  return new ApiError(message, { code: 'Unavailable', status: 0, operation });
}

/** An answer that is not what a Kubernetes API server says. */
export function unexpected(operation: string, message: string, cause?: unknown): ApiError {
  return new ApiError(`${operation}: ${message}`, { code: 'Unexpected', status: 0, operation, cause });
}

function isStatus(body: unknown): body is Status {
  return typeof body === 'object' && body !== null && (body as { kind?: unknown }).kind === 'Status';
}

function codeOf(status: number, reason: string | undefined): ApiErrorCode {
  if (status === 409) return reason === 'AlreadyExists' ? 'AlreadyExists' : 'Conflict';
  const known: Partial<Record<number, ApiErrorCode>> = {
    400: 'Invalid',
    401: 'Unauthorized',
    403: 'Forbidden',
    404: 'NotFound',
    410: 'Gone',
    413: 'Invalid',
    422: 'Invalid',
    429: 'Throttled',
  };
  return known[status] ?? (status >= 500 ? 'Unavailable' : 'Unexpected');
}

function explain(status: number, answer: Status | undefined): string {
  if (answer?.message !== undefined && answer.message !== '') return answer.message;
  if (status === 404) return 'the server does not serve this kind (HTTP 404)';
  return `HTTP ${status}${answer?.reason === undefined ? '' : ` ${answer.reason}`}`;
}

/** Longest patience that a server may ask of us. */
const maxRetryAfterMs = 60_000;

function retryAfterMs(seconds: number): number | undefined {
  return seconds > 0 ? Math.min(seconds * 1000, maxRetryAfterMs) : undefined;
}

/** Connection errors hide the telling part in `cause`, in `errors` or only in `code`. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  if (cause instanceof AggregateError && cause.errors.length > 0) return reasonOf(cause.errors[0]);
  const message = cause.message === '' ? ((cause as { code?: string }).code ?? cause.name) : cause.message;
  return cause.cause instanceof Error ? `${message}: ${reasonOf(cause.cause)}` : message;
}
