import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { findNetworkTools, runInFrame } from '../testing/frame.ts';
import type { ProbesSeen } from '../testing/probe-scenario.ts';

const tools = findNetworkTools();
const missing = 'missing' in tools ? tools.missing : undefined;
if (missing !== undefined) console.warn(`the network test of the probes is skipped: ${missing}`);

const both = <T>(value: T): [T, T] => [value, value];
const passed = (mtu: number) => both({ small: 'Passed', large: 'Passed', mtu });
const failed = (mtu: number) => both({ small: 'Failed', large: 'Failed', mtu });
const onlySmallPassed = (mtu: number) => both({ small: 'Passed', large: 'Failed', mtu });

describe.skipIf(missing !== undefined)('probes between two nodes with the same pod range, on a real network', () => {
  let seen: ProbesSeen;
  beforeAll(async () => {
    const scenario = fileURLToPath(new URL('../testing/probe-scenario.ts', import.meta.url));
    seen = (await runInFrame(scenario, ['wireguardGo' in tools ? tools.wireguardGo : ''], 240_000)) as ProbesSeen;
  }, 250_000);

  it('pass both ways as soon as the tunnel is connected', () => {
    expect(seen.atFirst.results).toEqual(passed(1340));
  });

  it.each([
    ['a gateway drops what it shall forward', 'forwardingCut'],
    ['a node has no route to the names of the other', 'routeRemoved'],
    ['a node has lost the address of its probes', 'addressRemoved'],
    ['a gateway has lost its names', 'namesRemoved'],
  ] as const)('fail on both sides when %s, and pass again when that is mended', (_, cut) => {
    expect(seen[cut]).toMatchObject({ broken: failed(1340), mended: passed(1340) });
  });

  it('fail only when large where a tunnel has become smaller than it should be, although the gateway tells the node', () => {
    expect(seen.tunnelTooSmall).toMatchObject({ broken: onlySmallPassed(1340), mended: passed(1340) });
  });

  it('fail only when large where the network below is too small and tells nobody', () => {
    expect(seen.underlayTooSmall).toMatchObject({ broken: onlySmallPassed(1340), mended: passed(1340) });
  });

  it('fail while all pings go on', () => {
    expect(new Set(seen.pings)).toEqual(new Set(['Connected']));
  });

  it('follow the MTU of the tunnels, also upwards', () => {
    expect(seen.smaller).toEqual(passed(1280));
    expect(seen.larger).toEqual(passed(1400));
    expect(seen.largerThanUnderlay).toEqual(onlySmallPassed(1400));
  });

  it('fail only when large on the side whose tunnel has the larger MTU', () => {
    expect(seen.unequal).toEqual([
      { small: 'Passed', large: 'Failed', mtu: 1400 },
      { small: 'Passed', large: 'Passed', mtu: 1300 },
    ]);
  });

  it('pass again when a process of theirs that hangs is replaced', () => {
    expect(seen.hung).toMatchObject({ silent: ['rome'], mended: passed(1340) });
  });

  it('and pings end when they are told to, and with an agent that is killed', () => {
    const { before, stopped, withChildren, afterKill } = seen.children;
    expect(stopped).toEqual(before.map((count) => count - 1));
    expect(withChildren).toEqual(before);
    expect(afterKill).toEqual(stopped);
  });

  it('are answered to nobody but nodes, and the address leads to nothing else on the node', () => {
    expect(seen.strangers).toEqual({ ofTheOwnPods: 0, ofThePeersPods: 0, ofThePeersPodsToAService: 0 });
  });
});
