import { parseCidr } from '@leafway/core';
import { buildTenantNamespace, resources } from '@leafway/liqo';
import { type EventRecorder, objectKey } from '@leafway/reconciler';
import { FakeClock, FakeKubeApi, seededRandom, silentLogger } from '@leafway/reconciler/testing';
import type { DataPlane } from '../data-plane/data-plane.ts';
import { achieved, type GatewayState, type ObservedGateway } from '../data-plane/state.ts';
import type { Pinger, PingerOptions } from '../ping/pinger.ts';
import type { ProbeReport } from '../probe/lines.ts';
import type { Prober, ProberOptions } from '../probe/prober.ts';
import { type AgentOptions, runAgent } from '../reconcile/agent.ts';
import { nodeUplink } from '../routing/site.ts';
import type { ObservedWireGuard } from '../wireguard/configuration.ts';

/** What the agent did to its machine, in order. */
export interface MachineCall {
  readonly call: string;
  readonly remote?: string;
}

/** A machine in memory: it remembers the gateways it was told to make. */
export class FakeMachine implements DataPlane {
  readonly calls: MachineCall[] = [];
  readonly gateways = new Map<string, GatewayState>();
  node = { ruleset: '', probeAddress: '' };
  readonly #found: ReadonlyMap<string, ObservedGateway>;

  constructor(found: ReadonlyMap<string, ObservedGateway> = new Map()) {
    this.#found = found;
  }

  async prepareNode(node: { readonly ruleset: string; readonly probeAddress: string }): Promise<void> {
    this.node = node;
  }

  async discover(): Promise<ReadonlyMap<string, ObservedGateway>> {
    return this.#found;
  }

  /** Nothing can be changed on it. */
  isBroken = false;

  async ensure(remote: string, desired: GatewayState): Promise<('configure-wireguard' | 'nft')[]> {
    if (this.isBroken) throw new Error('the machine is broken');
    const before = this.gateways.get(remote);
    this.gateways.set(remote, desired);
    if (JSON.stringify(before) === JSON.stringify(desired)) return [];
    this.calls.push({ call: 'ensure', remote });
    return JSON.stringify(before?.wireGuard) === JSON.stringify(desired.wireGuard) ? ['nft'] : ['configure-wireguard'];
  }

  async remove(remote: string): Promise<void> {
    this.calls.push({ call: 'remove', remote });
    this.gateways.delete(remote);
  }

  /** What the next key of that peer did to the device. */
  readonly knocks = new Map<string, string>();

  async lookAtTunnel(remote: string): Promise<ObservedWireGuard | undefined> {
    const wireGuard = this.gateways.get(remote)?.wireGuard;
    const knockedFrom = this.knocks.get(remote);
    return wireGuard && { ...wireGuard, ...(knockedFrom === undefined ? {} : { knockedFrom }) };
  }

  doubt(remote: string): void {
    this.calls.push({ call: 'doubt', remote });
  }

  async restartHandshake(remote: string): Promise<void> {
    this.calls.push({ call: 'restartHandshake', remote });
  }
}

/** A prober in memory: it remembers which peers it was told of. */
class FakeProber implements Prober {
  readonly peers = new Map<string, { readonly address: string; readonly mtu: number }>();
  readonly connected = new Set<string>();
  /** How often it was told that a tunnel is not connected. */
  pauses = 0;

  ensure({ remoteClusterID, address, mtu }: Parameters<Prober['ensure']>[0]): void {
    this.peers.set(remoteClusterID, { address, mtu });
  }

  setConnected(remoteClusterID: string, isConnected: boolean): void {
    if (isConnected) {
      this.connected.add(remoteClusterID);
    } else {
      this.connected.delete(remoteClusterID);
      this.pauses += 1;
    }
  }

  forget(remoteClusterID: string): void {
    this.peers.delete(remoteClusterID);
    this.connected.delete(remoteClusterID);
  }

  stop(): void {
    this.connected.clear();
  }
}

/** A gateway that an agent before this one left at an address. */
export function leftBehind(uplinkAddress: string): ObservedGateway {
  const tunnel = { role: 'Server', mtu: 1340 } as const;
  return achieved({ uplinkAddress, tunnel, wireGuard: { publicKey: '', listenPort: 1 }, firewall: '', nodeRoutes: [] });
}

