/**
 * What a JSON-schema validator has to be told about Kubernetes' schemas. With ajv:
 * `new Ajv({ keywords: [...kubernetesKeywords], formats: kubernetesFormats })`. CEL rules are not run there.
 */
export const kubernetesKeywords: readonly string[] = [
  'x-kubernetes-validations',
  'x-kubernetes-list-type',
  'x-kubernetes-list-map-keys',
  'x-kubernetes-map-type',
];

const dateTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

/** The formats that our schemas use; `int64` only tells the API server how to store a number. */
export const kubernetesFormats: Readonly<Record<string, RegExp | true>> = { 'date-time': dateTime, int64: true };
