import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ContainerTools, RunningContainer } from './container.ts';
import { startContainer } from './container.ts';
import { planContainer } from './container-plan.ts';
import { type References, Waiting } from './environment.ts';
import type { Images } from './image.ts';
import type { Container, Pod, Probe } from './pod.ts';
import type { PodNetwork, PodNetworks } from './pod-network.ts';
import { type ContainerState, startsAgain } from './pod-status.ts';
import { ask, keepAsking, type OpenConnection } from './probes.ts';
import { filesOf, type TokenSource } from './volumes.ts';
import { writeVolume } from './write-volume.ts';

/** What every Pod of a node is run with. */
export interface PodSurroundings {
  /** Where Pods have their files. */
  readonly directory: string;
  readonly networks: PodNetworks;
  readonly images: Images;
  readonly apiServer: string;
  readonly open: OpenConnection;
  readonly tools: ContainerTools;
  /** The command that leads into the lab's frame. */
  readonly enterFrame: readonly string[];
  /** The log of a container. */
  readonly log: (pod: Pod, container: string) => string;
}

/** What one look at a Pod is made with. */
export interface PodContext {
  readonly references: References;
  readonly token: TokenSource;
}

interface Slot {
  readonly state: ContainerState;
  process?: RunningContainer | undefined;
  /** Ends the probes of one run. */
  probes?: AbortController | undefined;
  /** Not before then, by the wall clock, is it started again. */
  startsAt: number;
}

/** A kubelet waits ten seconds at first; nobody here has that time. */
const firstRestartMs = 500;
const longestRestartMs = 10_000;

/** The processes of one Pod. */
export interface PodRun {
  readonly address: string | undefined;
  readonly states: readonly ContainerState[];
  /** Writes what the volumes hold now, and starts what shall run and does not. Tells when to look again, if ever. */
  advance(pod: Pod, context: PodContext): Promise<number | undefined>;
  /** Asks all processes to end; those that do not are killed after the time of grace. True when all have ended. */
  end(graceMs: number): boolean;
  /** Removes the network, when all processes have ended. */
  remove(): Promise<void>;
  /** Ends all at once. */
  kill(): Promise<void>;
}

