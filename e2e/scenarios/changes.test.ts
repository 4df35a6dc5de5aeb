import type { VirtualNodeShortcut } from '@leafway/core';
import { connectAsAdmin, type RunningLab, runInLab } from '@leafway/lab';
import { type GatewayClient, type GatewayServer, resources, tenantNamespaceName } from '@leafway/liqo';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedLab } from '../support/lab/shared-lab.ts';
import { changeShortcut, deleteShortcut, makeShortcut, rolesOf } from '../support/objects/shortcuts.ts';
import { conditionOf, isReady, waitFor, waitForShortcut } from '../support/objects/wait.ts';
import { expectDirect, expectPacketSoon } from '../support/traffic.ts';

const name = 'rome-milan';

describe('a change to a live shortcut', () => {
  let lab: RunningLab;
  let shortcut: VirtualNodeShortcut;
  beforeAll(async () => {
    lab = await sharedLab();
    shortcut = await makeShortcut(lab, name, ['rome', 'milan']);
  });
  afterAll(() => deleteShortcut(lab, name));

  const refOf = (at: string, peer: string) => ({ namespace: tenantNamespaceName(peer), name: peer, cluster: at });

  async function mtuOfDevice(at: string, peer: string): Promise<number> {
    const shown = await runInLab(lab, `${at}/gateway-${peer}`, ['ip', '-json', 'link', 'show', 'dev', 'liqo-tunnel']);
    return (JSON.parse(shown) as { mtu: number }[])[0]?.mtu ?? 0;
  }

  /** Changes the spec, waits until that is carried out, and expects traffic both ways. */
  async function change(spec: object): Promise<void> {
    await changeShortcut(lab, name, spec);
    shortcut = await waitForShortcut(lab, name, 'being Ready after the change', isReady);
    const { server, client } = rolesOf(shortcut);
    await expectPacketSoon(lab, client, server);
    await expectDirect(lab, client, server);
    await expectDirect(lab, server, client);
  }

  it('of the MTU reaches the devices of both gateways', async () => {
    await change({ gateway: { mtu: 1400 } });
    for (const [at, peer] of [
      ['rome', 'milan'],
      ['milan', 'rome'],
    ] as const) {
      await expect.poll(() => mtuOfDevice(at, peer), { timeout: 30_000 }).toBe(1400);
    }
    await expectDirect(lab, 'rome', 'milan');
  });

  it("of the service's port moves the endpoint, and the client follows", async () => {
    await change({ gateway: { service: { port: 51900 } } });
    const { server, client } = rolesOf(shortcut);
    await waitFor<GatewayServer>(lab, server, {
      type: resources.gatewayServers,
      ...refOf(server, client),
      what: 'the endpoint with the new port',
      accept: (found) => found?.status?.endpoint?.port === 51900,
    });
    await waitFor<GatewayClient>(lab, client, {
      type: resources.gatewayClients,
      ...refOf(client, server),
      what: 'the client that dials the new port',
      accept: (found) => found?.spec?.endpoint?.port === 51900,
    });
    expect(await runInLab(lab, `${server}/gateway-${client}`, ['ss', '-Hulnp'])).toMatch(/:51900\b/);
    await expectDirect(lab, client, server);
  });

  it('of the server makes the leaves change roles', async () => {
    const before = rolesOf(shortcut);
    await change({ gateway: { server: before.client } });
    await expect
      .poll(async () => rolesOf(await waitForShortcut(lab, name, 'being Ready', isReady)), { timeout: 30_000 })
      .toEqual({ server: before.client, client: before.server });
    await expectDirect(lab, 'rome', 'milan');
    const api = await connectAsAdmin(lab, before.server);
    const servers = await api.list<GatewayServer>(resources.gatewayServers, {
      namespace: tenantNamespaceName(before.client),
    });
    await api.close();
    expect(servers.items).toEqual([]);
  });

  it('is kept back while the shortcut is paused, and carried out afterwards', async () => {
    await changeShortcut(lab, name, { paused: true });
    const { metadata } = await changeShortcut(lab, name, { gateway: { mtu: 1420 } });
    await waitForShortcut(lab, name, 'being Paused', (found) => {
      const ready = conditionOf(found, 'Ready');
      return ready?.reason === 'Paused' && ready.observedGeneration === metadata.generation;
    });
    expect(await mtuOfDevice('rome', 'milan')).toBe(1400);
    await expectDirect(lab, 'rome', 'milan');
    await change({ paused: false });
    await expect.poll(() => mtuOfDevice('rome', 'milan'), { timeout: 30_000 }).toBe(1420);
  });
});
