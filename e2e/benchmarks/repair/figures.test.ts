import { describe, expect, it } from 'vitest';
import { type RepairSample, repairFigures, repairHeadline } from './figures.ts';
import { reportRepair } from './report.ts';

const key: RepairSample = { kind: 'PublicKey', damage: 'edited', backMs: 100 };
const keys: RepairSample[] = [key, { ...key, backMs: 200 }, { ...key, backMs: 300 }];
const namespace: RepairSample = { kind: 'Namespace', damage: 'deleted', backMs: 5_400 };

describe('the figures of repair', () => {
  it('are told by kind and damage', () => {
    const { rows } = repairFigures([...keys, { ...key, damage: 'deleted' }, namespace]);
    expect(rows.map(({ kind, damage, count }) => [kind, damage, count])).toEqual([
      ['Namespace', 'deleted', 1],
      ['PublicKey', 'deleted', 1],
      ['PublicKey', 'edited', 3],
    ]);
  });

  it('leave out of the whole only what Kubernetes itself holds back', () => {
    const figures = repairFigures([...keys, { ...namespace, damage: 'edited', backMs: 400 }, namespace]);
    expect(figures.all).toMatchObject({ count: 4, median: 250, max: 400 });
    expect(repairHeadline(figures).repairP95Ms).toBeCloseTo(385);
    expect(figures.aims[0]?.met).toBe(true);
  });

  it('miss their aim when one in twenty takes longer than a second', () => {
    expect(repairFigures(keys.map((each) => ({ ...each, backMs: 1_001 }))).aims[0]?.met).toBe(false);
  });

  it('show the namespaces that they leave out', () => {
    expect(reportRepair(repairFigures([...keys, namespace])).join('\n')).toMatch(/Namespace deleted +1 +5\.40 s/);
  });
});
