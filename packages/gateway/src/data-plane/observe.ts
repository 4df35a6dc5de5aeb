import { readdir, statfs } from 'node:fs/promises';
import type { Role } from '@leafway/core';
import { type Exec, ExecError } from '../exec.ts';
import { rulePriorities, tunnelAddress, uplinkDevice } from '../routing/commands.ts';
import { type GatewayNames, gatewayNames, type Site, uplinkNamespace } from '../routing/site.ts';
import { tunnelDevice, type WireGuardDevices } from '../wireguard/device.ts';
import { nothing, type ObservedGateway } from './state.ts';

/** Where `ip netns` keeps the names of namespaces. */
export const namespaceDirectory = '/run/netns';
/** The kernel's own number for the file system of namespaces (linux/magic.h). */
const namespaceFileSystem = 0x6e736673;

interface Observer {
  readonly exec: Exec;
  readonly devices: WireGuardDevices;
  readonly site: Site;
}

/** What stands under the name of a namespace: one, or the file of one that is gone or was never made. */
export async function namespaceFile(name: string): Promise<'namespace' | 'file' | 'none'> {
  const found = await statfs(`${namespaceDirectory}/${name}`).catch(() => undefined);
  if (found === undefined) return 'none';
  return found.type === namespaceFileSystem ? 'namespace' : 'file';
}

/** The remote clusters that have a gateway's namespace here, wanted or not. */
export async function listGateways(site: Site): Promise<string[]> {
  const files = await readdir(namespaceDirectory).catch(() => []);
  const prefix = site.gatewayNamespacePrefix;
  return files
    .filter((file) => file.startsWith(prefix))
    .map((file) => file.slice(prefix.length))
    .sort();
}

/** Looks at what there is of one gateway. Of its rules nothing is told: writing them again is cheaper, and harmless. */
export async function observeGateway(observer: Observer, remoteClusterID: string): Promise<ObservedGateway> {
  const { exec, site } = observer;
  const names = gatewayNames(site, remoteClusterID);
  const [inside, nodeRoutes, uplink] = await Promise.all([
    observeNamespace(observer, names),
    askIP<Route>(exec, site.nodeNamespace, ['route', 'show', 'dev', names.nodeDevice]),
    askIP<Link>(exec, uplinkNamespace(site), ['link', 'show', 'dev', names.uplinkDevice]),
  ]);
  return {
    ...inside,
    nodeDevice: nodeRoutes !== undefined,
    uplinkDevice: uplink !== undefined,
    complete: inside.complete && nodeRoutes !== undefined && uplink !== undefined,
    nodeRoutes: (nodeRoutes ?? []).map(({ dst }) => (dst.includes('/') ? dst : `${dst}/32`)),
  };
}

interface Route {
  readonly dst: string;
}

interface Link {
  readonly ifname: string;
  readonly mtu: number;
  readonly addr_info: readonly LinkAddress[];
}

interface LinkAddress {
  readonly family: string;
  readonly local?: string;
  readonly prefixlen?: number;
}

interface Rule {
  readonly priority: number;
}

async function observeNamespace({ exec, devices }: Observer, { namespace }: GatewayNames): Promise<ObservedGateway> {
  const found = await namespaceFile(namespace);
  if (found !== 'namespace') return { ...nothing, namespace: found !== 'none' };
  const [links = [], rules = []] = await Promise.all([
    askIP<Link>(exec, namespace, ['address', 'show']),
    askIP<Rule>(exec, namespace, ['rule', 'show']),
  ]);
  const uplink = links.find(({ ifname }) => ifname === uplinkDevice);
  const tunnel = links.find(({ ifname }) => ifname === tunnelDevice);
  return {
    ...nothing,
    namespace: true,
    complete: rulePriorities.every((wanted) => rules.some(({ priority }) => priority === wanted)),
    tunnelDevice: tunnel !== undefined,
    uplinkAddress: uplink === undefined ? undefined : addressOf(uplink)?.local,
    tunnel: tunnel === undefined ? undefined : readTunnel(tunnel),
    wireGuard: tunnel === undefined ? undefined : await devices.read(namespace),
  };
}

const addressOf = ({ addr_info }: Link): LinkAddress | undefined => addr_info.find(({ family }) => family === 'inet');

function readTunnel(link: Link): ObservedGateway['tunnel'] {
  const address = addressOf(link);
  const roles: readonly Role[] = ['Server', 'Client'];
  const role = roles.find((candidate) => tunnelAddress(candidate) === `${address?.local}/${address?.prefixlen}`);
  return role === undefined ? undefined : { role, mtu: link.mtu };
}

/** `undefined` when what is asked for does not exist. */
/** Not `ip -4`: that does not show a device that has no address yet, as one is that a killed agent left half made. */
async function askIP<T>(exec: Exec, namespace: string, question: readonly string[]): Promise<readonly T[] | undefined> {
  try {
    return JSON.parse((await exec.run('ip', ['-n', namespace, '-j', ...question])) || '[]') as T[];
  } catch (error) {
    if (error instanceof ExecError && /cannot find device|does not exist/i.test(error.complaint)) return undefined;
    throw error;
  }
}
