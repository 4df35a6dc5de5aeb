import { mkdir, writeFile } from 'node:fs/promises';
import type { Exec } from '../exec.ts';
import type { WireGuardDevices } from '../wireguard/device.ts';
import { namespaceDirectory, namespaceFile } from './observe.ts';
import type { Step } from './plan.ts';

export interface Effects {
  readonly exec: Exec;
  readonly devices: WireGuardDevices;
}

/** Pairs of a setting and its value: forward whatever way a packet came, and make no IPv6 traffic of its own. */
const routerSettings = [
  ['ipv4/ip_forward', '1'],
  ['ipv4/conf/all/rp_filter', '0'],
  ['ipv4/conf/default/rp_filter', '0'],
  ['ipv6/conf/all/disable_ipv6', '1'],
  ['ipv6/conf/default/disable_ipv6', '1'],
].flat();

/** A kernel without IPv6 has no such settings, and needs none. */
const writeSettings =
  'while [ $# -gt 0 ]; do [ ! -e "/proc/sys/net/$1" ] || echo "$2" > "/proc/sys/net/$1"; shift 2; done';

/** Does the steps one after another. The private key goes to WireGuard's standard input and nowhere else. */
export async function applySteps(effects: Effects, steps: readonly Step[], privateKey: string): Promise<void> {
  for (const step of steps) await applyStep(effects, step, privateKey);
}

async function applyStep({ exec, devices }: Effects, step: Step, privateKey: string): Promise<void> {
  const { namespace } = step;
  switch (step.kind) {
    case 'name-own-namespace':
      return nameOwnNamespace(exec, namespace);
    case 'create-namespace':
      return createNamespace(exec, namespace);
    case 'delete-namespace':
      await exec.run('ip', ['netns', 'delete', namespace]);
      return devices.forget(namespace);
    case 'ip':
      await exec.run('ip', ['-n', namespace, '-batch', '-'], { input: `${step.commands.join('\n')}\n` });
      return;
    case 'nft':
      await exec.run('ip', ['netns', 'exec', namespace, 'nft', '-f', '-'], { input: step.ruleset });
      return;
    case 'create-tunnel-device':
      return devices.create(namespace);
    case 'configure-wireguard':
      return step.admitsNextKey
        ? devices.restartHandshake(namespace, step.state, privateKey)
        : devices.configure(namespace, step.state, privateKey);
  }
}

/** A name of before stays: it may be kept on the machine, for an agent that comes after this one. */
async function nameOwnNamespace(exec: Exec, namespace: string): Promise<void> {
  if ((await namespaceFile(namespace)) === 'namespace') return;
  const file = `${namespaceDirectory}/${namespace}`;
  await mkdir(namespaceDirectory, { recursive: true });
  await writeFile(file, '');
  await exec.run('mount', ['--bind', '/proc/self/ns/net', file]);
}

/** `ip netns add` needs the machine's root; an ordinary user may bind a new namespace to a file of its own frame. */
async function createNamespace(exec: Exec, namespace: string): Promise<void> {
  const file = `${namespaceDirectory}/${namespace}`;
  await mkdir(namespaceDirectory, { recursive: true });
  await writeFile(file, '');
  await exec.run('unshare', [`--net=${file}`, 'sh', '-ec', writeSettings, 'sh', ...routerSettings]);
}
