/** What went wrong, as a caller needs to know it. Codes are stable. */
export const apiErrorCodes = {
  NotFound: 'There is no such object, or the server does not know the kind.',
  AlreadyExists: 'There is an object of that name already.',
  Conflict: 'The object was changed meanwhile, or a precondition does not hold.',
  Invalid: 'The server refuses the object, or what was asked of it.',
  Forbidden: 'This user may not do that.',
  Unauthorized: 'The server does not know this user.',
  Gone: 'The server does not remember the resource version any more.',
  Throttled: 'The server asks for patience; `retryAfterMs` says for how long, where it said so.',
  Unavailable: 'The server did not answer, or answered 5xx.',
  Aborted: 'Our own signal ended the call.',
  Unexpected: "The answer is not Kubernetes'.",
  NotLeading: 'Refused on this side: this process does not surely hold its lease (see `LeaderElection.guard`).',
} as const;

/** A code of {@link ApiError}; see {@link apiErrorCodes}. */
export type ApiErrorCode = keyof typeof apiErrorCodes;

/** What an {@link ApiError} knows beside its message. */
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
