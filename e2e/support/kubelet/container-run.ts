import type { ContainerCommand } from '../images/container-command.ts';
import { type RunningContainer, startContainer } from './container.ts';
import type { Container, Pod } from './pod.ts';
import { type ContainerState, startsAgain } from './pod-status.ts';
import { ask, keepAsking, type OpenConnection } from './probes.ts';

/** A kubelet waits ten seconds at first; nobody here has that time. */
const firstRestartMs = 500;
const longestRestartMs = 10_000;

/** One container of a Pod, through all its runs. */
export interface ContainerRun {
  readonly state: Readonly<ContainerState>;
  /** In how many milliseconds it is to be started; undefined when it runs, or has run for the last time. */
  startsIn(): number | undefined;
  start(command: ContainerCommand, place: ContainerPlace): void;
  /** Why it cannot be started; it is tried again with the next look at the Pod. */
  wait(message: string): void;
  /** Kills it; it starts again by the Pod's restart policy. */
  crash(): void;
  /** Asks it to end, and starts it no more. True when it does not run. */
  end(signal: 'SIGTERM' | 'SIGKILL'): boolean;
  /** Resolves when it does not run. */
  readonly ended: Promise<unknown>;
}

/** Where it runs, and how its probes reach it. */
export interface ContainerPlace {
  readonly enter: readonly string[];
  readonly log: string;
  readonly address: string;
  readonly open: OpenConnection;
}

/** A container that has not been started; `onChange` is called when its state has changed by itself. */
export function beginContainer(container: Container, pod: Pod, onChange: () => void): ContainerRun {
  const { name, image, startupProbe, readinessProbe } = container;
  const policy = pod.spec.restartPolicy ?? 'Always';
  let state: ContainerState = {
    ...{ name, image, restarts: 0, started: false, ready: false },
    waiting: { reason: 'ContainerCreating' },
  };
  let running: RunningContainer | undefined;
  let ended: Promise<unknown> = Promise.resolve();
  let startsAt = 0;
  let isEnding = false;
  const change = (part: Partial<ContainerState>): void => {
    state = { ...state, ...part };
    onChange();
  };

  const finish = (exitCode: number, startedAt: string): void => {
    running = undefined;
    const lastEnd = { exitCode, startedAt, finishedAt: stamp() };
    const goesOn = !isEnding && startsAgain(policy, exitCode);
    startsAt = Date.now() + Math.min(longestRestartMs, firstRestartMs * 2 ** state.restarts);
    change({
      ...{ runningSince: undefined, ready: false, lastEnd },
      waiting: goesOn ? { reason: 'CrashLoopBackOff', message: `ended with exit code ${exitCode}` } : undefined,
      restarts: state.restarts + (goesOn ? 1 : 0),
    });
  };

  return {
    get state() {
      return state;
    },
    get ended() {
      return ended;
    },
    startsIn: () => (running === undefined && state.waiting !== undefined ? startsAt - Date.now() : undefined),
    start: (command, place) => {
      const startedAt = stamp();
      const process = startContainer(command, place);
      running = process;
      state = {
        ...state,
        runningSince: startedAt,
        waiting: undefined,
        started: startupProbe === undefined,
        ready: startupProbe === undefined && readinessProbe === undefined,
      };
      const probes = new AbortController();
      void followProbes(container, place, { change, restart: () => process.signal('SIGTERM'), signal: probes.signal });
      ended = process.ended.then((exitCode) => {
        probes.abort();
        finish(exitCode, startedAt);
      });
    },
    wait: (message) => {
      if (running === undefined && state.waiting !== undefined) {
        state = { ...state, waiting: { reason: 'CreateContainerConfigError', message } };
      }
    },
    crash: () => running?.signal('SIGKILL'),
    end: (signal) => {
      isEnding = true;
      running?.signal(signal);
      return running === undefined;
    },
  };
}

interface ProbeEffects {
  readonly change: (part: Partial<ContainerState>) => void;
  readonly restart: () => void;
  readonly signal: AbortSignal;
}

/** The startup probe first, then the others, as long as the container runs. */
async function followProbes(container: Container, place: ContainerPlace, effects: ProbeEffects): Promise<void> {
  const { startupProbe, livenessProbe, readinessProbe } = container;
  const { change, restart, signal } = effects;
  const follow = (probe: typeof startupProbe, onResult: (good: boolean) => void, until = signal): Promise<void> =>
    probe === undefined
      ? Promise.resolve()
      : keepAsking(probe, () => ask(probe, container, place.address, place.open), onResult, until);
  if (startupProbe !== undefined) {
    const settled = new AbortController();
    let started = false;
    const settle = (good: boolean): void => {
      started = good;
      settled.abort();
    };
    await follow(startupProbe, settle, AbortSignal.any([signal, settled.signal]));
    if (signal.aborted) return;
    if (!started) return restart();
    change({ started: true, ready: readinessProbe === undefined });
  }
  await Promise.all([
    follow(readinessProbe, (ready) => change({ ready })),
    follow(livenessProbe, (good) => {
      if (!good) restart();
    }),
  ]);
}

const stamp = (): string => new Date().toISOString().replace(/\.\d+Z$/, 'Z');
