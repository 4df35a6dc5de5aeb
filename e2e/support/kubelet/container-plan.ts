import type { AssembledImage } from '../images/assemble-image.ts';
import type { ContainerOptions } from '../images/container-command.ts';
import { environmentOf, expand, type References, Waiting } from './environment.ts';
import type { Container, Pod } from './pod.ts';

/** What a container is made of, beside its own fields. */
export interface Surroundings {
  readonly pod: Pod;
  readonly image: AssembledImage;
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
export function planContainer(container: Container, surroundings: Surroundings): ContainerOptions {
  const { pod, image, podIP, apiServer, references, volume, hosts } = surroundings;
  const environment = environmentOf(container, pod, podIP, apiServer, references);
  const { command, args = [], workingDir, volumeMounts = [] } = container;
  const expanded = (words: readonly string[]): string[] => words.map((word) => expand(word, environment));
  // What a kubelet keeps current nobody else may write to.
  const isWritable = ({ name, readOnly }: { name: string; readOnly?: boolean }): boolean =>
    readOnly !== true && pod.spec.volumes?.find((one) => one.name === name)?.emptyDir !== undefined;
  const places = (mounts: typeof volumeMounts): Record<string, string> =>
    Object.fromEntries(mounts.map(({ name, mountPath }) => [mountPath, volume(name)]));
  return {
    ...(command === undefined ? {} : { entrypoint: expanded(command) }),
    args: expanded(args),
    environment,
    user: userOf(container, pod, image),
    ...(workingDir === undefined ? {} : { workingDirectory: workingDir }),
    mounts: { '/etc/hosts': hosts, ...places(volumeMounts.filter((mount) => !isWritable(mount))) },
    writable: places(volumeMounts.filter(isWritable)),
  };
}

function userOf({ name, securityContext }: Container, pod: Pod, image: AssembledImage): { uid: number; gid: number } {
  const shared = pod.spec.securityContext;
  const uid = securityContext?.runAsUser ?? shared?.runAsUser ?? image.user.uid;
  const gid = securityContext?.runAsGroup ?? shared?.runAsGroup ?? image.user.gid;
  const mustNotBeRoot = securityContext?.runAsNonRoot ?? shared?.runAsNonRoot ?? false;
  if (mustNotBeRoot && uid === 0) throw new Waiting(`container ${name} has runAsNonRoot, and would run as root`);
  return { uid, gid };
}
