import type { Pod } from './pod.ts';

/** What is known of one container. */
export interface ContainerState {
  readonly name: string;
  readonly image: string;
  /** Set while it runs: since when. */
  runningSince?: string | undefined;
  /** Why it does not run, before its first start or between two. */
  waiting: { readonly reason: string; readonly message?: string } | undefined;
  /** How its last run ended. */
  lastEnd?: { readonly exitCode: number; readonly startedAt: string; readonly finishedAt: string } | undefined;
  restarts: number;
  /** Its startup probe has succeeded, or it has none. */
  started: boolean;
  /** Its readiness probe has succeeded, or it has none. */
  ready: boolean;
}

type RestartPolicy = NonNullable<Pod['spec']['restartPolicy']>;

/** Whether a container that ended is started again. */
export function startsAgain(policy: RestartPolicy, exitCode: number): boolean {
  return policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0);
}

/** The phase of a Pod, by the rules of the API: it is over when no container runs or will run again. */
export function phaseOf(policy: RestartPolicy, states: readonly ContainerState[]): string {
  const isOver = states.every(
    ({ runningSince, lastEnd }) =>
      runningSince === undefined && lastEnd !== undefined && !startsAgain(policy, lastEnd.exitCode),
  );
  if (isOver) return states.every(({ lastEnd }) => lastEnd?.exitCode === 0) ? 'Succeeded' : 'Failed';
  return states.some(({ runningSince, lastEnd }) => runningSince ?? lastEnd) ? 'Running' : 'Pending';
}

/** The status of a Pod without times of change; `conditions` are given those when they are written. */
export function statusOf(pod: Pod, address: string | undefined, states: readonly ContainerState[]) {
  const policy = pod.spec.restartPolicy ?? 'Always';
  const phase = phaseOf(policy, states);
  const isReady = phase === 'Running' && states.every(({ ready, runningSince }) => ready && runningSince !== undefined);
  const condition = (type: string, holds: boolean) => ({ type, status: holds ? 'True' : 'False' });
  return {
    phase,
    ...(address === undefined ? {} : { podIP: address, podIPs: [{ ip: address }] }),
    conditions: [
      condition('PodScheduled', true),
      condition('PodReadyToStartContainers', address !== undefined),
      condition('Initialized', true),
      condition('ContainersReady', isReady),
      condition('Ready', isReady),
    ],
    containerStatuses: states.map((state) => ({
      name: state.name,
      image: state.image,
      imageID: '',
      ready: state.ready && state.runningSince !== undefined,
      started: state.started && state.runningSince !== undefined,
      restartCount: state.restarts,
      ...statesOf(state),
    })),
  };
}

function statesOf({ runningSince, waiting, lastEnd }: ContainerState): Record<string, unknown> {
  const terminated =
    lastEnd === undefined ? undefined : { ...lastEnd, reason: lastEnd.exitCode === 0 ? 'Completed' : 'Error' };
  const last = terminated === undefined ? {} : { lastState: { terminated } };
  if (runningSince !== undefined) return { state: { running: { startedAt: runningSince } }, ...last };
  if (waiting !== undefined) return { state: { waiting }, ...last };
  return { state: terminated === undefined ? { waiting: { reason: 'ContainerCreating' } } : { terminated } };
}
