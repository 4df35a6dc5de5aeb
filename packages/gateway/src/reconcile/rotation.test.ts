import { annotationKeys, encodeProbe, type GatewayServer, type PublicKey, resources, type Secret } from '@leafway/liqo';
import { FakeKubeApi } from '@leafway/reconciler/testing';
import { describe, expect, it } from 'vitest';
import {
  type Agent,
  addConfiguration,
  addPublicKey,
  addServer,
  atMilan,
  connectionOf,
  peerKey,
  serverOf,
} from '../testing/agent-objects.ts';
import { startAgent } from '../testing/agent-world.ts';
import { generateKeyPair } from '../wireguard/keys.ts';

const secretOf = ({ api }: Agent) => api.object<Secret>(resources.secrets, { ...atMilan, name: 'gw-milan' });
const wireGuardOf = ({ machine }: Agent) => machine.gateways.get('milan')?.wireGuard;
const said = (agent: Agent, key: string) => serverOf(agent)?.metadata.annotations?.[key];
const passed = { small: 'Passed', large: 'Passed', mtu: 1340 } as const;

async function startConnected(): Promise<Agent> {
  const agent = await startAgent();
  addConfiguration(agent.api);
  addPublicKey(agent.api, addServer(agent.api));
  await agent.settle();
  agent.report('milan', { value: 'Connected', latencyMs: 1 });
  agent.reportProbe({ remoteClusterID: 'milan', ...passed });
  await agent.settle();
  return agent;
}

/** What the centre writes on the gateway. */
async function order(agent: Agent, annotations: Record<string, string>): Promise<void> {
  agent.api.edit<GatewayServer>(resources.gatewayServers, atMilan, (draft) => {
    draft.metadata.annotations = { ...draft.metadata.annotations, ...annotations };
  });
  await agent.settle();
}

/** The other end changes its key: what the centre writes on the PublicKey. */
async function announcePeerKey(agent: Agent, publicKey: string, next?: string): Promise<void> {
  agent.api.edit<PublicKey>(resources.publicKeys, atMilan, (draft) => {
    draft.spec = { ...draft.spec, publicKey };
    draft.metadata.annotations = next === undefined ? {} : { [annotationKeys.nextPeerKey]: next };
  });
  await agent.settle();
}

const restart = async (agent: Agent): Promise<Agent> => {
  await agent.stop();
  return startAgent({ api: agent.api, machine: agent.machine });
};

describe('a gateway that is to have another key', () => {
  it('publishes the next one, uses it when the peer is prepared, and stays connected', async () => {
    const agent = await startConnected();
    const before = { key: said(agent, annotationKeys.publicKey), connection: connectionOf(agent) };
    await order(agent, { [annotationKeys.rotateKey]: 'first' });
    const next = said(agent, annotationKeys.nextPublicKey) ?? '';
    expect(next).not.toBe(before.key);
    expect([wireGuardOf(agent)?.publicKey, said(agent, annotationKeys.publicKey)]).toEqual([before.key, before.key]);
    await order(agent, { [annotationKeys.useKey]: next });
    expect([wireGuardOf(agent)?.publicKey, said(agent, annotationKeys.publicKey)]).toEqual([next, next]);
    expect([said(agent, annotationKeys.nextPublicKey), said(agent, annotationKeys.rotatedKey)]).toEqual([
      undefined,
      'first',
    ]);
    expect(Object.keys(secretOf(agent)?.data ?? {})).toEqual(['privateKey', 'publicKey']);
    expect(connectionOf(agent)).toEqual(before.connection);
    await agent.stop();
  });

  it('never tells a private key', async () => {
    const agent = await startConnected();
    await order(agent, { [annotationKeys.rotateKey]: 'first' });
    const { privateKey = '', nextPrivateKey = '' } = secretOf(agent)?.data ?? {};
    const told = JSON.stringify([serverOf(agent), agent.told, agent.machine.calls]);
    expect(nextPrivateKey).toHaveLength(44);
    expect([told.includes(privateKey), told.includes(nextPrivateKey)]).toEqual([false, false]);
    await agent.stop();
  });

  it('has one that is new anyway', async () => {
    const api = new FakeKubeApi();
    addServer(api);
    api.edit<GatewayServer>(resources.gatewayServers, atMilan, (draft) => {
      draft.metadata.annotations = { [annotationKeys.rotateKey]: 'first' };
    });
    const agent = await startAgent({ api });
    expect([said(agent, annotationKeys.nextPublicKey), said(agent, annotationKeys.rotatedKey)]).toEqual([
      undefined,
      'first',
    ]);
    await agent.stop();
  });

  it('keeps the next one over a restart, and comes to use it', async () => {
    const agent = await startConnected();
    await order(agent, { [annotationKeys.rotateKey]: 'first' });
    const next = said(agent, annotationKeys.nextPublicKey) ?? '';
    const second = await restart(agent);
    expect(said(second, annotationKeys.nextPublicKey)).toBe(next);
    await order(second, { [annotationKeys.useKey]: next });
    expect([wireGuardOf(second)?.publicKey, said(second, annotationKeys.rotatedKey)]).toEqual([next, 'first']);
    await second.stop();
  });

  it('uses the next one after an end between storing and using it, and tells of it then', async () => {
    const agent = await startConnected();
    await order(agent, { [annotationKeys.rotateKey]: 'first' });
    const next = said(agent, annotationKeys.nextPublicKey) ?? '';
    agent.machine.isBroken = true;
    await order(agent, { [annotationKeys.useKey]: next });
    expect(secretOf(agent)?.data?.publicKey).toBe(next);
    expect(said(agent, annotationKeys.publicKey)).not.toBe(next);
    agent.machine.isBroken = false;
    const second = await restart(agent);
    expect([wireGuardOf(second)?.publicKey, said(second, annotationKeys.publicKey)]).toEqual([next, next]);
    await second.stop();
  });

  it('has both still when its Secret is deleted meanwhile', async () => {
    const agent = await startConnected();
    await order(agent, { [annotationKeys.rotateKey]: 'first' });
    const before = secretOf(agent)?.data;
    agent.api.remove(resources.secrets, { ...atMilan, name: 'gw-milan' });
    await agent.settle(10_100);
    expect(secretOf(agent)?.data).toEqual(before);
    await agent.stop();
  });
});

