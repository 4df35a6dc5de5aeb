/**
 * What went wrong, as a caller needs to know it:
 * - `NotFound`, `AlreadyExists`, `Conflict`, `Invalid`, `Forbidden`, `Unauthorized`, `Gone`: the server's own answer;
 * - `Throttled`: the server asks for patience, see `retryAfterMs`;
 * - `Unavailable`: the server did not answer, or answered 5xx;
 * - `Aborted`: our own signal ended the call;
 * - `Unexpected`: an answer that is not Kubernetes';
 * - `NotLeading`: refused on this side, since this process does not surely hold its lease (see `LeaderElection.guard`).
 */
export type ApiErrorCode =
  | 'NotFound'
  | 'AlreadyExists'
  | 'Conflict'
  | 'Invalid'
  | 'Forbidden'
  | 'Unauthorized'
  | 'Gone'
  | 'Throttled'
  | 'Unavailable'
  | 'Aborted'
  | 'Unexpected'
  | 'NotLeading';

export interface ApiErrorDetails {
  readonly code: ApiErrorCode;
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
  /** What was tried, for example `create networking.liqo.io/v1beta1 configurations liqo-tenant-milan/milan`. */
  readonly operation: string;
  readonly retryAfterMs?: number | undefined;
  readonly cause?: unknown;
}

/** The one error type of `KubeApi`: an API server's refusal or absence, translated once. */
export class ApiError extends Error {
  readonly code: ApiErrorCode;
  readonly status: number;
  readonly operation: string;
  readonly retryAfterMs: number | undefined;

  constructor(message: string, details: ApiErrorDetails) {
    super(message, { cause: details.cause });
    this.name = 'ApiError';
    this.code = details.code;
    this.status = details.status;
    this.operation = details.operation;
    this.retryAfterMs = details.retryAfterMs;
  }
}

/** True for an `ApiError` with that code, also when it comes from another copy of this package. */
export function isApiError(error: unknown, code?: ApiErrorCode): error is ApiError {
  return (
    error instanceof Error && error.name === 'ApiError' && (code === undefined || (error as ApiError).code === code)
  );
}
