import { usageError } from '../errors.ts';

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** `90s`, `1m30s`, `500ms`, as kubectl takes them → milliseconds. Throws a usage error for anything else. */
export function parseDuration(text: string, option: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)];
  const isWhole = parts.length > 0 && parts.map(([part]) => part).join('') === text;
  const ms = parts.reduce((sum, [, number, unit = '']) => sum + Number(number) * (unitMs[unit] ?? 0), 0);
  if (!isWhole || ms === 0) throw usageError(`${option} ${text}: write a number and a unit, like 60s, 1m30s or 500ms`);
  return ms;
}

/** The time since a stamp in the words of kubectl: `45s`, `5m12s`, `3h`, `12d`; `<unknown>` without a stamp. */
export function formatAge(stamp: string | undefined, now: Date): string {
  const sinceMs = stamp === undefined ? Number.NaN : now.getTime() - Date.parse(stamp);
  if (Number.isNaN(sinceMs)) return '<unknown>';
  const seconds = Math.max(0, Math.floor(sinceMs / 1_000));
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  if (seconds < 120) return `${seconds}s`;
  if (minutes < 10) return withRest(minutes, 'm', seconds % 60, 's');
  if (hours < 3) return `${minutes}m`;
  if (hours < 8) return withRest(hours, 'h', minutes % 60, 'm');
  if (hours < 48) return `${hours}h`;
  if (days < 8) return withRest(days, 'd', hours % 24, 'h');
  return days < 730 ? `${days}d` : `${Math.floor(days / 365)}y`;
}

function withRest(large: number, unit: string, rest: number, restUnit: string): string {
  return rest === 0 ? `${large}${unit}` : `${large}${unit}${rest}${restUnit}`;
}

/** `0.93 s`: how long something took. */
export function formatSeconds(ms: number): string {
  return `${(ms / 1_000).toFixed(2)} s`;
}
