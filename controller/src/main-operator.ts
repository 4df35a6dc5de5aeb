import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { hostname } from 'node:os';
import {
  type ClusterConnection,
  createEventRecorder,
  createKubeApi,
  createLeaderElection,
  type EventRecorder,
  systemClock,
  systemRandom,
} from '@leafway/reconciler';
import { createPrometheusMetrics } from '@leafway/reconciler/prometheus';
import { pino } from 'pino';
import { fieldManager } from './field-manager.ts';
import { createHealthServer } from './health.ts';
import { centralName, createOperator, type Operator } from './operator.ts';

/** What the process is told by its flags. */
export interface OperatorFlags {
  readonly liqoNamespace: string;
  readonly clusterId?: string;
  readonly compatibility?: boolean;
  readonly discovery: boolean;
  readonly leaseNamespace: string;
  readonly identity?: string;
  readonly healthListen: string;
  readonly logLevel: string;
}

interface OperatorProcess extends OperatorFlags {
  readonly connection: ClusterConnection;
  /** Ends the process with a sentence for whoever set the flags. */
  readonly refuse: (error: unknown) => never;
}

/** A second less than the lease lasts beyond the time for which its holder trusts it. */
const writesLeaveWithinMs = 4_000;

/** Runs the operator until the process is told to end; ends it when the lease is lost. */
export async function runOperator(flags: OperatorProcess): Promise<void> {
  const identity = flags.identity ?? `${hostname()}_${randomUUID()}`;
  const log = pino({ level: flags.logLevel }, pino.destination({ dest: 2, sync: true }));
  const metrics = createPrometheusMetrics();
  const ports = { clock: systemClock, random: systemRandom, log, metrics };
  const client = { userAgent: fieldManager, metrics, writesLeaveWithinMs };
  const central = createKubeApi(flags.connection, { cluster: centralName, ...client });
  const lease = { namespace: flags.leaseNamespace, name: 'leafway-controller' };
  const election = createLeaderElection({ ...ports, api: central, lease, identity });
  const leading = election.guard(central);
  const events = createEventRecorder({
    ...ports,
    api: leading,
    reportingController: 'leafway.dev/controller',
    reportingInstance: identity,
  });
  const operator = createOperator(
    {
      ...ports,
      central: leading,
      connect: (connection, cluster) => election.guard(createKubeApi(connection, { cluster, ...client })),
      events,
    },
    {
      liqoNamespace: flags.liqoNamespace,
      clusterID: flags.clusterId,
      compatibility: flags.compatibility,
      discovery: flags.discovery,
    },
  );

  const [host, port] = splitAddress(flags);
  const health = createHealthServer({ isReady: () => operator.ready, metrics }).listen(port, host);
  await once(health, 'listening').catch(flags.refuse);

  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort());
  log.info({ identity, healthListen: flags.healthListen }, 'controller starts');
  const followed = new AbortController();
  const following = operator.follow(followed.signal);
  const ending = await election.run((signal) => lead(operator, events, signal), stop.signal);
  if (ending === 'lost') {
    // Another leads: what is still under way here must not go on.
    log.error({ lease }, 'the lease is lost');
    process.exit(1);
  }
  followed.abort();
  await following;
  health.close();
  await central.close();
  log.info({}, 'controller stopped');
}

/** What is left to be told is told before the lease goes. */
async function lead(operator: Operator, events: EventRecorder, signal: AbortSignal): Promise<void> {
  const worked = new AbortController();
  const telling = events.run(worked.signal);
  await operator.lead(signal);
  worked.abort();
  await telling;
}

/** `host:port`, the host possibly in brackets. */
function splitAddress({ healthListen, refuse }: OperatorProcess): [string, number] {
  const match = /^(.*):(\d+)$/.exec(healthListen);
  if (match === null || Number(match[2]) > 65_535) return refuse(`--health-listen ${healthListen} is not host:port`);
  return [(match[1] ?? '').replace(/^\[|\]$/g, ''), Number(match[2])];
}
