import type { AdmissionRequest, AdmissionResponse } from '../admission/review.ts';

/** More than any of Kubernetes' own words has; what is longer is somebody's attempt to fill the log. */
const longestWord = 253;

/** The fields of the one log line that each decision leaves. No content of the object but its name. */
export function logFields(request: AdmissionRequest, response: AdmissionResponse, ms: number): object {
  const { uid, operation, kind, name, subResource, dryRun } = request;
  return {
    uid: shown(uid),
    operation: shown(operation),
    kind: shown(kind.kind),
    name: shown(name),
    ...(subResource === '' ? {} : { subResource: shown(subResource) }),
    ...(dryRun ? { dryRun } : {}),
    verdict: response.allowed ? 'allowed' : 'refused',
    ...(response.status === undefined ? {} : { reason: response.status.reason }),
    ...causesOf(response),
    ms: Math.round(ms * 1000) / 1000,
  };
}

function causesOf({ status }: AdmissionResponse): { causes?: string[] } {
  const causes = status?.details?.causes ?? [];
  return causes.length === 0 ? {} : { causes: causes.map(({ field, reason }) => `${shown(field)} ${reason}`) };
}

const shown = (word: string): string => (word.length <= longestWord ? word : `${word.slice(0, longestWord)}…`);
