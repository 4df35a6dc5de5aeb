/** AdmissionReview of `admission.k8s.io/v1`: as much of it as is read and written here. */

import { isRecord } from './json-value.ts';

/** A kind as admission requests name it. */
export interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** A request whose envelope was checked; `object` and `oldObject` are whatever the user sent. */
export interface AdmissionRequest {
  readonly uid: string;
  readonly kind: GroupVersionKind;
  readonly operation: string;
  /** Empty when there is none yet, as with `generateName`. */
  readonly name: string;
  /** Empty for the object itself. */
  readonly subResource: string;
  readonly dryRun: boolean;
  readonly object: unknown;
  readonly oldObject: unknown;
}

/** One reason in a refusal; kubectl prints it as `<field>: <message>`. */
export interface StatusCause {
  readonly reason: string;
  readonly message: string;
  readonly field: string;
}

/** The `Status` of a refusal. */
export interface RefusalStatus {
  readonly status: 'Failure';
  readonly code: number;
  readonly reason: string;
  readonly message: string;
  readonly details?: {
    readonly group?: string;
    readonly kind?: string;
    readonly name?: string;
    readonly causes?: readonly StatusCause[];
    readonly retryAfterSeconds?: number;
  };
}

/** The answer to one review, as `admission.k8s.io/v1` has it. */
export interface AdmissionResponse {
  readonly uid: string;
  readonly allowed: boolean;
  readonly status?: RefusalStatus;
  readonly warnings?: readonly string[];
  readonly patchType?: 'JSONPatch';
  /** JSON Patch in base64. */
  readonly patch?: string;
}

/** What the API server gets back. */
export interface AdmissionReviewAnswer {
  readonly apiVersion: 'admission.k8s.io/v1';
  readonly kind: 'AdmissionReview';
  readonly response: AdmissionResponse;
}

const apiVersion = 'admission.k8s.io/v1';

/** A body that is no AdmissionReview: there is no uid to answer to, so it is refused as an HTTP request. */
export class ReviewRejected extends Error {
  override readonly name = 'ReviewRejected';
}

/** The request in a parsed body. Throws {@link ReviewRejected} when that is not an AdmissionReview of version v1. */
export function readReview(body: unknown): AdmissionRequest {
  if (!isRecord(body)) throw new ReviewRejected('the body is not a JSON object');
  if (body.kind !== 'AdmissionReview' || body.apiVersion !== apiVersion) {
    throw new ReviewRejected(`the body is not an AdmissionReview of ${apiVersion}`);
  }
  const request = body.request;
  if (!isRecord(request)) throw new ReviewRejected('the AdmissionReview has no request');
  const kind = isRecord(request.kind) ? request.kind : {};
  return {
    uid: required(request, 'uid'),
    kind: { group: optional(kind, 'group'), version: required(kind, 'version'), kind: required(kind, 'kind') },
    operation: required(request, 'operation'),
    name: optional(request, 'name'),
    subResource: optional(request, 'subResource'),
    dryRun: request.dryRun === true,
    object: request.object ?? undefined,
    oldObject: request.oldObject ?? undefined,
  };
}

function required(record: Readonly<Record<string, unknown>>, field: string): string {
  const value = optional(record, field);
  if (value === '') throw new ReviewRejected(`the request of the AdmissionReview has no ${field}`);
  return value;
}

function optional(record: Readonly<Record<string, unknown>>, field: string): string {
  const value = record[field] ?? '';
  if (typeof value !== 'string') throw new ReviewRejected(`${field} of the AdmissionReview is not a string`);
  return value;
}

/** The answer to the request with that uid. */
export function answerReview(response: AdmissionResponse): AdmissionReviewAnswer {
  return { apiVersion, kind: 'AdmissionReview', response };
}
