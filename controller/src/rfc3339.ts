/** A time as Kubernetes writes it: with whole seconds. */
export const rfc3339 = (date: Date): string => date.toISOString().replace(/\.\d+Z$/, 'Z');
