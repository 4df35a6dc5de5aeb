import type { VirtualNodeShortcut } from '@leafway/core';
import { connectAsAdmin, type RunningLab, runInLab } from '@leafway/lab';
import { type GatewayServer, gatewayResourceName, resources, tenantNamespaceName } from '@leafway/liqo';
import { mustKubectl } from 'leafway/demo';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedLab } from '../support/lab/shared-lab.ts';
import { deleteShortcut, makeShortcut } from '../support/objects/shortcuts.ts';
import { conditionOf, waitFor, waitForShortcut } from '../support/objects/wait.ts';
import { expectDirect, watchBothWays } from '../support/traffic.ts';

const name = 'rome-milan';
const ends = [
  ['rome', 'milan'],
  ['milan', 'rome'],
] as const;
/** Each gateway has a directory of its own for the socket of its WireGuard (packages/gateway/src/wireguard/device.ts). */
const withOwnSocket = 'mount --bind "$0" /var/run/wireguard && exec "$@"';
/** How long WireGuard waits for the answer to a handshake before it tries another one. */
const handshakeMs = 5_000;

describe('the keys of a live shortcut', () => {
  let lab: RunningLab;
  beforeAll(async () => {
    lab = await sharedLab();
    await makeShortcut(lab, name, ['rome', 'milan'], { gateway: { server: 'milan' } });
  });
  afterAll(() => deleteShortcut(lab, name));

  /** The keys in use, as WireGuard has them: of each gateway its own, and that of its peer. */
  async function keysInUse(): Promise<Record<'own' | 'peer', string[]>> {
    const ask = (what: string) =>
      Promise.all(
        ends.map(async ([at, peer]) => {
          const command = [
            'sh',
            '-c',
            withOwnSocket,
            `/run/leafway/gw-${at}.${peer}`,
            'wg',
            'show',
            'liqo-tunnel',
            what,
          ];
          return (await runInLab(lab, `${at}/gateway-${peer}`, command)).trim();
        }),
      );
    return { own: await ask('public-key'), peer: (await ask('peers')).toReversed() };
  }

  async function rotate(request: string): Promise<VirtualNodeShortcut> {
    await mustKubectl(lab, lab.centre, ['annotate', '--overwrite', 'vns', name, `leafway.dev/rotate-keys=${request}`]);
    return waitForShortcut(lab, name, `having other keys (${request})`, ({ status }) => {
      return status?.keyRotation?.request === request;
    });
  }

  it('are others after a request, and no packet is lost for longer than a handshake', async () => {
    const before = await keysInUse();
    const watch = await watchBothWays(lab, 'rome', 'milan', 1);
    const startMs = performance.now();
    const rotated = [await rotate('first'), await rotate('second')];
    const tookMs = performance.now() - startMs;
    const { sent, lost, longestSilenceMs } = await watch.finish();
    console.log(
      `both keys rotated twice in ${Math.round(tookMs)} ms: ${lost} of ${sent} datagrams lost, no answer for ${Math.round(longestSilenceMs)} ms at most`,
    );
    const after = await keysInUse();
    expect(after.own.filter((key) => before.own.includes(key))).toEqual([]);
    expect(after.peer).toEqual(after.own);
    expect(longestSilenceMs).toBeLessThan(handshakeMs);
    const readySince = rotated.map((shortcut) => conditionOf(shortcut, 'Ready'));
    expect(readySince.map((ready) => ready?.status)).toEqual(['True', 'True']);
    expect(readySince[0]?.lastTransitionTime).toBe(readySince[1]?.lastTransitionTime);
    await expectDirect(lab, 'rome', 'milan');
  });

  it('are kept when their Secret is deleted, which is made again', async () => {
    const before = await keysInUse();
    const ref = { namespace: tenantNamespaceName('rome'), name: gatewayResourceName('rome') };
    const api = await connectAsAdmin(lab, 'milan');
    await api.delete(resources.secrets, ref);
    await api.close();
    await waitFor(lab, 'milan', {
      type: resources.secrets,
      ...ref,
      what: 'the key',
      accept: (found) => found !== undefined,
    });
    expect(await keysInUse()).toEqual(before);
    await waitFor<GatewayServer>(lab, 'milan', {
      type: resources.gatewayServers,
      ...ref,
      name: 'rome',
      what: 'its key as it was',
      accept: (found) => found?.metadata.annotations?.['leafway.dev/public-key'] === before.own[1],
    });
  });
});
