import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { findNetworkTools, runInFrame } from '../testing/frame.ts';
import type { Seen } from '../testing/network-scenario.ts';

const tools = findNetworkTools();
const missing = 'missing' in tools ? tools.missing : undefined;
if (missing !== undefined) console.warn(`the network test is skipped: ${missing}`);

const mebibyte = 1024 * 1024;
/** What both sides call the other's pod 10.244.1.5. */
const name = '10.71.1.5';
const creation = [
  'create-namespace',
  'ip',
  'ip',
  'ip',
  'nft',
  'create-tunnel-device',
  'configure-wireguard',
  'ip',
  'ip',
];

describe.skipIf(missing !== undefined)('two gateways on a real network, between pods of the same address', () => {
  let seen: Seen;
  beforeAll(async () => {
    const scenario = fileURLToPath(new URL('../testing/network-scenario.ts', import.meta.url));
    seen = (await runInFrame(scenario, ['wireguardGo' in tools ? tools.wireguardGo : ''], 120_000)) as Seen;
  }, 130_000);

  it('are built in a handful of steps, and a second time in none', () => {
    expect(seen.created).toEqual([creation, creation]);
    expect(seen.again).toEqual([[], []]);
  });

  it('find by pings that both directions work', () => {
    expect(seen.connected).toEqual(['Connected', 'Connected']);
  });

  it('carry a mebibyte each way, and each pod sees the other by its name', () => {
    expect(seen.fetches).toEqual({
      fromRome: { source: name, bytes: mebibyte },
      fromMilan: { source: name, bytes: mebibyte },
    });
  });

  it('are taken over by a new agent without losing a packet, and without a new device', () => {
    const { asked, answered } = seen.duringTakeover;
    expect(seen.takeover).toEqual(['nft']);
    expect(asked).toBeGreaterThan(1);
    expect(answered).toBe(asked);
  });

  it('take another MTU, port and endpoint in place, and lose no packet to the MTU', () => {
    const [resize, move] = [['nft', 'ip'], ['configure-wireguard']];
    expect(seen.inPlace).toEqual([resize, resize, resize, resize, resize, resize, move, move]);
    const { asked, answered } = seen.duringResizing;
    expect(asked).toBeGreaterThan(1);
    expect(answered).toBe(asked);
    expect(seen.afterChange).toEqual({ source: name, bytes: mebibyte, sameDevice: true });
  });

  it('get a new device when the process of theirs was killed', () => {
    expect(seen.healed).toEqual(['nft', 'create-tunnel-device', 'configure-wireguard', 'ip']);
    expect(seen.afterHealing).toEqual({ source: name, bytes: mebibyte });
  });

  it('are completed when their device was made and nothing else was done to it', () => {
    expect(seen.finished).toEqual(['nft', 'ip']);
    expect(seen.afterFinishing).toEqual({ source: name, bytes: mebibyte });
  });

  it('are built anew when something in their namespace is missing', () => {
    expect(seen.rebuilt).toContain('delete-namespace');
    expect(seen.afterRebuilding).toEqual({ source: name, bytes: mebibyte });
  });

  it('never touch another gateway', () => {
    expect(seen.parisUntouched).toBe(true);
  });

  it('leave nothing when they are removed, also the second time', () => {
    expect(seen.left).toEqual({
      namespaces: ['gw-milan.rome', 'gw-rome.paris'],
      romeRoutes: ['10.72.0.0/16', '10.244.1.5'],
      bridgePorts: 2,
      sockets: ['gw-milan.rome', 'gw-rome.paris'],
    });
  });
});
