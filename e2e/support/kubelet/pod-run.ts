import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { containerCommand } from '../images/container-command.ts';
import { planContainer } from './container-plan.ts';
import { beginContainer, type ContainerRun } from './container-run.ts';
import { type References, Waiting } from './environment.ts';
import type { Images } from './images.ts';
import type { Container, Pod } from './pod.ts';
import type { PodNetwork, PodNetworks } from './pod-network.ts';
import type { ContainerState } from './pod-status.ts';
import type { OpenConnection } from './probes.ts';
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
  /** The command that leads into the lab's frame. */
  readonly enterFrame: readonly string[];
  /** The log of a container. */
  readonly log: (namespace: string, pod: string, container: string) => string;
}

/** What one look at a Pod is made with. */
export interface PodContext {
  readonly references: References;
  readonly token: TokenSource;
}

/** The processes of one Pod. */
export interface PodRun {
  readonly address: string | undefined;
  readonly states: readonly ContainerState[];
  /**
   * Writes what the volumes hold now, and starts what shall run and does not. Tells in how many milliseconds to look
   * again, if ever.
   */
  advance(pod: Pod, context: PodContext): Promise<number | undefined>;
  /** Kills all processes, without a word that they shall not start again. */
  crash(): void;
  /** Asks all processes to end; those that do not are killed after the time of grace. True when all have ended. */
  end(graceMs: number): boolean;
  /** Removes the network, when all processes have ended. */
  remove(): Promise<void>;
  /** Ends all at once, and removes the network. */
  kill(): Promise<void>;
}

/** Begins a Pod on this node; `onChange` is called when something about its processes has changed. */
export function beginPod(pod: Pod, surroundings: PodSurroundings, onChange: () => void): PodRun {
  const directory = join(surroundings.directory, pod.metadata.uid ?? '');
  const containers = pod.spec.containers.map((container) => ({
    container,
    run: beginContainer(container, pod, onChange),
  }));
  let network: PodNetwork | undefined;
  let looks = 0;
  let killsAt: number | undefined;
  const remove = async (): Promise<void> => {
    const leaving = network;
    network = undefined;
    await leaving?.remove();
  };
  return {
    get address() {
      return network?.address;
    },
    get states() {
      return containers.map(({ run }) => run.state);
    },
    advance: async (current, context) => {
      network ??= await createNetwork(current, directory, surroundings);
      looks += 1;
      try {
        await writeVolumes(current, network.address, { directory, context, generation: looks });
        for (const { container, run } of containers) {
          if ((run.startsIn() ?? 1) <= 0)
            await start(current, container, run, { directory, context, network, surroundings });
        }
      } catch (error) {
        if (!(error instanceof Waiting)) throw error;
        for (const { run } of containers) run.wait(error.message);
      }
      const due = containers.map(({ run }) => run.startsIn() ?? 0).filter((ms) => ms > 0);
      return due.length === 0 ? undefined : Math.min(...due);
    },
    crash: () => {
      for (const { run } of containers) run.crash();
    },
    end: (graceMs) => {
      const isFirst = killsAt === undefined;
      killsAt ??= Date.now() + graceMs;
      const isLate = Date.now() >= killsAt;
      const running = containers.filter(({ run }) => run.state.runningSince !== undefined);
      if (isFirst || isLate) for (const { run } of containers) run.end(isLate ? 'SIGKILL' : 'SIGTERM');
      return running.length === 0;
    },
    remove,
    kill: async () => {
      for (const { run } of containers) run.end('SIGKILL');
      await Promise.all(containers.map(({ run }) => run.ended));
      await remove();
    },
  };
}

async function createNetwork(pod: Pod, directory: string, { networks }: PodSurroundings): Promise<PodNetwork> {
  const network = await networks.create();
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, 'hosts'), `127.0.0.1 localhost\n${network.address} ${pod.metadata.name}\n`);
  return network;
}

const volumeAt = (directory: string, name: string): string => join(directory, 'volumes', name);

async function writeVolumes(
  pod: Pod,
  podIP: string,
  { directory, context, generation }: { directory: string; context: PodContext; generation: number },
): Promise<void> {
  for (const volume of pod.spec.volumes ?? []) {
    const files = await filesOf(volume, { pod, podIP, ...context });
    await writeVolume(volumeAt(directory, volume.name), files, { pod, generation });
  }
}

async function start(
  pod: Pod,
  container: Container,
  run: ContainerRun,
  given: { directory: string; context: PodContext; network: PodNetwork; surroundings: PodSurroundings },
): Promise<void> {
  const { directory, context, network, surroundings } = given;
  const { apiServer, enterFrame, images, log, open } = surroundings;
  const image = await images(container.image);
  const options = planContainer(container, {
    ...{ pod, image, apiServer, podIP: network.address, references: context.references },
    volume: (name) => volumeAt(directory, name),
    hosts: join(directory, 'hosts'),
  });
  const { address, enter } = network;
  run.start(containerCommand(image, options), {
    enter: [...enterFrame, ...enter],
    log: log(pod.metadata.namespace ?? '', pod.metadata.name, container.name),
    address,
    open,
  });
}