const options: AgentOptions = {
  clusterID: 'rome',
  liqoNamespace: 'liqo',
  ranges: {
    pod: [parseCidr('10.244.0.0/16')],
    external: parseCidr('10.70.0.0/16'),
    service: parseCidr('10.96.0.0/12'),
    internal: parseCidr('10.80.0.0/16'),
    reserved: [parseCidr('172.30.0.0/16')],
  },
  site: {
    clusterID: 'rome',
    nodeNamespace: 'node-rome',
    gatewayNamespacePrefix: 'gw-rome.',
    uplink: { kind: 'bridge', namespace: 'inet', bridge: 'wan0br', prefixLength: 16 },
  },
  uplinkAddresses: parseCidr('172.30.1.0/24'),
};

/** Where an agent is that runs on a real node. */
export const realNode: Pick<AgentOptions, 'site' | 'uplinkAddresses'> = {
  site: { ...options.site, uplink: { kind: 'node', address: '192.0.2.10' } },
  uplinkAddresses: parseCidr(nodeUplink.range),
};

/** An agent on a fake cluster and a fake machine, with a clock that the test moves. */
export async function startAgent(
  input: { api?: FakeKubeApi; machine?: FakeMachine; site?: Pick<AgentOptions, 'site' | 'uplinkAddresses'> } = {},
) {
  const clock = new FakeClock();
  const api = input.api ?? new FakeKubeApi({ clock });
  const machine = input.machine ?? new FakeMachine();
  const pinged: MachineCall[] = [];
  let pingerOptions: Pick<PingerOptions, 'onReport' | 'onSilence'> | undefined;
  const pinger: Pinger = {
    ensure: ({ remoteClusterID }) => pinged.push({ call: 'ensure', remote: remoteClusterID }),
    begin: (remote) => pinged.push({ call: 'begin', remote }),
    stop: (remote) => pinged.push({ call: 'stop', remote }),
    stopAll: () => pinged.push({ call: 'stopAll' }),
  };
  const prober = new FakeProber();
  let proberOptions: Pick<ProberOptions, 'onReport' | 'onSilence'> | undefined;
  const createProber = (given: Pick<ProberOptions, 'onReport' | 'onSilence'>): Prober => {
    proberOptions = given;
    return prober;
  };
  const createPinger = (given: Pick<PingerOptions, 'onReport' | 'onSilence'>): Pinger => {
    pingerOptions = given;
    return pinger;
  };
  const told: { readonly object: string; readonly reason: string; readonly note: string }[] = [];
  const events: EventRecorder = {
    record: (regarding, { reason, note }) => told.push({ object: objectKey(regarding), reason, note }),
    run: async () => {},
  };
  const stop = new AbortController();
  let ready = false;
  const resolveHost = async (name: string): Promise<string> =>
    name === 'gw.example' ? '192.0.2.7' : Promise.reject(new Error(name));
  const deps = {
    api,
    dataPlane: machine,
    createPinger,
    createProber,
    resolveHost,
    clock,
    random: seededRandom(1),
    log: silentLogger,
    events,
    onReady: () => {
      ready = true;
    },
  };
  const running = runAgent(deps, { ...options, ...input.site }, stop.signal);
  // Its failure is the business of whoever stops it.
  running.catch(() => {});
  /** Lets everything happen that needs little time. */
  const settle = (ms = 50): Promise<void> => clock.advance(ms);
  await settle();
  return {
    api,
    machine,
    pinged,
    prober,
    settle,
    clock,
    /** The events. */
    told,
    isReady: () => ready,
    report: (...args: Parameters<PingerOptions['onReport']>) => pingerOptions?.onReport(...args),
    reportProbe: (probe: ProbeReport) => proberOptions?.onReport(probe),
    /** The process hangs, and is killed for it. */
    hangPing: (remoteClusterID: string) => pingerOptions?.onSilence(remoteClusterID),
    hangProbe: () => proberOptions?.onSilence([...prober.peers.keys()]),
    stop: async () => {
      stop.abort();
      await settle(10_000);
      await running;
    },
  };
}

/** The tenant namespace and identity of objects about a remote cluster. */
export function sideOf(api: FakeKubeApi, remoteClusterID: string): { remoteClusterID: string; namespace: string } {
  const tenant = buildTenantNamespace(remoteClusterID);
  const namespace = tenant.metadata.name;
  if (api.object(resources.namespaces, { name: namespace }) === undefined) api.seed(resources.namespaces, tenant);
  return { remoteClusterID, namespace };
}
