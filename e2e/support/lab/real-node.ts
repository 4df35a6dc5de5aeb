import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { type RunningLab, runInFrame, stopPart } from '@leafway/lab';
import { enterFrame } from '@leafway/lab/internal';
import type { KubeObject } from '@leafway/reconciler';

/** A Deployment as far as it says how its one container is started. */
export interface AgentDeployment extends KubeObject {
  readonly spec: { readonly template: { readonly spec: { readonly containers: readonly { args: string[] }[] } } };
}

/**
 * In the frame of a lab: the node `$1` gets the address `$3` outside, beside the gateways of the lab's own agent, which go.
 * And the name that an agent gives to its own network stands for the node's: the program itself runs where the API
 * servers are reached.
 */
const become = `
set -e
for file in /run/netns/gw-"$1".*; do
  gateway=$(basename "$file")
  ip -n "$gateway" link delete liqo-tunnel
  ip -n "node-$1" link delete "gw-\${gateway#gw-"$1".}"
  ip netns delete "$gateway"
done
ip -n inet link add "out-$1" type veth peer name eth0 netns "node-$1"
ip -n inet link set "out-$1" master wan0br up
ip -n "node-$1" address add "$2" dev eth0
ip -n "node-$1" link set eth0 up
touch /run/netns/leafway-node
mount --bind "/run/netns/node-$1" /run/netns/leafway-node`;

/** Makes the node of a leaf like one that is in no lab, without an agent; tells its address. */
export async function becomeRealNode(lab: RunningLab, leaf: string): Promise<string> {
  const networks = lab.plan.clusters.find(({ id }) => id === leaf)?.networks;
  if (networks === undefined) throw new Error(`there is no ${leaf}`);
  await stopPart(lab, `agent-${leaf}`);
  // Of a gateway's addresses the lab leaves this one out.
  const address = networks.uplink.replace(/0\/\d+$/, '1');
  const [, length = ''] = lab.plan.wan.split('/');
  await runInFrame(lab, ['sh', '-c', become, 'sh', leaf, `${address}/${length}`]);
  return address;
}

/** How the agent's container would be started on a node with that address, with a kubeconfig in place of its account. */
export function agentCommand(
  { plan }: RunningLab,
  deployment: AgentDeployment,
  { address, kubeconfig }: { readonly address: string; readonly kubeconfig: string },
): string[] {
  const [container] = deployment.spec.template.spec.containers;
  const args = (container?.args ?? []).map((argument) => argument.replace('$(NODE_ADDRESS)', address));
  const wireguardGo = plan.tools.wireguardGo === undefined ? [] : [`--wireguard-go=${plan.tools.wireguardGo}`];
  return [...plan.programs.agent, ...args, `--kubeconfig=${kubeconfig}`, ...wireguardGo];
}

/** Starts a program in the frame of a lab, with which it ends. */
export function startInLab(lab: RunningLab, command: readonly string[], log: string): void {
  const [executable = '', ...args] = [...enterFrame(lab.frame), ...command];
  const output = openSync(log, 'a');
  const PATH = `${process.env.PATH}:/usr/sbin:/sbin`;
  spawn(executable, args, { stdio: ['ignore', output, output], env: { ...process.env, PATH } });
  closeSync(output);
}
