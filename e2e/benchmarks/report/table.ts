import type { RatioInterval } from '../statistics/ratio-interval.ts';
import type { Summary } from '../statistics/summary.ts';

/** Rows as lines: the first column to the left, the others to the right, the first row as their heads. */
export function formatTable(rows: readonly (readonly string[])[]): string[] {
  const columns = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('   ')
      .trimEnd(),
  );
}

/** A time for people: milliseconds below ten of them with two digits, seconds from one on. */
export function formatMs(ms: number): string {
  if (ms >= 1_000) return `${(ms / 1_000).toFixed(2)} s`;
  return `${ms.toFixed(ms < 10 ? 2 : 0)} ms`;
}

/** A number of things; a median of them may lie between two. */
export function formatCount(count: number): string {
  return String(Math.round(count * 10) / 10);
}

/** `median (min – max)`. */
export function formatRange(summary: Summary, format: (value: number) => string): string {
  return `${format(summary.median)} (${format(summary.min)} – ${format(summary.max)})`;
}

/** `ratio (95 %: low – high)`. */
export function formatRatio({ ratio, low, high }: RatioInterval): string {
  return `${ratio.toFixed(2)} (95 %: ${low.toFixed(2)} – ${high.toFixed(2)})`;
}
