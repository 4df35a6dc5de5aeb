/** What a run leaves to do: nothing until something changes, or another look after a while. Errors are thrown. */
export type Outcome = { readonly kind: 'done' } | { readonly kind: 'after'; readonly delayMs: number };

/** Nothing left to do until something changes. */
export function done(): Outcome {
  return { kind: 'done' };
}

/** Look again after that time, or earlier when something changes. */
export function after(delayMs: number): Outcome {
  return { kind: 'after', delayMs };
}
