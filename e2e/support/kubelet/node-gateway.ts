import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ClusterPlan, type RunningLab, runInLab } from '@leafway/lab';
import { enterNetwork, networkOf } from '@leafway/lab/internal';
import { connectThrough, serveConnect } from './connect-socket.ts';

/** Leads into the network of a cluster's node, and from there to the API servers. */
export interface NodeGateway {
  /** The address of the Service `kubernetes`, at which Pods find the API server. */
  readonly apiServer: string;
  /** Opens a connection to an address in that network. */
  readonly connect: (target: string) => Promise<Socket>;
  close(): Promise<void>;
}

/** Starts one; its sockets and its log are in `directory`. */
export async function openNodeGateway(lab: RunningLab, cluster: ClusterPlan, directory: string): Promise<NodeGateway> {
  const [into, out] = [join(directory, 'into.sock'), join(directory, 'out.sock')];
  await mkdir(directory, { recursive: true });
  await Promise.all([into, out].map((path) => rm(path, { force: true })));
  const apiServer = firstAddress(cluster.networks.service);
  const node = `${cluster.id}/node`;
  await runInLab(lab, node, ['ip', 'address', 'replace', `${apiServer}/32`, 'dev', 'lo']);
  const listeners = [
    `${apiServer}:443=127.0.0.1:${cluster.ports.apiServer}`,
    ...lab.plan.clusters.map(({ ports }) => `169.254.1.1:${ports.apiServer}=127.0.0.1:${ports.apiServer}`),
  ];
  const server = serveConnect(out, (host, port) => connect(port, host));
  const program = fileURLToPath(new URL('./main-gateway.ts', import.meta.url));
  const [executable = '', ...args] = enterNetwork(
    lab.frame,
    networkOf(lab.clusters, node),
    [process.execPath, program, into, out, ...listeners],
    '/',
  );
  const log = openSync(join(directory, 'gateway.log'), 'a');
  const child = spawn(executable, args, { stdio: ['ignore', log, log, 'ipc'] });
  closeSync(log);
  const ended = once(child, 'exit').then(() => {
    throw new Error(`the gateway of ${cluster.id}'s node ended, see ${directory}/gateway.log`);
  });
  // It says so when it listens.
  await Promise.race([once(child, 'message'), ended]);
  ended.catch(() => {});
  return {
    apiServer,
    connect: (target) => connectThrough(into, target),
    close: async () => {
      child.disconnect();
      server.close();
      await runInLab(lab, node, ['ip', 'address', 'delete', `${apiServer}/32`, 'dev', 'lo']);
    },
  };
}

/** The first address of the service range is the API server's own. */
function firstAddress(cidr: string): string {
  const [network = ''] = cidr.split('/');
  return network.replace(/\d+$/, (last) => String(Number(last) + 1));
}
