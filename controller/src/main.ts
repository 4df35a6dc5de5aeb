#!/usr/bin/env node
import { type ClusterConnection, loadConnection } from '@leafway/reconciler';
import { Command, InvalidArgumentError, Option } from 'commander';
import { type CheckFlags, runCheck } from './main-check.ts';
import { type DrainFlags, runDrain } from './main-drain.ts';
import { type OperatorFlags, runOperator } from './main-operator.ts';
import { ownVersion } from './system-version.ts';

interface CommonFlags {
  kubeconfig?: string;
}

const program = new Command('leafway-controller')
  .description('The operator of the central cluster: carries out VirtualNodeShortcuts.')
  .version(ownVersion())
  .option('--kubeconfig <file>', 'kubeconfig of the central cluster; default: the cluster it runs in')
  .option('--liqo-namespace <name>', 'namespace of Liqo on all clusters', 'liqo')
  .option('--cluster-id <id>', "the central cluster's own ID; default: what Liqo's ConfigMap tells")
  .option('--no-discovery', 'do not make LeafClusters for the leaves that Liqo has Identities of')
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
  .action(() => runOperator({ ...program.opts<OperatorFlags>(), connection: connection(), refuse }));

const drain = program
  .command('drain')
  .description('Deletes all VirtualNodeShortcuts and waits until nothing on any cluster needs a controller any more.')
  .option('--timeout <time>', 'how long to wait: a number of s, m or h', duration, 300_000)
  .addHelpText('after', '\nExit codes: 0 drained; 1 not drained, and standard error says what would be stuck, and why.')
  .action(() => runDrain({ ...drain.optsWithGlobals<DrainFlags>(), connection: connection() }));

const check = program
  .command('check')
  .description('Checks an installation: that the API server follows the webhook, and that a controller leads.')
  .option('--timeout <time>', 'how long to wait for each: a number of s, m or h', duration, 60_000)
  .addHelpText('after', '\nExit codes: 0 it works; 1 it does not, and standard error says what.')
  .action(() => runCheck({ ...check.optsWithGlobals<CheckFlags>(), connection: connection() }));

await program.parseAsync();

/** Milliseconds. */
function duration(text: string): number {
  const [, number, unit] = /^(\d+)([smh])$/.exec(text) ?? [];
  if (number === undefined) throw new InvalidArgumentError('Write a number and a unit, like 90s or 5m.');
  return Number(number) * (unit === 's' ? 1_000 : unit === 'm' ? 60_000 : 3_600_000);
}

function connection(): ClusterConnection {
  try {
    return loadConnection({ kubeconfig: program.opts<CommonFlags>().kubeconfig });
  } catch (error) {
    return refuse(error);
  }
}

/** Ends the process with a sentence for whoever set the flags. */
function refuse(error: unknown): never {
  return program.error(`leafway-controller: ${error instanceof Error ? error.message : String(error)}`);
}
