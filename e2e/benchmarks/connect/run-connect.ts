import { setTimeout as delay } from 'node:timers/promises';
import type { RunningLab } from '@leafway/lab';
import type { KubeApi } from '@leafway/reconciler';
import { actors, countRequests, createdMs, type FleetLog, readyWriteMs } from '../audit/count-requests.ts';
import { markAuditLogs, readAuditLogs } from '../audit/read-audit-logs.ts';
import type { BenchmarkContext, BenchmarkInLab } from '../benchmark.ts';
import { withAdmins } from '../link/connections.ts';
import { connect, disconnect } from '../link/link.ts';
import { deleteTenantNamespaces, type Ends, makeTenantNamespaces } from '../link/tenant-namespaces.ts';
import { alternate } from '../statistics/alternate.ts';
import { connectFigures, connectHeadline } from './figures.ts';
import { reportConnect } from './report.ts';
import type { ConnectSample, Setting } from './sample.ts';

const name = 'rome-milan';
/** How long requests are counted after Ready. */
const trailingMs = 2_000;
const loggedWithinMs = 10_000;

export const connectBenchmark: BenchmarkInLab = {
  name: 'connect',
  summary: 'from create to Ready: time, requests by verb and cluster, writes',
  seconds: { full: 130, quick: 35 },
  clusters: ['central', 'rome', 'milan'],
  run: async (context) => {
    const samples = await withAdmins(context.lab, ['central', 'rome', 'milan'], (central, rome, milan) =>
      measure(context, central as KubeApi, { ids: ['rome', 'milan'], apis: [rome as KubeApi, milan as KubeApi] }),
    );
    const figures = connectFigures(samples);
    return { headline: connectHeadline(figures), figures, report: reportConnect(figures) };
  },
};

/** Both settings in turn, so that a machine that slows down meanwhile slows both. */
async function measure(
  { lab, quick, progress }: BenchmarkContext,
  centre: KubeApi,
  ends: Ends,
): Promise<ConnectSample[]> {
  const samples: ConnectSample[] = [];
  let namespacesExist = false;
  progress('one connect to warm up');
  await measureOnce(lab, centre, 'absent');
  for (const setting of alternate<Setting>('absent', 'present', quick ? 1 : 10)) {
    if (setting === 'present' && !namespacesExist) await makeTenantNamespaces(ends);
    if (setting === 'absent' && namespacesExist) await deleteTenantNamespaces(ends);
    namespacesExist = setting === 'present';
    const sample = await measureOnce(lab, centre, setting);
    samples.push(sample);
    progress(
      `connect ${samples.length}, namespaces ${setting}: ${Math.round(sample.readyMs)} ms, ${sample.controller.total} requests`,
    );
  }
  return samples;
}

async function measureOnce(lab: RunningLab, centre: KubeApi, setting: Setting): Promise<ConnectSample> {
  const mark = await markAuditLogs(lab);
  const { readyMs, seenReadyMs } = await connect(centre, name, ['rome', 'milan']);
  await delay(trailingMs);
  const { log, fromMs, toMs } = await readUntilLogged(() => readAuditLogs(lab, mark), seenReadyMs);
  const { goneMs } = await disconnect(centre, name);
  const window = { fromMs, toMs };
  return {
    setting,
    readyMs,
    goneMs,
    controller: countRequests(log, actors.controller, window),
    agents: countRequests(log, actors.agents, window),
    webhook: countRequests(log, actors.webhook, window),
    trailing: countRequests(log, actors.controller, { fromMs: toMs, toMs: toMs + trailingMs }),
  };
}

/** A server answers a little before it logs; the window ends behind the write that made the shortcut Ready. */
async function readUntilLogged(
  read: () => Promise<FleetLog>,
  seenReadyMs: number,
): Promise<{ log: FleetLog; fromMs: number; toMs: number }> {
  for (const deadline = performance.now() + loggedWithinMs; ; await delay(100)) {
    const log = await read();
    const fromMs = createdMs(log, name);
    const writtenMs = readyWriteMs(log, name, seenReadyMs);
    // What came in the same microsecond as that write is counted with it.
    if (fromMs !== undefined && writtenMs !== undefined) return { log, fromMs, toMs: writtenMs + 0.001 };
    if (performance.now() > deadline)
      throw new Error(`the audit log of ${log.centre} does not show how ${name} became Ready`);
  }
}
