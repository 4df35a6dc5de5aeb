import type { RequestCount, RequestRow } from '../audit/count-requests.ts';
import { type Aim, judgeAim } from '../report/aims.ts';
import { median, type Summary, summarize } from '../statistics/summary.ts';
import type { ConnectSample, Setting } from './sample.ts';

/**
 * What Liqo 1.2.0's own `liqoctl network connect --wait` and `reset` need on comparable servers. Constants, measured
 * once and elsewhere; about 2 s of the connect are the first ping of its gateways.
 */
export const liqoCommand = { readyMs: 6_260, requests: 62, writes: 8, goneMs: 510 } as const;

const aims = { readyShare: 0.4, requests: 18, writes: { absent: 8, present: 6 } } as const;

/** Figures of one setting. */
export interface SettingFigures {
  readonly readyMs: Summary;
  readonly requests: Summary;
  readonly writes: Summary;
  /** Beside the count. */
  readonly watches: Summary;
  readonly leases: Summary;
  /** The controller's within two seconds after Ready. */
  readonly trailing: Summary;
  readonly agents: Summary;
  readonly webhook: Summary;
  /** The controller's from create to Ready, the median of each. */
  readonly split: readonly RequestRow[];
  readonly trailingSplit: readonly RequestRow[];
}

export interface ConnectFigures {
  readonly settings: Readonly<Record<Setting, SettingFigures>>;
  /** Where the namespaces stay, as they do after `reset`; the benchmark `delete` has the other. */
  readonly goneMs: Summary;
  /** Ours divided by Liqo's command: smaller is better. */
  readonly ratios: Readonly<Record<'ready' | 'requests' | 'writes' | 'gone', number>>;
  readonly comparedWith: typeof liqoCommand;
  readonly aims: readonly Aim[];
}

/** Throws RangeError when a setting has no sample. */
export function connectFigures(samples: readonly ConnectSample[]): ConnectFigures {
  const of = (setting: Setting): SettingFigures => settingFigures(samples.filter((each) => each.setting === setting));
  const settings = { absent: of('absent'), present: of('present') };
  const { absent, present } = settings;
  const goneMs = summarize(samples.filter(({ setting }) => setting === 'present').map((sample) => sample.goneMs));
  return {
    settings,
    goneMs,
    comparedWith: liqoCommand,
    ratios: {
      ready: absent.readyMs.median / liqoCommand.readyMs,
      requests: absent.requests.median / liqoCommand.requests,
      writes: absent.writes.median / liqoCommand.writes,
      gone: goneMs.median / liqoCommand.goneMs,
    },
    aims: [
      judgeAim('Ready, ms', absent.readyMs.median, aims.readyShare * liqoCommand.readyMs),
      judgeAim('requests', absent.requests.median, aims.requests),
      judgeAim('writes, namespaces made', absent.writes.median, aims.writes.absent),
      judgeAim('writes, namespaces there before', present.writes.median, aims.writes.present),
      judgeAim('gone, namespaces there before, ms', goneMs.median, liqoCommand.goneMs),
    ],
  };
}

/** The numbers at the top of the document: of shortcuts that make their namespaces. */
export function connectHeadline({ settings: { absent } }: ConnectFigures): Record<string, number> {
  return {
    readyMs: absent.readyMs.median,
    requestsPerShortcut: absent.requests.median,
    writesPerShortcut: absent.writes.median,
  };
}

function settingFigures(samples: readonly ConnectSample[]): SettingFigures {
  const summary = (value: (sample: ConnectSample) => number): Summary => summarize(samples.map(value));
  return {
    readyMs: summary(({ readyMs }) => readyMs),
    requests: summary(({ controller }) => controller.total),
    writes: summary(({ controller }) => controller.writesOnLeaves),
    watches: summary(({ controller }) => controller.watches),
    leases: summary(({ controller }) => controller.leases),
    trailing: summary(({ trailing }) => trailing.total),
    agents: summary(({ agents }) => agents.total),
    webhook: summary(({ webhook }) => webhook.total),
    split: medianRows(samples.map(({ controller }) => controller)),
    trailingSplit: medianRows(samples.map(({ trailing }) => trailing)),
  };
}

/** For each request that was ever made, how often it was made in the middle one of the runs. */
export function medianRows(counts: readonly RequestCount[]): RequestRow[] {
  const keyOf = ({ cluster, verb, resource }: RequestRow): string => `${cluster} ${verb} ${resource}`;
  const kinds = new Map(counts.flatMap(({ rows }) => rows.map((row) => [keyOf(row), row] as const)));
  return [...kinds]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, row]) => ({
      ...row,
      count: median(counts.map(({ rows }) => rows.find((other) => keyOf(other) === key)?.count ?? 0)),
    }));
}
