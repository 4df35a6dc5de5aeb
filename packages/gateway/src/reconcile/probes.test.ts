import {
  annotationKeys,
  type Configuration,
  encodeProbe,
  encodeWantedCIDRs,
  type GatewayServer,
  type PublicKey,
  resources,
} from '@leafway/liqo';
import { describe, expect, it } from 'vitest';
import {
  type Agent,
  addConfiguration,
  addPublicKey,
  addServer,
  atMilan,
  connectionOf,
} from '../testing/agent-objects.ts';
import { startAgent } from '../testing/agent-world.ts';
import { generateKeyPair } from '../wireguard/keys.ts';

const passed = { small: 'Passed', large: 'Passed', mtu: 1340 } as const;
const failed = { small: 'Failed', large: 'Failed', mtu: 1340 } as const;
const probeOf = (agent: Agent) => connectionOf(agent)?.metadata.annotations?.[annotationKeys.probe];

/** An agent whose tunnel to milan is connected. */
async function startConnected(): Promise<Agent> {
  const agent = await startAgent();
  addConfiguration(agent.api);
  addPublicKey(agent.api, addServer(agent.api));
  await agent.settle();
  agent.report('milan', { value: 'Connected', latencyMs: 1 });
  await agent.settle();
  return agent;
}

async function startProbed(): Promise<Agent> {
  const agent = await startConnected();
  agent.reportProbe({ remoteClusterID: 'milan', ...passed });
  await agent.settle();
  return agent;
}

function changeKey({ api }: Agent, publicKey: string): void {
  api.edit<PublicKey>(resources.publicKeys, atMilan, (draft) => {
    draft.spec = { ...draft.spec, publicKey };
  });
}

