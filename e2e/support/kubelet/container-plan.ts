import type { ContainerPlan } from './container.ts';
import { environmentOf, expand, type References, Waiting } from './environment.ts';
import type { Image } from './image.ts';
import type { Container, Pod } from './pod.ts';

/** What a container is made of, beside its own fields. */
export interface Surroundings {
  readonly pod: Pod;
  readonly image: Image;
  readonly podIP: string;
  /** Where Pods find the API server. */
  readonly apiServer: string;
  readonly references: References;
  /** The directory of each volume. */
  readonly volume: (name: string) => string;
  /** A file for `/etc/hosts`. */
  readonly hosts: string;
}

/** Decides how a container is started, as a kubelet and its runtime do. Throws `Waiting` where it cannot be. */
export function planContainer(container: Container, surroundings: Surroundings): ContainerPlan {
  const { pod, image, podIP, apiServer, references, volume, hosts } = surroundings;
  const variables = environmentOf(container, pod, podIP, apiServer, references);
  const entrypoint = container.command?.map((word) => expand(word, variables)) ?? image.entrypoint;
  const user = userOf(container, pod, image);
  return {
    imageRoot: image.root,
    command: [...entrypoint, ...(container.args ?? []).map((word) => expand(word, variables))],
    environment: { PATH: '/usr/local/bin:/usr/bin:/bin', ...image.environment, ...variables },
    workingDir: container.workingDir ?? image.workingDir ?? '/',
    user,
    group: container.securityContext?.runAsGroup ?? pod.spec.securityContext?.runAsGroup ?? 0,
    mounts: [
      { from: hosts, to: '/etc/hosts', readOnly: true },
      ...(container.volumeMounts ?? []).map(({ name, mountPath, readOnly = false }) => ({
        from: volume(name),
        to: mountPath,
        // What a kubelet keeps current nobody else may write to.
        readOnly: readOnly || pod.spec.volumes?.find((one) => one.name === name)?.emptyDir === undefined,
      })),
    ],
  };
}

function userOf({ name, securityContext }: Container, pod: Pod, image: Image): number {
  const shared = pod.spec.securityContext;
  const user = securityContext?.runAsUser ?? shared?.runAsUser ?? image.user;
  const mustNotBeRoot = securityContext?.runAsNonRoot ?? shared?.runAsNonRoot ?? false;
  if (mustNotBeRoot && user === 0) {
    throw new Waiting(`container ${name} has runAsNonRoot, and would run as root`);
  }
  return user;
}
