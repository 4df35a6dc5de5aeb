import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createKubeApi } from '../../api/create-kube-api.ts';
import type { KubeApi } from '../../api/kube-api.ts';
import { guardedPatch } from '../../objects/guarded-patch.ts';
import { systemClock } from '../../ports/system.ts';
import { FakeClock } from '../fake-clock.ts';
import { FakeKubeApi } from '../fake-kube-api.ts';
import { contractOfCaches } from './contract-caches.ts';
import { contractOfFaults } from './contract-faults.ts';
import { contractOfReads } from './contract-reads.ts';
import type { Connect, ContractSetup } from './contract-setup.ts';
import { contractOfWrites } from './contract-writes.ts';
import { eventually } from './eventually.ts';
import { type FaultyProxy, startFaultyProxy } from './faulty-proxy.ts';
import { findTools, type RealServer, startRealServer, type Tools } from './real-servers.ts';
import { installWidgets, type Widget, widgets } from './widgets.ts';

/** What every `KubeApi` does, whatever is behind it: the fake is worth as much as it passes what a real server passes. */
function contract(connect: Connect): void {
  const api = () => connect().api;
  describe('writes', () => contractOfWrites(api));
  describe('reads', () => contractOfReads(api));
  describe('faults', () => contractOfFaults(connect));
  describe.each(['stream', 'pages'] as const)('a cache that begins with a list as %s', (way) =>
    contractOfCaches(connect, way),
  );
}

describe('the fake API server', () => {
  const setup = fakeSetup();
  contract(() => setup);
});

const tools = findTools();
if ('missing' in tools) console.log(`The contract is not checked against a real API server: ${tools.missing}.`);

describe.runIf(!('missing' in tools))('a real API server', () => {
  let setup: RealSetup;
  beforeAll(async () => {
    setup = await startRealSetup(tools);
  }, 120_000);
  afterAll(() => setup?.stop(), 60_000);
  contract(() => setup);

  test('refuses by its schema what a guarded patch would write: Invalid, with the reason', async () => {
    const widget: Widget = {
      apiVersion: 'test.dev/v1',
      kind: 'Widget',
      metadata: { name: 'schema', namespace: 'default' },
      spec: { size: 1 },
    };
    const created = await setup.api.create(widgets, widget);
    const patch = guardedPatch(setup.api, widgets, created, [{ op: 'replace', path: '/spec/size', value: 'large' }]);
    await expect(patch).rejects.toMatchObject({ code: 'Invalid', message: expect.stringContaining('spec.size') });
  });
});

function fakeSetup(): ContractSetup {
  const clock = new FakeClock();
  const direct = new FakeKubeApi({ clock });
  const api = new FakeKubeApi({ sameServerAs: direct });
  const { network } = api;
  return {
    api,
    direct,
    clock,
    faults: {
      cut: () => network.cut(),
      cutNextAnswer: () => network.cutAfter(2),
      down: () => network.down(),
      hang: () => network.hang(),
      slow: () => network.slow(),
      heal: () => network.heal(),
      restart: async () => {
        direct.compact();
        network.cut();
      },
    },
    until: async (what, holds) => {
      const end = clock.monotonicMs() + 600_000;
      while (!holds()) {
        if (clock.monotonicMs() > end) throw new Error(`not within ten minutes: ${what}`);
        await clock.advance(250);
      }
    },
  };
}

type RealSetup = ContractSetup & { stop(): Promise<void> };

async function startRealSetup(tools: Tools): Promise<RealSetup> {
  if ('missing' in tools) throw new Error(tools.missing);
  const server: RealServer = await startRealServer(tools);
  const proxy: FaultyProxy = await startFaultyProxy(Number(new URL(server.connection.server).port));
  const direct = createKubeApi(server.connection);
  const through = { ...server.connection, server: `https://127.0.0.1:${proxy.port}` };
  const api = createKubeApi(through, { timeoutMs: 5_000, maxWatchSilenceMs: 8_000 });
  await installWidgets(direct);
  return {
    api,
    direct,
    clock: systemClock,
    faults: {
      cut: proxy.cut,
      // Beyond the exchange that opens the connection, and within what fifty widgets take.
      cutNextAnswer: () => proxy.cutAfter(10_000),
      down: proxy.refuse,
      hang: proxy.hang,
      slow: proxy.trickle,
      heal: proxy.heal,
      restart: async () => {
        await server.crash();
        await server.compact();
        await server.start();
        await untilWatchable(direct);
      },
    },
    until: (what, holds) => eventually(what, holds, 60_000),
    stop: async () => {
      await Promise.all([api.close(), direct.close()]);
      await proxy.stop();
      await server.stop();
    },
  };
}

/** A server that is ready for all else still refuses watches of a kind for a moment. */
async function untilWatchable(api: KubeApi): Promise<void> {
  const deadline = performance.now() + 30_000;
  for (;;) {
    try {
      for await (const _ of api.watch(widgets, { sendInitialEvents: true })) return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
    await delay(50);
  }
}
