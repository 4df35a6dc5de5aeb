import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Exec } from '../exec.ts';
import type { Site } from '../routing/site.ts';

/** The pods' address, the same in every cluster. */
const podAddress = '10.244.1.5';
const podGateway = '169.254.1.1';
const podProgram = fileURLToPath(new URL('pod.ts', import.meta.url));

/** Two clusters with one pod each, and the network between them, in the namespaces of this frame. */
export async function buildNetwork(exec: Exec, clusters: readonly string[]): Promise<void> {
  await createNamespace(exec, 'inet');
  await ip(exec, 'inet', ['link add wan0br type bridge', 'link set wan0br up']);
  for (const cluster of clusters) {
    await createNamespace(exec, `node-${cluster}`);
    await createNamespace(exec, `pod-${cluster}`);
    await ip(exec, `node-${cluster}`, [
      `address add ${podGateway}/32 dev lo`,
      `link add pod type veth peer name eth0 netns pod-${cluster}`,
      'link set pod up',
      `route add ${podAddress} dev pod`,
    ]);
    await ip(exec, `pod-${cluster}`, [
      'link set eth0 up',
      `address add ${podAddress}/32 dev eth0`,
      `route add default via ${podGateway} dev eth0 onlink`,
    ]);
  }
}

/** The same with real nodes: each has an address outside, and hides its pods behind that, as pods' networks do. */
export async function buildRealNodes(exec: Exec, clusters: readonly string[]): Promise<void> {
  await buildNetwork(exec, clusters);
  for (const cluster of clusters) {
    await ip(exec, 'inet', [
      `link add ${cluster} type veth peer name eth0 netns node-${cluster}`,
      `link set ${cluster} master wan0br up`,
    ]);
    await ip(exec, `node-${cluster}`, [`address add ${realNodeAddress(cluster)}/24 dev eth0`, 'link set eth0 up']);
    const hide = 'ip saddr 10.244.0.0/16 ip daddr != 10.244.0.0/16 masquerade';
    const input = `table ip pods { chain hide { type nat hook postrouting priority srcnat; ${hide}; }; }`;
    await exec.run('ip', ['netns', 'exec', `node-${cluster}`, 'nft', '-f', '-'], { input });
  }
}

export function realNodeAddress(cluster: string): string {
  return cluster === 'rome' ? '192.0.2.1' : '192.0.2.2';
}

async function createNamespace(exec: Exec, name: string): Promise<void> {
  const settings =
    'echo 1 >/proc/sys/net/ipv4/ip_forward; for i in all default; do echo 0 >/proc/sys/net/ipv4/conf/$i/rp_filter; done';
  await writeFile(`/run/netns/${name}`, '');
  await exec.run('unshare', [`--net=/run/netns/${name}`, 'sh', '-ec', `${settings}; ip link set lo up`]);
}

async function ip(exec: Exec, namespace: string, commands: readonly string[]): Promise<void> {
  await exec.run('ip', ['-n', namespace, '-batch', '-'], { input: commands.join('\n') });
}

export function siteOf(cluster: string): Site {
  return {
    clusterID: cluster,
    nodeNamespace: `node-${cluster}`,
    gatewayNamespacePrefix: `gw-${cluster}.`,
    uplink: { kind: 'bridge', namespace: 'inet', bridge: 'wan0br', prefixLength: 16 },
  };
}

/** Starts a server in a pod and resolves when it answers. */
export async function startInPod(exec: Exec, cluster: string, action: 'serve' | 'echo'): Promise<void> {
  await new Promise<void>((resolve) => exec.start('ip', inPod(cluster, [action]), () => resolve()));
}

/** As `startInPod`, in the node's network: something that is not for remotes. */
export async function startOnNode(exec: Exec, cluster: string, action: 'echo'): Promise<void> {
  const command = ['netns', 'exec', `node-${cluster}`, process.execPath, podProgram, action];
  await new Promise<void>((resolve) => exec.start('ip', command, () => resolve()));
}

/** Sends so many bytes from one pod to another and back; tells what the server saw and what came back. */
export async function fetchFrom(exec: Exec, cluster: string, address: string, bytes: number): Promise<unknown> {
  return JSON.parse(await exec.run('ip', inPod(cluster, ['fetch', address, String(bytes)]), { timeoutMs: 30_000 }));
}

/** Asks the echo of another pod all the time while `action` runs; tells how often, and how often it answered. */
export async function probeWhile(
  exec: Exec,
  from: { readonly cluster: string; readonly address: string },
  action: () => Promise<void>,
): Promise<{ asked: number; answered: number }> {
  const answered = Promise.withResolvers<void>();
  const result = Promise.withResolvers<string>();
  const probe = exec.start('ip', inPod(from.cluster, ['probe', from.address]), (line) =>
    line === 'ready' ? answered.resolve() : result.resolve(line),
  );
  await answered.promise;
  await action();
  probe.stop();
  return JSON.parse(await result.promise);
}

/** Sends UDP to an address from a pod; tells how many bytes came back within a second. */
export async function askInPod(
  exec: Exec,
  cluster: string,
  question: { readonly address: string; readonly port: number; readonly data: string },
): Promise<number> {
  const { address, port, data } = question;
  return Number(await exec.run('ip', inPod(cluster, ['ask', address, String(port), data])));
}

function inPod(cluster: string, args: readonly string[]): string[] {
  return ['netns', 'exec', `pod-${cluster}`, process.execPath, podProgram, ...args];
}