describe('the probe of a link', () => {
  it('knows the peer by its name as soon as it has one, and asks it from the moment the tunnel is connected', async () => {
    const agent = await startConnected();
    expect(agent.prober.peers.get('milan')).toEqual({ address: '10.71.0.0', mtu: 1340 });
    expect(agent.prober.connected).toContain('milan');
    expect(probeOf(agent)).toBeUndefined();
    agent.reportProbe({ remoteClusterID: 'milan', ...passed });
    await agent.settle();
    expect(probeOf(agent)).toBe(encodeProbe(passed));
    await agent.stop();
  });

  it('is written when it changes and not otherwise', async () => {
    const agent = await startProbed();
    const writes = () => agent.api.requests.filter(({ verb }) => verb !== 'get');
    const before = writes().length;
    agent.reportProbe({ remoteClusterID: 'milan', ...passed });
    await agent.settle(60_000);
    expect(writes().slice(before)).toEqual([]);
    agent.reportProbe({ remoteClusterID: 'milan', ...passed, large: 'Failed' });
    await agent.settle();
    expect(probeOf(agent)).toBe(encodeProbe({ ...passed, large: 'Failed' }));
    expect(connectionOf(agent)?.status?.value).toBe('Connected');
    await agent.stop();
  });

  it('that fails is a reason to look at the machine again', async () => {
    const agent = await startProbed();
    const before = agent.machine.calls.length;
    agent.reportProbe({ remoteClusterID: 'milan', ...failed });
    await agent.settle();
    expect(agent.machine.calls.slice(before)).toEqual([{ call: 'doubt', remote: 'milan' }]);
    await agent.stop();
  });

  it('fails with the tunnel, and an earlier result is forgotten', async () => {
    const agent = await startProbed();
    agent.report('milan', { value: 'Error' });
    await agent.settle();
    expect(probeOf(agent)).toBe(encodeProbe(failed));
    expect(agent.prober.connected).not.toContain('milan');
    agent.report('milan', { value: 'Connected', latencyMs: 1 });
    await agent.settle();
    expect(probeOf(agent)).toBe(encodeProbe(failed));
    agent.reportProbe({ remoteClusterID: 'milan', ...passed });
    await agent.settle();
    expect(probeOf(agent)).toBe(encodeProbe(passed));
    await agent.stop();
  });

  it('counts no more when its process hangs, until another one has probed', async () => {
    const agent = await startProbed();
    const status = connectionOf(agent)?.status;
    agent.hangProbe();
    await agent.settle();
    expect([probeOf(agent), connectionOf(agent)?.status]).toEqual([undefined, status]);
    agent.reportProbe({ remoteClusterID: 'milan', ...passed });
    await agent.settle();
    expect(probeOf(agent)).toBe(encodeProbe(passed));
    await agent.stop();
  });

  it('counts no more than the tunnel when the ping process hangs', async () => {
    const agent = await startProbed();
    agent.hangPing('milan');
    await agent.settle();
    expect([probeOf(agent), connectionOf(agent)?.status]).toEqual([undefined, { value: 'Connecting' }]);
    expect(agent.prober.connected).not.toContain('milan');
    agent.report('milan', { value: 'Connected', latencyMs: 1 });
    await agent.settle();
    expect(connectionOf(agent)?.status?.value).toBe('Connected');
    await agent.stop();
  });

  it('is told again when somebody else wrote or removed it', async () => {
    const agent = await startProbed();
    for (const annotations of [{ [annotationKeys.probe]: 'nonsense' }, undefined]) {
      agent.api.edit(resources.connections, { ...atMilan, name: 'gw-milan' }, (draft) => {
        delete draft.metadata.annotations;
        if (annotations !== undefined) draft.metadata.annotations = annotations;
      });
      await agent.settle();
      expect(probeOf(agent)).toBe(encodeProbe(passed));
    }
    await agent.stop();
  });

  it('stays over a restart of the agent until there is another result', async () => {
    const agent = await startProbed();
    await agent.stop();
    const second = await startAgent({ api: agent.api, machine: agent.machine });
    expect(probeOf(second)).toBe(encodeProbe(passed));
    second.report('milan', { value: 'Connected', latencyMs: 1 });
    await second.settle();
    expect(probeOf(second)).toBe(encodeProbe(passed));
    second.reportProbe({ remoteClusterID: 'milan', ...failed });
    await second.settle();
    expect(probeOf(second)).toBe(encodeProbe(failed));
    await second.stop();
  });

  it('says nothing of another peer, also when the key changed while no agent ran', async () => {
    const agent = await startProbed();
    changeKey(agent, generateKeyPair().publicKey);
    await agent.settle();
    expect([probeOf(agent), connectionOf(agent)?.status]).toEqual([undefined, { value: 'Connecting' }]);
    expect(agent.prober.connected).not.toContain('milan');
    agent.report('milan', { value: 'Connected', latencyMs: 1 });
    agent.reportProbe({ remoteClusterID: 'milan', ...passed });
    await agent.settle();
    await agent.stop();
    changeKey(agent, generateKeyPair().publicKey);
    const second = await startAgent({ api: agent.api, machine: agent.machine });
    expect([probeOf(second), connectionOf(second)?.status]).toEqual([undefined, { value: 'Connecting' }]);
    await second.stop();
  });

  it('says nothing of another name of the same peer, until it was tried', async () => {
    const agent = await startProbed();
    const status = connectionOf(agent)?.status;
    agent.api.edit<Configuration>(resources.configurations, atMilan, (draft) => {
      const wanted = encodeWantedCIDRs({ pod: ['10.81.0.0/16'], external: ['10.90.0.0/16'] });
      draft.metadata.annotations = { [annotationKeys.wantedCIDRs]: wanted };
    });
    await agent.settle();
    expect(agent.prober.peers.get('milan')?.address).toBe('10.81.0.0');
    expect([probeOf(agent), connectionOf(agent)?.status]).toEqual([undefined, status]);
    agent.reportProbe({ remoteClusterID: 'milan', ...passed });
    await agent.settle();
    expect(probeOf(agent)).toBe(encodeProbe(passed));
    await agent.stop();
  });

  it('says nothing of another gateway of the same name', async () => {
    const agent = await startProbed();
    agent.api.remove(resources.gatewayServers, atMilan);
    const server = addServer(agent.api);
    await agent.settle();
    agent.api.edit<PublicKey>(resources.publicKeys, atMilan, () => {});
    await agent.settle();
    expect(connectionOf(agent)?.metadata.ownerReferences?.[0]?.uid).toBe(server.metadata.uid);
    expect(probeOf(agent)).toBeUndefined();
    await agent.stop();
  });

  it('follows the MTU and the port of a live gateway, which stays connected', async () => {
    const agent = await startProbed();
    const [status, pauses] = [connectionOf(agent)?.status, agent.prober.pauses];
    agent.api.edit<GatewayServer>(resources.gatewayServers, atMilan, (draft) => {
      draft.spec = { ...draft.spec, mtu: 1400, endpoint: { ...draft.spec?.endpoint, port: 51_999 } };
    });
    await agent.settle();
    expect(agent.prober.peers.get('milan')).toEqual({ address: '10.71.0.0', mtu: 1400 });
    expect([probeOf(agent), connectionOf(agent)?.status]).toEqual([encodeProbe(passed), status]);
    expect(agent.prober.pauses).toBe(pauses);
    await agent.stop();
  });

  it('goes with its gateway', async () => {
    const agent = await startProbed();
    agent.api.remove(resources.gatewayServers, atMilan);
    await agent.settle();
    expect([agent.prober.peers.size, agent.prober.connected.size]).toEqual([0, 0]);
    await agent.stop();
  });
});
