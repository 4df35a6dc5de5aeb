import type { RequestRow } from '../audit/count-requests.ts';
import { formatCount, formatTable } from './table.ts';

/** Requests by cluster, verb and resource, several counts side by side. */
export function requestTable(heads: readonly string[], counts: readonly (readonly RequestRow[])[]): string[] {
  const keyOf = ({ cluster, verb, resource }: RequestRow): string => `${cluster}  ${verb} ${resource}`;
  const keys = [...new Set(counts.flatMap((rows) => rows.map(keyOf)))].sort();
  return formatTable([
    ['cluster, verb, resource', ...heads],
    ...keys.map((key) => [
      key,
      ...counts.map((rows) => formatCount(rows.find((row) => keyOf(row) === key)?.count ?? 0)),
    ]),
  ]);
}
