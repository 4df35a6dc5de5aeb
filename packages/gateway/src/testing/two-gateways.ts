import { parseCidr, type Role } from '@leafway/core';
import { systemClock } from '@leafway/reconciler';
import { createDataPlane, type DataPlane } from '../data-plane/data-plane.ts';
import type { GatewayState } from '../data-plane/state.ts';
import { createExec } from '../exec.ts';
import { gatewayRuleset } from '../firewall/ruleset.ts';
import { createPinger } from '../ping/pinger.ts';
import { createWireGuardDevices } from '../wireguard/device.ts';
import { generateKeyPair } from '../wireguard/keys.ts';
import { siteOf } from './network.ts';

/** Rome, the server, and milan, both with the pods 10.244.0.0/16, which both call the other's 10.71.0.0/16. */
export const clusters = ['rome', 'milan'] as const;
export type Cluster = (typeof clusters)[number];
export const podCIDR = parseCidr('10.244.0.0/16');
const names = [{ real: podCIDR, name: parseCidr('10.71.0.0/16') }];
export const keys = { rome: generateKeyPair(), milan: generateKeyPair() };

export const exec = createExec();
export const log = { debug() {}, info() {}, warn: console.error, error: console.error, child: () => log };
/** What the programs of a cluster's agent need to run. */
export const ports = { exec, log, clock: systemClock };

/** An agent's data plane; each has a memory of its own. The argument of the program is the path of wireguard-go. */
export function agentOf(cluster: string): DataPlane {
  const wireguardGo = process.argv[2] ?? '';
  const devices = createWireGuardDevices({ exec, runDirectory: '/run/leafway', wireguardGo });
  return createDataPlane({ site: siteOf(cluster), log, exec, devices });
}

export interface LinkSettings {
  readonly mtu?: number;
  readonly port?: number;
}

export function state(role: Role, { mtu = 1340, port = 51_840 }: LinkSettings = {}): GatewayState {
  const own = role === 'Server' ? keys.rome : keys.milan;
  const peer =
    role === 'Server'
      ? { publicKey: keys.milan.publicKey }
      : { publicKey: keys.rome.publicKey, endpoint: `172.30.1.7:${port}` };
  return {
    uplinkAddress: role === 'Server' ? '172.30.1.7' : '172.30.2.7',
    tunnel: { role, mtu },
    wireGuard: { publicKey: own.publicKey, listenPort: role === 'Server' ? port : 51_840, peer },
    firewall: gatewayRuleset({ mtu, ranges: names, addresses: [] }),
    nodeRoutes: names.map(({ name }) => name.text),
  };
}

export const ensureRome = (agent: DataPlane, settings?: LinkSettings) =>
  agent.ensure('milan', state('Server', settings), keys.rome.privateKey);
export const ensureMilan = (agent: DataPlane, settings?: LinkSettings) =>
  agent.ensure('rome', state('Client', settings), keys.milan.privateKey);

/** Starts to ping in both gateways, which makes them shake hands; tells the first report of each. */
export async function startPings(): Promise<{ first: unknown[]; all: unknown[]; stop: () => void }> {
  const all: unknown[] = [];
  const started = (['Server', 'Client'] as const).map((role) => {
    const [namespace, remoteClusterID] = role === 'Server' ? ['gw-rome.milan', 'milan'] : ['gw-milan.rome', 'rome'];
    const reported = Promise.withResolvers<unknown>();
    const onReport = (_: string, { value }: { value: string }): void => {
      all.push(value);
      reported.resolve(value);
    };
    const pinger = createPinger({ ...ports, onReport, onSilence: () => {} });
    pinger.ensure({ remoteClusterID, namespace, role });
    pinger.begin(remoteClusterID);
    return { pinger, reported: reported.promise };
  });
  const first = await Promise.all(started.map(({ reported }) => reported));
  const stop = (): void => {
    for (const { pinger } of started) pinger.stopAll();
  };
  return { first, all, stop };
}
