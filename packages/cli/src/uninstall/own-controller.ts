import { createOperator, type OperatorOptions } from '@leafway/controller';
import { createLeaderElection, type KubeApi, noMetrics } from '@leafway/reconciler';
import { silentLogger } from '../silent-logger.ts';
import type { Terminal } from '../terminal.ts';
import type { Place } from './inventory.ts';

/**
 * Does something while this process is a controller of the fleet in case that no other leads: with the rights of the
 * person at the terminal, and by the kubeconfigs that the LeafClusters name. It leads when the last leader's lease has run
 * out, and ends when somebody takes the lease from it.
 */
export async function withOwnController<R>(
  api: KubeApi,
  { namespace, liqoNamespace }: Place,
  { compatibility }: Pick<OperatorOptions, 'compatibility'>,
  terminal: Terminal,
  work: () => Promise<R>,
): Promise<R> {
  const { clock, random } = terminal;
  const ports = { clock, random, log: silentLogger, metrics: noMetrics };
  const lease = { namespace, name: 'leafway-controller' };
  const election = createLeaderElection({ ...ports, api, lease, identity: 'leafway-uninstall' });
  const operator = createOperator(
    {
      ...ports,
      central: election.guard(api),
      connect: (connection, cluster) => election.guard(terminal.connectTo(connection, cluster)),
      events: { record: () => undefined },
    },
    { liqoNamespace, compatibility },
  );
  const stop = new AbortController();
  const following = operator.follow(stop.signal);
  const leading = election.run((signal) => operator.lead(signal), stop.signal);
  try {
    return await work();
  } finally {
    stop.abort();
    await Promise.all([following, leading]);
  }
}
