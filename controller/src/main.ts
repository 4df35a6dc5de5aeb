import { createServer } from 'node:http';
import { createKubeApi, loadConnection, systemClock, systemRandom } from '@leafway/reconciler';
import { Command } from 'commander';
import { pino } from 'pino';
import { createOperator } from './operator.ts';

interface Flags {
  kubeconfig?: string;
  liqoNamespace: string;
  clusterId?: string;
  healthListen: string;
  logLevel: string;
}

const flags = new Command('leafway-controller')
  .description('The operator of the central cluster: carries out VirtualNodeShortcuts.')
  .option('--kubeconfig <file>', 'kubeconfig of the central cluster; default: the cluster it runs in')
  .option('--liqo-namespace <name>', 'namespace of Liqo on all clusters', 'liqo')
  .option('--cluster-id <id>', "the central cluster's own ID, where no ConfigMap of Liqo tells it")
  .option('--health-listen <address>', 'where /healthz and /readyz are served', '127.0.0.1:8081')
  .option('--log-level <level>', 'trace, debug, info, warn or error', 'info')
  .parse()
  .opts<Flags>();

const log = pino({ level: flags.logLevel }, pino.destination({ dest: 2, sync: true }));
const central = createKubeApi(loadConnection({ kubeconfig: flags.kubeconfig }), { cluster: 'the central cluster' });
const operator = createOperator(
  {
    central,
    connect: (connection, cluster) => createKubeApi(connection, { cluster }),
    clock: systemClock,
    random: systemRandom,
    log,
  },
  { liqoNamespace: flags.liqoNamespace, clusterID: flags.clusterId },
);

const stop = new AbortController();
process.once('SIGTERM', () => stop.abort());
process.once('SIGINT', () => stop.abort());

const [host, port] = splitAddress(flags.healthListen);
const health = createServer((request, response) => {
  const ok = request.url === '/healthz' || (request.url === '/readyz' && operator.ready);
  response.writeHead(ok ? 200 : 503).end(ok ? 'ok' : 'not ready');
}).listen(port, host);

log.info({ healthListen: flags.healthListen }, 'controller starts');
await operator.run(stop.signal);
health.close();
await central.close();
log.info({}, 'controller stopped');

/** `host:port`, the host possibly in brackets. */
function splitAddress(address: string): [string, number] {
  const match = /^(.*):(\d+)$/.exec(address);
  if (match === null) {
    process.stderr.write(`leafway-controller: --health-listen ${address} is not host:port\n`);
    process.exit(2);
  }
  return [(match[1] ?? '').replace(/^\[|\]$/g, ''), Number(match[2])];
}
