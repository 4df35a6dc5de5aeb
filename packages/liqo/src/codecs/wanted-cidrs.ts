/** What the centre asks our agent to call the remote's ranges; index-aligned with `spec.remote.cidr`. */
export interface WantedCIDRs {
  readonly pod: readonly string[];
  readonly external: readonly string[];
}

/** The value of the annotation `leafway.dev/wanted-cidrs` on a Configuration. */
export function encodeWantedCIDRs(wanted: WantedCIDRs): string {
  return JSON.stringify({ pod: wanted.pod, external: wanted.external });
}

/** `undefined` when the text is not what `encodeWantedCIDRs` writes. The ranges themselves are not checked. */
export function decodeWantedCIDRs(text: string): WantedCIDRs | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { pod, external } = value as Record<string, unknown>;
  return isStrings(pod) && isStrings(external) ? { pod, external } : undefined;
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string');
}
