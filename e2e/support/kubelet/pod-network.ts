import { cidrOf, formatAddress, parseCidr } from '@leafway/core';
import { type ClusterPlan, type RunningLab, runInFrame } from '@leafway/lab';

/** The lab's own pods have the addresses 10 and 11 of a pod range. */
const firstHostNumber = 12n;

/** The pods' default gateway, on every node of the lab. */
const podGateway = '169.254.1.1';

/** A network namespace that is a Pod's. */
export interface PodNetwork {
  readonly address: string;
  /** The command that leads into it from inside the lab's frame. */
  readonly enter: readonly string[];
  remove(): Promise<void>;
}

/** Gives Pods their networks, on the node of one cluster of a lab. */
export interface PodNetworks {
  create(): Promise<PodNetwork>;
}

/**
 * In each Pod loopback leads to the API servers of the lab, as it does everywhere on this machine: the kubeconfigs of
 * the leaves name them by loopback.
 */
export function createPodNetworks(lab: RunningLab, cluster: ClusterPlan): PodNetworks {
  const range = parseCidr(cluster.networks.pod);
  const taken = new Set<string>();
  const apiServers = lab.plan.clusters.map(({ ports }) => ports.apiServer);
  const take = (): { address: string; number: bigint } => {
    for (let number = firstHostNumber; number < (1n << BigInt(32 - range.length)) - 1n; number += 1n) {
      const address = formatAddress(4, range.address + number);
      if (taken.has(address)) continue;
      taken.add(address);
      return { address, number };
    }
    throw new Error(`no address is free in ${cidrOf(4, range.address, range.length).text}`);
  };
  return {
    create: async () => {
      const { address, number } = take();
      const name = `kubelet-${cluster.id}-${number}`;
      const device = `pod_k${number}`;
      await runInFrame(lab, ['sh', '-ec', build, 'sh', name, `node-${cluster.id}`, device, address, podGateway]);
      const rules = loopbackRules(apiServers);
      await runInFrame(lab, ['nsenter', `--net=/run/netns/${name}`, 'nft', '-f', '-'], rules);
      return {
        address,
        enter: ['nsenter', `--net=/run/netns/${name}`, '--'],
        remove: async () => {
          await runInFrame(lab, ['sh', '-ec', remove, 'sh', name, `node-${cluster.id}`, device]);
          taken.delete(address);
        },
      };
    },
  };
}

const build = `
name=$1 node=$2 device=$3 address=$4 gateway=$5
touch "/run/netns/$name"
unshare --net mount --bind /proc/self/ns/net "/run/netns/$name"
ip -netns "$node" link add "$device" type veth peer name eth0 netns "$name"
ip -netns "$node" link set "$device" up
ip -netns "$node" route add "$address/32" dev "$device"
ip -netns "$name" link set lo up
ip -netns "$name" link set eth0 up
ip -netns "$name" address add "$address/32" dev eth0
ip -netns "$name" route add default via "$gateway" dev eth0 onlink
nsenter --net="/run/netns/$name" sh -c 'echo 1 > /proc/sys/net/ipv4/conf/eth0/route_localnet'
`;

/** Who still listens in it keeps the namespace until it ends; its addresses are free at once. */
const remove = `
name=$1 node=$2 device=$3
ip -netns "$node" link delete "$device"
umount "/run/netns/$name"
rm "/run/netns/$name"
`;

function loopbackRules(ports: readonly number[]): string {
  return `
table ip loopback {
  chain outgoing {
    type nat hook output priority -100;
    ip daddr 127.0.0.1 tcp dport { ${ports.join(', ')} } dnat to ${podGateway};
  }
  chain source {
    type nat hook postrouting priority 100;
    ip saddr 127.0.0.1 oifname "eth0" masquerade;
  }
}
`;
}