describe('a gateway whose peer is to have another key', () => {
  const { publicKey: next } = generateKeyPair();

  it('is prepared before it says so, changes when that key knocks, and stays connected', async () => {
    const agent = await startConnected();
    const status = connectionOf(agent)?.status;
    await announcePeerKey(agent, peerKey, next);
    expect(wireGuardOf(agent)).toMatchObject({ peer: { publicKey: peerKey }, nextKey: next });
    expect(said(agent, annotationKeys.preparedForKey)).toBe(next);
    agent.machine.knocks.set('milan', '172.30.2.9:51840');
    await agent.settle();
    expect(wireGuardOf(agent)).toMatchObject({ peer: { publicKey: next } });
    await announcePeerKey(agent, next);
    expect(wireGuardOf(agent)).not.toHaveProperty('nextKey');
    expect(said(agent, annotationKeys.preparedForKey)).toBeUndefined();
    expect(connectionOf(agent)?.status).toEqual(status);
    expect(connectionOf(agent)?.metadata.annotations?.[annotationKeys.probe]).toBe(encodeProbe(passed));
    await agent.stop();
  });

  it('does not say that it is prepared while it is not', async () => {
    const agent = await startConnected();
    agent.machine.isBroken = true;
    await announcePeerKey(agent, peerKey, next);
    expect(said(agent, annotationKeys.preparedForKey)).toBeUndefined();
    await agent.stop();
  });

  it.each(['before', 'after'] as const)(
    'goes on where it was when it is restarted %s that key knocks',
    async (when) => {
      const agent = await startConnected();
      await announcePeerKey(agent, peerKey, next);
      if (when === 'after') agent.machine.knocks.set('milan', '172.30.2.9:51840');
      await agent.settle();
      const second = await restart(agent);
      expect(wireGuardOf(second)?.peer?.publicKey).toBe(when === 'after' ? next : peerKey);
      second.machine.knocks.set('milan', '172.30.2.9:51840');
      await second.settle();
      expect(wireGuardOf(second)?.peer?.publicKey).toBe(next);
      await second.stop();
    },
  );

  it('keeps the key that it let in when the PublicKey is deleted for a moment', async () => {
    const agent = await startConnected();
    await announcePeerKey(agent, peerKey, next);
    agent.machine.knocks.set('milan', '172.30.2.9:51840');
    await agent.settle();
    agent.api.remove(resources.publicKeys, atMilan);
    await agent.settle(1_000);
    expect(wireGuardOf(agent)?.peer?.publicKey).toBe(next);
    await agent.stop();
  });
});
