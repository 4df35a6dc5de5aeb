import { type Aim, judgeAim } from '../report/aims.ts';
import { quantile, type Summary, summarize } from '../statistics/summary.ts';
import type { Damage } from './damage.ts';

/** One damage; the time is from sending it to seeing the object as it was before, by watch. */
export interface RepairSample {
  readonly kind: string;
  readonly damage: Damage;
  readonly backMs: number;
}

export interface RepairRow extends Summary {
  readonly kind: string;
  readonly damage: Damage;
  readonly p95: number;
}

export interface RepairFigures {
  readonly rows: readonly RepairRow[];
  /** Of all damages together but deleted namespaces, which Kubernetes holds back for 5 s. */
  readonly all: Summary & { readonly p95: number };
  readonly aims: readonly Aim[];
}

const atMostMs = 1_000;

/** Throws RangeError without samples. */
export function repairFigures(samples: readonly RepairSample[]): RepairFigures {
  const groups = Map.groupBy(samples, ({ kind, damage }) => `${kind} ${damage}`);
  const rows = [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, group]) => group.slice(0, 1).map(({ kind, damage }) => ({ kind, damage, ...withTail(group) })));
  const all = withTail(samples.filter(({ kind, damage }) => kind !== 'Namespace' || damage !== 'deleted'));
  return { rows, all, aims: [judgeAim('object back, 95th percentile, ms', all.p95, atMostMs)] };
}

/** The numbers at the top of the document. */
export function repairHeadline({ all }: RepairFigures): Record<string, number> {
  return { repairMs: all.median, repairP95Ms: all.p95 };
}

function withTail(samples: readonly RepairSample[]): Summary & { p95: number } {
  const times = samples.map(({ backMs }) => backMs);
  return { ...summarize(times), p95: quantile(times, 0.95) };
}
