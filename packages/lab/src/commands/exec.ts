import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { LabError } from '../errors.ts';
import type { Frame } from '../frame/frame.ts';
import type { RunningLab } from '../lab.ts';
import { gatewayNamespacePrefix, nodeNamespace, podNamespace } from '../network/namespaces.ts';
import { withSystemTools } from '../network/run.ts';
import { type PodName, podNames } from '../plan/networks.ts';

/**
 * The network namespace of a target: `<cluster>/client` and `<cluster>/web` for the pods, `<cluster>/node` for the
 * cluster's node, `<cluster>/gateway-<remote>` for its gateway to another cluster.
 * @throws LabError `LAB_ARGUMENT` that says which targets there are.
 */
export function networkOf(clusters: readonly string[], target: string): string {
  const [cluster = '', place = '', ...rest] = target.split('/');
  if (rest.length > 0 || place === '')
    throw new LabError('LAB_ARGUMENT', `"${target}": expected <cluster>/<pod>, for example ${clusters.at(-1)}/client`);
  if (!clusters.includes(cluster))
    throw new LabError('LAB_ARGUMENT', `there is no cluster "${cluster}", the clusters are ${clusters.join(', ')}`);
  if (place === 'node') return nodeNamespace(cluster);
  if (podNames.includes(place as PodName)) return podNamespace(cluster, place as PodName);
  const remote = /^gateway-(.+)$/.exec(place)?.[1];
  if (remote !== undefined && clusters.includes(remote)) return `${gatewayNamespacePrefix(cluster)}${remote}`;
  throw new LabError(
    'LAB_ARGUMENT',
    `there is no "${place}" in ${cluster}: its pods are ${podNames.join(' and ')}; its node and gateway-<remote> can be named too`,
  );
}

/** Entering a mount namespace leads to its root: the first argument leads back. */
const returnToDirectory = 'cd -- "$0" 2>/dev/null; exec "$@"';

/** The command line that runs `command` in a network of a frame, from outside, in the same directory if it is there. */
export function enterNetwork(frame: Frame, network: string, command: readonly string[], directory: string): string[] {
  return [...enterFrame(frame), 'sh', '-c', returnToDirectory, directory, 'ip', 'netns', 'exec', network, ...command];
}

/** The command line prefix that enters a frame as the user who opened it. */
export function enterFrame({ first }: Frame): string[] {
  return ['nsenter', `--target=${first.pid}`, '--user', '--mount', '--pid', '--preserve-credentials', '--'];
}

/**
 * Runs a command of this machine in the network of a pod, with this process's terminal, and returns its exit code
 * (128 + the signal's number when a signal ended it).
 */
export function labExec(
  lab: RunningLab,
  target: string,
  command: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<number> {
  const network = networkOf(lab.clusters, target);
  const [executable = '', ...args] = enterNetwork(lab.frame, network, command, process.cwd());
  return new Promise((resolve, reject) => {
    const child = spawn(executable, args, { stdio: 'inherit', env: withSystemTools(environment, lab.bin) });
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
  });
}
