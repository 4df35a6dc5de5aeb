import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { repository } from '../support/documentation/repository.ts';
import { prepareGoTool } from '../support/go-tools.ts';

/** Series by what they are called, in the notation of Prometheus' tests: `1x60` is a 1 each minute for an hour. */
type Series = Readonly<Record<string, string>>;

interface Alert {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

const histogram = (name: string, labels: string, fast: string, all: string): Series => ({
  [`${name}_bucket{${labels},le="0.1"}`]: fast,
  [`${name}_bucket{${labels},le="1"}`]: fast,
  [`${name}_bucket{${labels},le="100"}`]: all,
  [`${name}_bucket{${labels},le="+Inf"}`]: all,
});
const admissions = (slow: boolean): Series =>
  histogram('leafway_webhook_admission_duration_seconds', 'path="/validate"', slow ? '0+5x200' : '0+9x200', '0+9x200');
const waits = (slow: boolean): Series =>
  histogram('workqueue_queue_duration_seconds', 'name="virtualnodeshortcut"', slow ? '0+5x200' : '0+9x200', '0+9x200');
const runs = (result: string): string =>
  `controller_runtime_reconcile_total{controller="virtualnodeshortcut",result="${result}"}`;
const credential = 'leafway_leaf_credential_expires_timestamp_seconds{leaf="rome"}';
const since = 'leafway_shortcut_not_ready_since_timestamp_seconds';
const heard = 'cache_last_heard_timestamp_seconds{instance="c1",cluster="rome",resource="connections"}';
const leads = (instance: string): string =>
  `leader_election_master_status{name="leafway-controller",instance="${instance}"}`;
const ready = (instance: string): string => `leafway_webhook_ready{instance="${instance}"}`;
const ends = 'leafway_webhook_certificate_not_after_seconds{instance="w1"}';
const rejected = 'leafway_webhook_certificate_rejected{instance="w1"}';
const answers = (code: string): string => `leafway_webhook_admissions_total{path="/validate",code="${code}"}`;
const day = 86_400;

const rulesFile = join(repository, 'charts/leafway/files/observability/alerts.yaml');

/** A fleet in which all is well. The clock begins at 0. */
const healthy: Series = {
  ...{ [leads('c1')]: '1x200', [leads('c2')]: '0x200', [ready('w1')]: '1x200', [ready('w2')]: '1x200' },
  ...{ 'leafway_shortcuts{phase="Ready"}': '2x200', 'leafway_repairs_total{leaf="rome"}': '0x200' },
  ...{ 'leafway_leaf_reachable{leaf="rome"}': '1x200', 'leafway_leaf_ready{leaf="rome"}': '1x200' },
  ...{ 'leafway_leaf_credentials_current{leaf="rome"}': '1x200' },
  ...{ [credential]: `${30 * day}x200`, 'leafway_leaf_pending_cleanup_objects{leaf="rome"}': '0x200' },
  ...{ [runs('success')]: '0+5x200', [runs('error')]: '0x200', [heard]: '0+60x200' },
  ...{ [ends]: `${60 * day}x200`, [rejected]: '0x200', [answers('')]: '0+9x200' },
  ...{ leafway_webhook_dropped_connections_total: '0x200' },
  ...admissions(false),
  ...waits(false),
};

/** What is different, from when on the alert fires, and what it has to name. */
const situations: readonly (readonly [alert: string, different: Series, atMinutes: number, says: string])[] = [
  [
    'LeafwayShortcutNotReady',
    { [`${since}{shortcut="rome-milan",phase="Degraded"}`]: '0x200' },
    16,
    'rome-milan (Degraded)',
  ],
  ['LeafwayShortcutRefused', { [`${since}{shortcut="rome-milan",phase="Refused"}`]: '0x200' }, 36, 'rome-milan'],
  ['LeafwayShortcutDeletionStuck', { [`${since}{shortcut="rome-milan",phase="Deleting"}`]: '0x200' }, 16, '16m 0s ago'],
  ['LeafwayRepairsRepeat', { 'leafway_repairs_total{leaf="rome"}': '0+1x200' }, 27, 'on leaf rome'],
  [
    'LeafwayLeafUnreachable',
    { 'leafway_leaf_reachable{leaf="rome"}': '0x200', 'leafway_leaf_ready{leaf="rome"}': '0x200' },
    10,
    'rome',
  ],
  ['LeafwayLeafNotReady', { 'leafway_leaf_ready{leaf="rome"}': '0x200' }, 30, 'rome'],
  ['LeafwayLeafCredentialRefused', { 'leafway_leaf_credentials_current{leaf="rome"}': '0x200' }, 10, 'rome'],
  ['LeafwayLeafCredentialExpiring', { [credential]: `${7 * day}x200` }, 61, 'expires in 6d 22h 59m'],
  ['LeafwayLeafCleanupPending', { 'leafway_leaf_pending_cleanup_objects{leaf="rome"}': '3x200' }, 60, '3 objects'],
  ['LeafwayControllerNoLeader', { [leads('c1')]: '0x200' }, 5, 'Lease leafway-controller'],
  ['LeafwayReconcileErrors', { [runs('error')]: '0+1x200' }, 27, 'virtualnodeshortcut'],
  ['LeafwayQueueSlow', waits(true), 16, 'virtualnodeshortcut'],
  ['LeafwayWatchSilent', { [heard]: '0x200' }, 11, 'c1 has heard nothing of connections on rome'],
  ['LeafwayWebhookDown', { [ready('w1')]: '_x200', [ready('w2')]: '_x200' }, 2, 'none is scraped'],
  ['LeafwayWebhookReplicaNotReady', { [ready('w1')]: '0x200' }, 15, 'w1'],
  ['LeafwayWebhookCertificateExpiring', { [ends]: `${7 * day}x200` }, 61, 'webhook w1 serves ends in 6d'],
  ['LeafwayWebhookCertificateRejected', { [rejected]: '1x200' }, 15, 'w1'],
  ['LeafwayWebhookFailing', { [answers('ServiceUnavailable')]: '0+6x200' }, 6, '100m per second: ServiceUnavailable'],
  ['LeafwayWebhookFailing', { leafway_webhook_dropped_connections_total: '0+6x200' }, 6, 'too many connections'],
  [
    'LeafwayWebhookFailing',
    { 'leafway_webhook_refused_requests_total{status="503"}': '0+6x200' },
    6,
    'HTTP status 503',
  ],
  ['LeafwayWebhookSlow', admissions(true), 11, 'to /validate'],
];

/** What nobody should be woken by. */
const quiet: readonly (readonly [what: string, different: Series])[] = [
  ['all is well', {}],
  ['the leader changes', { [leads('c1')]: '1x60 0x139', [leads('c2')]: '0x61 1x138' }],
  ['a shortcut comes up', { [`${since}{shortcut="new",phase="Connecting"}`]: '_x60 3600x8 _x130' }],
  ['a leaf restarts', { 'leafway_leaf_reachable{leaf="rome"}': '1x60 0x8 1x130' }],
  ['a leaf that does not answer has no watches', { [heard]: '0+60x60 _x139' }],
  ['some runs fail', { [runs('error')]: '0x60 1+1x7 8x130' }],
  [
    'nothing was ever refused, or asked',
    { [answers('')]: '_x200', ...Object.fromEntries(Object.keys(admissions(false)).map((key) => [key, '_x200'])) },
  ],
  ['a webhook that is starting has no certificate yet', { [ends]: '0x20 5184000x180' }],
];

describe('the alerts', () => {
  let program: string;
  beforeAll(async () => {
    program = await prepareGoTool('alert-rules');
  }, 900_000);

  /** What fires in each of the situations. */
  async function firing(given: readonly { readonly series: Series; readonly atMinutes: number }[]): Promise<Alert[][]> {
    const input = given.map(({ series, atMinutes }) => ({
      series: Object.entries(series).map(([name, values]) => `${name} ${values}`),
      atMinutes,
    }));
    return new Promise((resolve, reject) => {
      const child = execFile(program, [rulesFile], { maxBuffer: 1 << 24 }, (error, stdout) =>
        error === null ? resolve(JSON.parse(stdout) as Alert[][]) : reject(error),
      );
      child.stdin?.end(JSON.stringify(input));
    });
  }

  it.each(situations)('%s fires, alone, in time, and says about what', async (alert, different, atMinutes, says) => {
    const series = { ...healthy, ...different };
    const [before = [], then = []] = await firing([
      { series, atMinutes: atMinutes - 2 },
      { series, atMinutes },
    ]);
    expect(before.map(({ name }) => name)).toEqual([]);
    expect(then.map(({ name }) => name)).toEqual([alert]);
    expect(then[0]?.annotations.description).toContain(says);
    expect(Object.values(then[0]?.annotations ?? {}).join()).not.toContain('<no value>');
  });

  it('all have a situation in which they fire', () => {
    const text = readFileSync(rulesFile, 'utf8');
    const names = [...text.matchAll(/^ +- alert: (\w+)$/gm)].map(([, name]) => name);
    expect(new Set(situations.map(([alert]) => alert))).toEqual(new Set(names));
  });

  it.each(quiet)('are silent when %s', async (_, different) => {
    const moments = [40, 62, 64, 66, 70, 80, 120, 150];
    const found = await firing(moments.map((atMinutes) => ({ series: { ...healthy, ...different }, atMinutes })));
    expect(found.flat().map(({ name, labels }) => ({ name, labels }))).toEqual([]);
  });
});
