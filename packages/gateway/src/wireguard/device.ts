import { randomBytes } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { type Exec, ExecError, type RunOptions } from '../exec.ts';
import { type ObservedWireGuard, parseDump, type WireGuardState, wireGuardConfiguration } from './configuration.ts';

/** The device's name in every gateway (as in Liqo 1.2). */
export const tunnelDevice = 'liqo-tunnel';

/** Makes and sets the WireGuard device of a gateway, in the kernel where it can, else by wireguard-go. */
export interface WireGuardDevices {
  create(namespace: string): Promise<void>;
  /** Makes the device as `state` says, leaving an established session alone unless its peer or key changes. */
  configure(namespace: string, state: WireGuardState, privateKey: string): Promise<void>;
  /** As `configure`, but the device forgets its sessions, so that it shakes hands at the next packet. */
  restartHandshake(namespace: string, state: WireGuardState, privateKey: string): Promise<void>;
  /** `undefined` when the device does not answer. */
  read(namespace: string): Promise<ObservedWireGuard | undefined>;
  /** Removes what is kept for a namespace that is gone. */
  forget(namespace: string): Promise<void>;
}

/** The ports and paths of the devices. */
export interface WireGuardOptions {
  readonly exec: Exec;
  /** Where each gateway keeps the control socket of its wireguard-go. */
  readonly runDirectory: string;
  /** Path or name of wireguard-go. */
  readonly wireguardGo: string;
}

/**
 * wireguard-go's socket is called after its device, and all our devices have the same name: so each gateway has a
 * directory of its own, which takes the place of the common one for that command alone (`ip netns exec` gives it its
 * own mount namespace).
 */
const withOwnSocket = 'mount --bind "$0" /var/run/wireguard && exec "$@"';
/** `wg` opens its input by name, which a pipe allows and the socket that Node gives its children does not. */
const withOwnSocketAndPipe = 'mount --bind "$0" /var/run/wireguard && cat | "$@"';
const commonSocketDirectory = '/var/run/wireguard';

/** WireGuard devices of this machine: the kernel's where it has them, else those of wireguard-go. */
export function createWireGuardDevices({ exec, runDirectory, wireguardGo }: WireGuardOptions): WireGuardDevices {
  let hasKernelDevice: boolean | undefined;
  const socketDirectory = (namespace: string): string => `${runDirectory}/${namespace}`;
  const inside = async (namespace: string, command: readonly string[], options: RunOptions = {}): Promise<string> => {
    await mkdir(socketDirectory(namespace), { recursive: true, mode: 0o700 });
    await mkdir(commonSocketDirectory, { recursive: true, mode: 0o700 });
    const script = options.input === undefined ? withOwnSocket : withOwnSocketAndPipe;
    return exec.run(
      'ip',
      ['netns', 'exec', namespace, 'sh', '-c', script, socketDirectory(namespace), ...command],
      options,
    );
  };
  const setBy =
    (verb: 'setconf' | 'syncconf') => async (namespace: string, state: WireGuardState, privateKey: string) => {
      await inside(namespace, ['wg', verb, tunnelDevice, '/dev/stdin'], {
        input: wireGuardConfiguration(state, { privateKey, bolt: randomBytes(32).toString('base64') }),
      });
    };
  const createInKernel = async (namespace: string): Promise<boolean> => {
    try {
      await exec.run('ip', ['-n', namespace, 'link', 'add', tunnelDevice, 'type', 'wireguard']);
      return true;
    } catch (error) {
      if (
        hasKernelDevice === undefined &&
        error instanceof ExecError &&
        /unknown device type|not supported/i.test(error.complaint)
      )
        return false;
      throw error;
    }
  };

  return {
    create: async (namespace) => {
      if (hasKernelDevice !== false) hasKernelDevice = await createInKernel(namespace);
      if (hasKernelDevice) return;
      // A socket that an earlier process left would be taken away by that process's end.
      await rm(socketDirectory(namespace), { recursive: true, force: true });
      // Without -f wireguard-go returns when device and socket are there, and goes on in the background.
      await inside(namespace, [wireguardGo, tunnelDevice], { detached: true });
    },
    configure: setBy('syncconf'),
    restartHandshake: setBy('setconf'),
    read: async (namespace) => {
      try {
        return parseDump(await inside(namespace, ['wg', 'show', tunnelDevice, 'dump']));
      } catch (error) {
        if (error instanceof ExecError) return undefined;
        throw error;
      }
    },
    forget: (namespace) => rm(socketDirectory(namespace), { recursive: true, force: true }),
  };
}
