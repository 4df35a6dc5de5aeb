import { FakeKubeApi } from '@leafway/reconciler/testing';
import { describe, expect, it } from 'vitest';
import { addClient, addServer, serverOf } from '../testing/agent-objects.ts';
import { realNode, startAgent } from '../testing/agent-world.ts';

const address = '192.0.2.10';

describe('an agent on a real node', () => {
  it('announces the address of the node, and leads that port of the node to the gateway', async () => {
    const agent = await startAgent({ site: realNode });
    addServer(agent.api);
    await agent.settle();
    expect(serverOf(agent)?.status?.endpoint).toMatchObject({ addresses: [address], port: 51_840 });
    const { uplinkAddress, entry } = agent.machine.gateways.get('milan') ?? {};
    expect(uplinkAddress).toMatch(/^169\.254\.3[2-5]\./);
    expect(entry).toContain(`udp dport 51840 dnat to ${uplinkAddress}`);
    expect(agent.machine.node.ruleset).toContain('masquerade');
    await agent.stop();
  });

  it('leads no port to a client', async () => {
    const agent = await startAgent({ site: realNode });
    addClient(agent.api);
    await agent.settle();
    expect(agent.machine.gateways.get('milan')?.entry).not.toContain('dnat');
    await agent.stop();
  });

  it('gives a port to one server only, the first: others get node ports, also after a restart', async () => {
    const api = new FakeKubeApi();
    for (const remote of ['milan', 'paris', 'turin']) addServer(api, remote);
    const ports = (agent: Parameters<typeof serverOf>[0]) =>
      ['milan', 'paris', 'turin'].map((remote) => serverOf(agent, remote)?.status?.endpoint?.port ?? 0);
    const first = await startAgent({ api, site: realNode });
    await first.settle(1_000);
    const given = ports(first);
    expect(new Set(given).size).toBe(3);
    expect(given.filter((port) => port === 51_840)).toHaveLength(1);
    expect(given.filter((port) => port >= 30_000 && port <= 32_767)).toHaveLength(2);
    await first.stop();
    const second = await startAgent({ api, site: realNode });
    await second.settle(1_000);
    expect(ports(second)).toEqual(given);
    await second.stop();
  });

  it('has no other address to give, and says so', async () => {
    const agent = await startAgent({ site: realNode });
    addServer(agent.api, 'milan', { loadBalancerIP: '192.0.2.99' });
    addServer(agent.api, 'paris', { loadBalancerIP: address, port: 51_841 });
    await agent.settle();
    expect(serverOf(agent)?.status).toBeUndefined();
    expect(agent.told).toMatchObject([
      { note: expect.stringContaining("192.0.2.99 is not the address of this cluster's node, which is 192.0.2.10") },
    ]);
    expect(serverOf(agent, 'paris')?.status?.endpoint).toMatchObject({ addresses: [address], port: 51_841 });
    await agent.stop();
  });
});