/** Begins a Pod on this node; `onChange` is called when something about its processes has changed. */
export function beginPod(pod: Pod, surroundings: PodSurroundings, onChange: () => void): PodRun {
  const directory = join(surroundings.directory, pod.metadata.uid ?? '');
  const slots = new Map<string, Slot>(
    pod.spec.containers.map(({ name, image }) => [
      name,
      {
        state: { name, image, waiting: { reason: 'ContainerCreating' }, restarts: 0, started: false, ready: false },
        startsAt: 0,
      },
    ]),
  );
  let network: PodNetwork | undefined;
  let generation = 0;
  let killsAt: number | undefined;
  const volumeAt = (name: string): string => join(directory, 'volumes', name);

  const writeVolumes = async (current: Pod, context: PodContext, podIP: string): Promise<void> => {
    generation += 1;
    for (const volume of current.spec.volumes ?? []) {
      const files = await filesOf(volume, { pod: current, podIP, ...context });
      await writeVolume(volumeAt(volume.name), files, generation);
    }
  };

  const start = async (current: Pod, container: Container, slot: Slot, context: PodContext): Promise<void> => {
    const { address = '', enter = [] } = network ?? {};
    const hosts = join(directory, 'hosts');
    await writeFile(hosts, `127.0.0.1 localhost\n${address} ${current.metadata.name}\n`);
    const root = join(directory, 'roots', container.name);
    await mkdir(root, { recursive: true });
    const image = await surroundings.images(container.image);
    const { apiServer, tools, log, enterFrame } = surroundings;
    const { references } = context;
    const plan = planContainer(container, {
      pod: current,
      image,
      podIP: address,
      apiServer,
      references,
      volume: volumeAt,
      hosts,
    });
    const place = { enter: [...enterFrame, ...enter], root, log: log(current, container.name) };
    const running = startContainer(plan, place, tools);
    const startedAt = stamp();
    const { state } = slot;
    Object.assign(slot, { process: running, probes: new AbortController() });
    Object.assign(state, {
      runningSince: startedAt,
      waiting: undefined,
      started: container.startupProbe === undefined,
      ready: container.readinessProbe === undefined,
    });
    void probe(container, slot, address, running);
    void running.ended.then((exitCode) => {
      slot.probes?.abort();
      slot.process = undefined;
      state.runningSince = undefined;
      state.ready = false;
      state.lastEnd = { exitCode, startedAt, finishedAt: stamp() };
      if (killsAt === undefined && startsAgain(current.spec.restartPolicy ?? 'Always', exitCode)) {
        slot.startsAt = Date.now() + Math.min(longestRestartMs, firstRestartMs * 2 ** state.restarts);
        state.waiting = { reason: 'CrashLoopBackOff', message: `ended with exit code ${exitCode}` };
        state.restarts += 1;
      }
      onChange();
    });
  };

  const probe = async (container: Container, slot: Slot, address: string, running: RunningContainer): Promise<void> => {
    const signal = slot.probes?.signal ?? AbortSignal.abort();
    const follow = (one: Probe, onResult: (good: boolean) => void): Promise<void> =>
      keepAsking(one, () => ask(one, container, address, surroundings.open), onResult, signal);
    const set = (change: Partial<ContainerState>): void => {
      Object.assign(slot.state, change);
      onChange();
    };
    const { startupProbe, livenessProbe, readinessProbe } = container;
    if (startupProbe !== undefined) {
      const settled = new AbortController();
      const until = AbortSignal.any([signal, settled.signal]);
      const asked = (): Promise<boolean> => ask(startupProbe, container, address, surroundings.open);
      await keepAsking(
        startupProbe,
        asked,
        (good) => {
          settled.abort();
          if (good) set({ started: true });
          else running.signal('SIGTERM');
        },
        until,
      );
      if (!slot.state.started) return;
    }
    if (readinessProbe !== undefined)
      void follow(readinessProbe, (good) => {
        if (slot.state.ready !== good) set({ ready: good });
      });
    if (livenessProbe !== undefined)
      void follow(livenessProbe, (good) => {
        if (!good) running.signal('SIGTERM');
      });
  };

  return {
    get address() {
      return network?.address;
    },
    get states() {
      return [...slots.values()].map(({ state }) => state);
    },
    advance: async (current, context) => {
      await mkdir(directory, { recursive: true });
      network ??= await surroundings.networks.create();
      const due: number[] = [];
      for (const container of current.spec.containers) {
        const slot = slots.get(container.name);
        if (slot === undefined) continue;
      }
      try {
        await writeVolumes(current, context, network.address);
        for (const container of current.spec.containers) {
          const slot = slots.get(container.name);
          if (slot === undefined || slot.process !== undefined || slot.state.waiting === undefined) continue;
          const waitMs = slot.startsAt - Date.now();
          if (waitMs > 0) due.push(waitMs);
          else await start(current, container, slot, context);
        }
      } catch (error) {
        if (!(error instanceof Waiting)) throw error;
        for (const { state, process } of slots.values()) {
          if (process === undefined && state.waiting !== undefined) {
            state.waiting = { reason: 'CreateContainerConfigError', message: error.message };
          }
        }
      }
      return due.length === 0 ? undefined : Math.min(...due);
    },
    end: (graceMs) => {
      const running = [...slots.values()].flatMap(({ process }) => process ?? []);
      if (killsAt === undefined) {
        killsAt = Date.now() + graceMs;
        for (const one of running) one.signal('SIGTERM');
      } else if (Date.now() >= killsAt) {
        for (const one of running) one.signal('SIGKILL');
      }
      return running.length === 0;
    },
    remove: async () => {
      await network?.remove();
      network = undefined;
    },
    kill: async () => {
      killsAt = 0;
      const running = [...slots.values()].flatMap(({ process }) => process ?? []);
      for (const one of running) one.signal('SIGKILL');
      await Promise.all(running.map(({ ended }) => ended));
      await network?.remove();
      network = undefined;
    },
  };
}

const stamp = (): string => new Date().toISOString().replace(/\.\d+Z$/, 'Z');
