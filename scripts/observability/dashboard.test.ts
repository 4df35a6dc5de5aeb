import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { programMetrics } from '../lib/program-metrics.ts';
import { exportedSeries, problemsOf } from './exported.ts';

interface Place {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: Place;
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string; readonly datasource: unknown }[];
}

const file = join(import.meta.dirname, '../../charts/leafway/files/observability/dashboard.json');
const dashboard = JSON.parse(readFileSync(file, 'utf8')) as {
  readonly uid: string;
  readonly templating: { readonly list: readonly { readonly name: string; readonly type: string }[] };
  readonly panels: readonly Panel[];
};
const charts = dashboard.panels.filter(({ type }) => type !== 'row');
const series = exportedSeries(programMetrics());
/** What Grafana puts there. */
const filledIn = (expr: string): string => expr.replaceAll('$__rate_interval', '5m');

describe.each(charts)('the panel "$title"', ({ title, description, targets = [] }) => {
  test('asks for metrics and labels that the programs export', () => {
    expect(targets.length).toBeGreaterThan(0);
    expect(targets.flatMap(({ expr }) => problemsOf(filledIn(expr), series))).toEqual([]);
  });

  test('names its lines by labels that the expression keeps', () => {
    for (const { expr, legendFormat } of targets) {
      const kept = new Set([...expr.matchAll(/by \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(/,\s*/)));
      const shown = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label);
      expect(shown.filter((label) => !kept.has(label))).toEqual([]);
    }
  });

  test('explains itself, and takes its data from where the reader says', () => {
    expect(title).not.toBe('');
    expect(description).toMatch(/\.$/);
    const chosen = expect.stringMatching(/^\$\{datasource\}$/);
    for (const { datasource } of targets) expect(datasource).toEqual({ type: 'prometheus', uid: chosen });
  });
});

test('the reader chooses the data source', () => {
  expect(dashboard.templating.list).toEqual([expect.objectContaining({ name: 'datasource', type: 'datasource' })]);
});

test('each panel has an id and a place of its own', () => {
  const { panels } = dashboard;
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  for (const { gridPos } of panels) expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
  const meets = (a: Place, b: Place): boolean =>
    a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
  const overlaps = panels.flatMap((a, index) =>
    panels.slice(index + 1).flatMap((b) => (meets(a.gridPos, b.gridPos) ? [`${a.title} and ${b.title}`] : [])),
  );
  expect(overlaps).toEqual([]);
});
