/**
 * Builds a link of two gateways beside the lab's clusters, in the lab's frame, by the agent's own means:
 * `main-link.ts up|with-rules|without-rules|down <wireguard-go> <program of the web pods…>`.
 * Two nodes with one pod each and different ranges, so that packets find their way without a rewrite as well.
 */
import { spawn } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { parseCidr } from '@leafway/core';
import {
  createDataPlane,
  createExec,
  createWireGuardDevices,
  type DataPlane,
  gatewayRuleset,
  generateKeyPair,
  nodeRuleset,
} from '@leafway/gateway';
import { ends, type LinkEnd, mtu, uplink } from './link-plan.ts';

const [action = '', wireguardGo = '', ...web] = process.argv.slice(2);
const runDirectory = '/run/leafway-bench';
const exec = createExec();
const log = { debug() {}, info() {}, warn: console.error, error: console.error, child: () => log };
const devices = createWireGuardDevices({ exec, runDirectory, wireguardGo });
const planeOf = (end: LinkEnd): DataPlane => createDataPlane({ site: end.site, log, exec, devices });

switch (action) {
  case 'up':
    await buildNodes();
    await buildGateways();
    startWeb();
    break;
  case 'with-rules':
    await setRules();
    break;
  case 'without-rules':
    await removeRules();
    break;
  case 'down':
    await takeDown();
    break;
  default:
    throw new Error(`unknown action ${action}`);
}

async function buildNodes(): Promise<void> {
  await createNamespace(uplink.namespace);
  await ip(uplink.namespace, [`link add ${uplink.bridge} type bridge`, `link set ${uplink.bridge} up`]);
  for (const { node, pod, podAddress } of ends) {
    await createNamespace(node);
    await createNamespace(pod);
    await ip(node, [
      'address add 169.254.1.1/32 dev lo',
      `link add pod type veth peer name eth0 netns ${pod}`,
      'link set pod up',
      `route add ${podAddress}/32 dev pod`,
    ]);
    await ip(pod, [
      // Packets are as big as they may be in the tunnel with and without the rules, one of which sees to that.
      `link set eth0 mtu ${mtu} up`,
      `address add ${podAddress}/32 dev eth0`,
      'route add default via 169.254.1.1 dev eth0 onlink',
    ]);
  }
}

async function buildGateways(): Promise<void> {
  const keys = ends.map(() => generateKeyPair());
  for (const [index, end] of ends.entries()) {
    const [own, peer] = [keys[index], keys[1 - index]];
    const remote = ends[1 - index];
    if (own === undefined || peer === undefined || remote === undefined) throw new RangeError('a link has two ends');
    const endpoint = end.role === 'Client' ? { endpoint: `${remote.uplinkAddress}:${remote.port}` } : {};
    const state = {
      uplinkAddress: end.uplinkAddress,
      tunnel: { role: end.role, mtu },
      wireGuard: {
        publicKey: own.publicKey,
        listenPort: end.port,
        peer: { publicKey: peer.publicKey, ...endpoint },
      },
      firewall: rulesOf(end).gateway,
      nodeRoutes: [end.remote.real, end.remote.name],
    };
    await planeOf(end).ensure(remote.site.clusterID, state, own.privateKey);
  }
}

function rulesOf({ remote, podCIDR }: LinkEnd): { gateway: string; node: string } {
  const range = { real: parseCidr(remote.real), name: parseCidr(remote.name) };
  return {
    gateway: gatewayRuleset({ mtu, ranges: [range], addresses: [] }),
    // Both addresses are for traffic that there is none of here: senders that are no pods, and the agent's probes.
    node: nodeRuleset({ podCIDRs: [podCIDR], unknownSource: '169.254.1.1', probeAddress: '169.254.1.1' }),
  };
}

async function setRules(): Promise<void> {
  for (const end of ends) {
    const { gateway, node } = rulesOf(end);
    await nft(end.gateway, ['-f', '-'], gateway);
    await nft(end.node, ['-f', '-'], node);
  }
}

async function removeRules(): Promise<void> {
  for (const { gateway, node } of ends) {
    await nft(gateway, ['flush', 'ruleset']);
    await nft(node, ['flush', 'ruleset']);
  }
}

/** The lab's own server, in both pods, until `down`. */
function startWeb(): void {
  for (const { pod } of ends) {
    spawn('ip', ['netns', 'exec', pod, ...web], { detached: true, stdio: 'ignore' }).unref();
  }
}

async function takeDown(): Promise<void> {
  for (const [index, end] of ends.entries()) {
    const plane = planeOf(end);
    await plane.discover();
    await plane.remove(ends[1 - index]?.site.clusterID ?? '');
  }
  for (const { pod } of ends) {
    const pids = (await exec.run('ip', ['netns', 'pids', pod])).split('\n').filter((line) => line !== '');
    for (const pid of pids) process.kill(Number(pid), 'SIGTERM');
  }
  const namespaces = [...ends.flatMap(({ node, pod }) => [node, pod]), uplink.namespace];
  for (const namespace of namespaces) await exec.run('ip', ['netns', 'delete', namespace]);
  await rm(runDirectory, { recursive: true, force: true });
}

/** As the agent makes its gateways' namespaces: an ordinary user may bind one to a file of its own frame. */
async function createNamespace(name: string): Promise<void> {
  const settings =
    'echo 1 >/proc/sys/net/ipv4/ip_forward; for i in all default; do echo 0 >/proc/sys/net/ipv4/conf/$i/rp_filter; done';
  await writeFile(`/run/netns/${name}`, '');
  await exec.run('unshare', [`--net=/run/netns/${name}`, 'sh', '-ec', `${settings}; ip link set lo up`]);
}

async function ip(namespace: string, commands: readonly string[]): Promise<void> {
  await exec.run('ip', ['-n', namespace, '-batch', '-'], { input: `${commands.join('\n')}\n` });
}

async function nft(namespace: string, args: readonly string[], input = ''): Promise<void> {
  await exec.run('ip', ['netns', 'exec', namespace, 'nft', ...args], { input });
}
