import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { programMetrics } from '../lib/program-metrics.ts';
import { exportedSeries, problemsOf } from './exported.ts';

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

const root = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const { groups } = parse(read('charts/leafway/files/observability/alerts.yaml')) as {
  readonly groups: readonly { readonly name: string; readonly rules: readonly Rule[] }[];
};
const rules = groups.flatMap((group) => group.rules);
const series = exportedSeries(programMetrics());

describe.each(rules)('$alert', ({ alert, expr, for: wait, labels, annotations }) => {
  test('asks for metrics and labels that the programs export', () => {
    expect(problemsOf(expr, series)).toEqual([]);
  });

  test('waits before it wakes anybody, and says how urgent it is', () => {
    expect(wait).toMatch(/^\d+[mh]$/);
    expect(labels).toEqual({ severity: expect.stringMatching(/^(critical|warning|info)$/) });
  });

  test('says what is wrong with which object, and where help is', () => {
    expect(Object.keys(annotations).toSorted()).toEqual(['description', 'runbook_url', 'summary']);
    const page = 'https://github.com/leafway/leafway/blob/main/docs/operations/runbooks.md';
    expect(annotations.runbook_url).toBe(`${page}#${alert.toLowerCase()}`);
    const text = Object.values(annotations).join('\n');
    const used = [...text.matchAll(/\$labels\.(\w+)/g)].map(([, label = '']) => label);
    const known = new Set([...series.values()].flatMap((names) => [...names]).concat('instance'));
    expect(used.filter((label) => !known.has(label))).toEqual([]);
  });
});

describe('the runbooks', () => {
  const page = read('docs/operations/runbooks.md');
  const sections = page.split(/^## /m).slice(1);
  const titles = sections.map((section) => section.slice(0, section.indexOf('\n')));

  test('have a section for each alert, in their order, and for nothing else', () => {
    expect(titles).toEqual(rules.map(({ alert }) => alert));
  });

  test.each(sections.map((section, index) => ({ title: titles[index], section })))(
    '$title says what it means, how to look, what to do, and when to worry',
    ({ section }) => {
      const parts = [...section.matchAll(/^\*\*(.+?)\.\*\*/gm)].map(([, part]) => part);
      expect(parts).toEqual(['Means', 'Look', 'Do', 'Worry']);
    },
  );
});

test('what no program exports, and what cannot be read, is found', () => {
  expect(problemsOf('leafway_shortcut{phase="Ready"} > 1', series)).toEqual(['nothing exports leafway_shortcut']);
  expect(problemsOf('leafway_shortcuts{state="Ready"}', series)).toEqual(['leafway_shortcuts has no label state']);
  expect(problemsOf('sum by (leaf) (leafway_shortcuts)', series)).toEqual([
    'no metric here has the label leaf to group by',
  ]);
  expect(problemsOf('sum(leafway_shortcuts', series)).not.toEqual([]);
});
