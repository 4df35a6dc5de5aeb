import type { PingReport } from './session.ts';

/** One line from the ping process to the agent. */
export function encodeReport(report: PingReport): string {
  return `${JSON.stringify(report)}\n`;
}

/** `undefined` for a line that is no report. */
export function decodeReport(line: string): PingReport | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { value: state, latencyMs } = value as Record<string, unknown>;
  if (state === 'Error') return { value: 'Error' };
  return state === 'Connected' && typeof latencyMs === 'number' ? { value: 'Connected', latencyMs } : undefined;
}
