#!/usr/bin/env node
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { hostname } from 'node:os';
import {
  type ClusterConnection,
  createEventRecorder,
  createKubeApi,
  createLeaderElection,
  loadConnection,
  systemClock,
  systemRandom,
} from '@leafway/reconciler';
import { createPrometheusMetrics } from '@leafway/reconciler/prometheus';
import { Command, Option } from 'commander';
import { pino } from 'pino';
import { fieldManager } from './field-manager.ts';
import { createHealthServer } from './health.ts';
import { centralName, createOperator } from './operator.ts';
import { ownVersion } from './system-version.ts';

interface Flags {
  kubeconfig?: string;
  liqoNamespace: string;
  clusterId?: string;
  leaseNamespace: string;
  identity?: string;
  healthListen: string;
  logLevel: string;
}

const command = new Command('leafway-controller')
  .description('The operator of the central cluster: carries out VirtualNodeShortcuts.')
  .version(ownVersion())
  .option('--kubeconfig <file>', 'kubeconfig of the central cluster; default: the cluster it runs in')
  .option('--liqo-namespace <name>', 'namespace of Liqo on all clusters', 'liqo')
  .option('--cluster-id <id>', "the central cluster's own ID, where no ConfigMap of Liqo tells it")
  .option('--lease-namespace <name>', 'where the Lease is by which one of several controllers leads', 'leafway-system')
  .option(
    '--identity <name>',
    'name in the Lease, for example the name of the pod: whoever starts with the name of the last leader leads at once, so no two that run may share it (default: the host name and something random)',
  )
  .option('--health-listen <address>', 'where /healthz, /readyz and /metrics are served', '127.0.0.1:8081')
  .addOption(
    new Option('--log-level <level>', 'how much is logged')
      .choices(['trace', 'debug', 'info', 'warn', 'error'])
      .default('info'),
  )
  .parse();
const flags = command.opts<Flags>();

const identity = flags.identity ?? `${hostname()}_${randomUUID()}`;
const log = pino({ level: flags.logLevel }, pino.destination({ dest: 2, sync: true }));
const metrics = createPrometheusMetrics();
const ports = { clock: systemClock, random: systemRandom, log, metrics };
const client = { userAgent: fieldManager, metrics };
const central = createKubeApi(connection(), { cluster: centralName, ...client });
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
  { liqoNamespace: flags.liqoNamespace, clusterID: flags.clusterId },
);

const [host, port] = splitAddress(flags.healthListen);
const health = createHealthServer({ isReady: () => operator.ready, metrics }).listen(port, host);
await once(health, 'listening').catch(refuse);

const stop = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort());
log.info({ identity, healthListen: flags.healthListen }, 'controller starts');
const followed = new AbortController();
const following = operator.follow(followed.signal);
const ending = await election.run(lead, stop.signal);
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

/** What is left to be told is told before the lease goes. */
async function lead(signal: AbortSignal): Promise<void> {
  const worked = new AbortController();
  const telling = events.run(worked.signal);
  await operator.lead(signal);
  worked.abort();
  await telling;
}

function connection(): ClusterConnection {
  try {
    return loadConnection({ kubeconfig: flags.kubeconfig });
  } catch (error) {
    return refuse(error);
  }
}

/** `host:port`, the host possibly in brackets. */
function splitAddress(address: string): [string, number] {
  const match = /^(.*):(\d+)$/.exec(address);
  if (match === null || Number(match[2]) > 65_535) return refuse(`--health-listen ${address} is not host:port`);
  return [(match[1] ?? '').replace(/^\[|\]$/g, ''), Number(match[2])];
}

/** Ends the process with a sentence for whoever set the flags. */
function refuse(error: unknown): never {
  return command.error(`leafway-controller: ${error instanceof Error ? error.message : String(error)}`);
}
