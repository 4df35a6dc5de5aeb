import { meanings } from './table.ts';

/** The codes of all packages, each with what it stands for. */
export interface DocumentedCodes {
  readonly core: Readonly<Record<string, string>>;
  readonly reconciler: Readonly<Record<string, string>>;
  readonly lab: Readonly<Record<string, string>>;
}

/** Codes of `core` that are thrown at programs; the others are reasons for a refusal. */
const thrown = /^CORE_(ADDRESS|CIDR|RANGE)/;

/** The reference page of error codes in Markdown. */
export function renderErrorsPage({ core, reconciler, lab }: DocumentedCodes): string {
  const [codes, reasons] = [true, false].map((isThrown) =>
    Object.fromEntries(Object.entries(core).filter(([code]) => thrown.test(code) === isThrown)),
  );
  return [
    '# Error codes',
    'Codes are stable; messages are for people and may change.',
    '## Reasons for a refusal',
    'The rules on other objects are those of the webhook: each cause of a refusal has one of these codes as its `reason`, the ' +
      'field, and a message that names the other party and a way out. `plan()` of `@leafway/core` and `leafway plan -o json` ' +
      'tell the same codes.',
    meanings('Code', reasons ?? {}),
    '## What `@leafway/core` throws',
    'A `CoreError`, with one of these as its `code`.',
    meanings('Code', codes ?? {}),
    '## What `@leafway/reconciler` throws',
    'An `ApiError` for each request that failed, with one of these as its `code`, the request and the cluster in its message.',
    meanings('Code', reconciler),
    '## What `@leafway/lab` throws',
    'A `LabError`, with one of these as its `code`. The command line prints its message.',
    meanings('Code', lab),
  ].join('\n\n');
}
