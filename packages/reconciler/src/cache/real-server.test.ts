import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createKubeApi } from '../api/create-kube-api.ts';
import { systemClock, systemRandom } from '../ports/system.ts';
import { eventually } from '../testing/own/eventually.ts';
import type { RealServer } from '../testing/own/real-servers.ts';
import { findTools, startRealServer } from '../testing/own/real-servers.ts';
import type { Widget } from '../testing/own/widgets.ts';
import { installWidgets, widgets } from '../testing/own/widgets.ts';
import { silentLogger } from '../testing/silent-logger.ts';
import { createCache } from './create-cache.ts';

const tools = findTools();
if ('missing' in tools) console.log(`The cache is not tried with a real API server: ${tools.missing}.`);

describe.runIf(!('missing' in tools))('with a real API server', () => {
  let server: RealServer;
  let api: ReturnType<typeof createKubeApi>;
  beforeAll(async () => {
    if ('missing' in tools) return;
    server = await startRealServer(tools);
    api = createKubeApi(server.connection);
    await installWidgets(api);
  }, 120_000);
  afterAll(async () => {
    await api?.close();
    await server?.stop();
  }, 60_000);

  test('a cache follows the server through a crash and never shows less than there is', async () => {
    const abort = new AbortController();
    const cache = createCache<Widget>({
      api,
      type: widgets,
      clock: systemClock,
      random: systemRandom,
      log: silentLogger,
    });
    const changes: string[] = [];
    cache.onChange(({ key, before, after }) =>
      changes.push(`${key} ${before?.spec.size ?? '-'}→${after?.spec.size ?? '-'}`),
    );
    const running = cache.run(abort.signal);
    await cache.whenSynced();
    const create = (name: string): Promise<Widget> =>
      api.create(widgets, {
        apiVersion: 'test.dev/v1',
        kind: 'Widget',
        metadata: { name, namespace: 'default' },
        spec: { size: 1 },
      });
    const before = await create('before');
    cache.observe(before);
    expect(cache.get('default/before')).toEqual({
      ...before,
      metadata: expect.objectContaining({ uid: before.metadata.uid }),
    });

    await server.crash();
    await eventually('the problem is noticed', () => cache.problem?.code === 'Unavailable');
    expect(cache.list()).toHaveLength(1);
    await server.start();
    await create('after');
    await api.patch(widgets, before.metadata, [{ op: 'replace', path: '/spec/size', value: 2 }]);
    await eventually(
      'the cache has caught up',
      () => cache.list().length === 2 && cache.get('default/before')?.spec.size === 2,
      60_000,
    );
    expect(cache.problem).toBeUndefined();
    expect(changes[0]).toBe('default/before -→1');
    expect(changes).toContain('default/after -→1');
    expect(changes.filter((change) => change.endsWith('→-'))).toEqual([]);
    abort.abort();
    await running;
  }, 180_000);
});
