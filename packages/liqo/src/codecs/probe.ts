/** What a gateway found by sending packets of its pods' network through the tunnel and back. */
export interface Probe {
  /** Packets of 64 bytes. */
  readonly small: ProbeResult;
  /** Packets as large as the tunnel's MTU allows. */
  readonly large: ProbeResult;
  /** That size, in bytes, IP header included. */
  readonly mtu: number;
}

/** Whether packets of one size came back. */
export type ProbeResult = 'Passed' | 'Failed';

/** The value of the annotation `leafway.dev/probe` on a Connection. */
export function encodeProbe({ small, large, mtu }: Probe): string {
  return JSON.stringify({ small, large, mtu });
}

/** `undefined` when the text is not what `encodeProbe` writes. */
export function decodeProbe(text: string): Probe | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { small, large, mtu } = value as Record<string, unknown>;
  return isResult(small) && isResult(large) && Number.isSafeInteger(mtu)
    ? { small, large, mtu: mtu as number }
    : undefined;
}

function isResult(value: unknown): value is ProbeResult {
  return value === 'Passed' || value === 'Failed';
}
