import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { findNetworkTools, runInFrame } from '../testing/frame.ts';
import type { SeenOnNodes } from '../testing/node-scenario.ts';

const tools = findNetworkTools();
const missing = 'missing' in tools ? tools.missing : undefined;
if (missing !== undefined) console.warn(`the network test of real nodes is skipped: ${missing}`);

const mebibyte = 1024 * 1024;
/** What both sides call the other's pod 10.244.1.5. */
const name = '10.71.1.5';

describe.skipIf(missing !== undefined)('two real nodes, each with its gateways behind its own address', () => {
  let seen: SeenOnNodes;
  beforeAll(async () => {
    const scenario = fileURLToPath(new URL('../testing/node-scenario.ts', import.meta.url));
    seen = (await runInFrame(scenario, ['wireguardGo' in tools ? tools.wireguardGo : ''], 120_000)) as SeenOnNodes;
  }, 130_000);

  it('give their own network a name, once', () => {
    expect(seen.isOwnNamed).toBe(true);
  });

  it('are linked through the port of the one that serves, and need nothing a second time', () => {
    expect(seen.connected).toEqual(['Connected', 'Connected']);
    expect(seen.again).toEqual([[], []]);
  });

  it('carry a mebibyte each way, and each pod sees the other by its name, though its node hides pods from the world', () => {
    expect(seen.fetches).toEqual({
      fromRome: { source: name, bytes: mebibyte },
      fromMilan: { source: name, bytes: mebibyte },
    });
  });

  it('are taken over by a new agent without a new device', () => {
    expect(seen.takenOver).toEqual(['nft', 'nft']);
    expect(seen.afterTakeover).toEqual({ source: name, bytes: mebibyte });
  });

  it('keep nothing of a gateway that is removed, and all rules of others', () => {
    expect(seen.leavesNothing).toBe(true);
  });
});
