import { beforeEach, describe, expect, it } from 'vitest';
import { ApiError } from '../api/errors.ts';
import type { KubeApi, KubeObject, ResourceType } from '../api/kube-api.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { FakeKubeApi } from '../testing/fake-kube-api.ts';
import { limitRequests, limitWrites, type WriteLimits } from './limit-writes.ts';

const configMaps: ResourceType = {
  group: '',
  version: 'v1',
  plural: 'configmaps',
  kind: 'ConfigMap',
  namespaced: true,
};
const named = (name: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { namespace: 'default', name },
});
const limits: WriteLimits = { inFlight: 2, whileFailing: { perSecond: 4, burst: 1 } };

let clock: FakeClock;
let server: FakeKubeApi;
let api: KubeApi;
beforeEach(() => {
  clock = new FakeClock();
  server = new FakeKubeApi({ clock });
  api = limitWrites(server, limits, clock);
});

const sent = (): (string | undefined)[] => server.requests.map(({ name }) => name);
const unavailable = () => new ApiError('no', { code: 'Unavailable', status: 503, operation: 'create' });

type Attempts = (name: string, signal: AbortSignal) => readonly (() => Promise<unknown>)[];

/** Of a server that fails, while twenty callers attempt all of that again and again: four in a second, and one at once. */
async function expectFewRequests(attempts: Attempts): Promise<void> {
  server.beforeRequest = () => {
    throw unavailable();
  };
  const stop = new AbortController();
  const callers = Array.from({ length: 20 }, async (_, index) => {
    while (!stop.signal.aborted)
      for (const attempt of attempts(`caller-${index}`, stop.signal)) await attempt().catch(() => undefined);
  });
  await clock.advance(1_000);
  server.requests.length = 0;
  await clock.advance(10_000);
  expect(server.requests.length).toBeGreaterThan(30);
  expect(server.requests.length).toBeLessThanOrEqual(41);
  stop.abort();
  await Promise.all(callers);
}

describe('limitWrites', () => {
  it('lets so many writes through at once, the rest in the order in which they came', async () => {
    const gates = new Map<string, PromiseWithResolvers<void>>();
    server.beforeRequest = ({ name = '' }) => {
      const gate = Promise.withResolvers<void>();
      gates.set(name, gate);
      return gate.promise;
    };
    const writes = ['a', 'b', 'c', 'd'].map((name) => api.create(configMaps, named(name)));
    await clock.settle();
    expect(sent()).toEqual(['a', 'b']);
    gates.get('b')?.resolve();
    await writes[1];
    await clock.settle();
    expect(sent()).toEqual(['a', 'b', 'c']);
    gates.get('a')?.resolve();
    gates.get('c')?.resolve();
    await clock.settle();
    gates.get('d')?.resolve();
    await Promise.all(writes);
  });

  it('lets reads through whatever waits', async () => {
    server.beforeRequest = ({ verb }) => (verb === 'create' ? new Promise(() => {}) : undefined);
    for (const name of ['a', 'b', 'c']) void api.create(configMaps, named(name));
    expect(await api.get(configMaps, { namespace: 'default', name: 'a' })).toBeUndefined();
  });

  it('gives up a write that waits when its signal aborts, and sends it never', async () => {
    server.beforeRequest = () => new Promise(() => {});
    for (const name of ['a', 'b']) void api.create(configMaps, named(name));
    const stop = new AbortController();
    const waiting = api.create(configMaps, named('c'), stop.signal);
    stop.abort();
    await expect(waiting).rejects.toMatchObject({
      code: 'Aborted',
      message: 'create v1 configmaps default/c: aborted',
    });
    expect(sent()).toEqual(['a', 'b']);
  });

  it('sends a server that fails only so many a second, however many callers try again', async () => {
    await expectFewRequests((name, signal) => [() => api.create(configMaps, named(name), signal)]);
  });

  it('is as fast as ever a second after the last failure', async () => {
    server.beforeRequest = () => {
      throw unavailable();
    };
    await expect(api.create(configMaps, named('a'))).rejects.toThrow();
    server.beforeRequest = undefined;
    await clock.advance(1_000);
    await Promise.all(Array.from({ length: 20 }, (_, index) => api.create(configMaps, named(`b-${index}`))));
    expect(server.objects(configMaps)).toHaveLength(20);
  });

  it('does not take it for a failure that an object is refused', async () => {
    await api.create(configMaps, named('a'));
    const again = Array.from({ length: 20 }, () => api.create(configMaps, named('a')));
    for (const outcome of await Promise.allSettled(again)) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'AlreadyExists' } });
    }
  });
});

describe('limitRequests', () => {
  const ref = { namespace: 'default', name: 'a' };
  beforeEach(() => {
    api = limitRequests(server, limits, clock);
  });

  it('lets reads through whatever waits, as long as the server does not fail', async () => {
    server.beforeRequest = ({ verb }) => (verb === 'create' ? new Promise(() => {}) : undefined);
    for (const name of ['a', 'b', 'c']) void api.create(configMaps, named(name));
    const reads = Array.from({ length: 20 }, () => api.get(configMaps, ref));
    expect(await Promise.all(reads)).toHaveLength(20);
  });

  it('asks a server that fails only so often, whether by reads or by writes', async () => {
    await expectFewRequests((name, signal) => [
      () => api.get(configMaps, ref, signal),
      () => api.list(configMaps, { signal }),
      () => api.create(configMaps, named(name), signal),
    ]);
  });

  it('does not take it for a failure that something may not be read', async () => {
    server.beforeRequest = ({ verb }) => {
      if (verb === 'get') throw new ApiError('no', { code: 'Forbidden', status: 403, operation: 'get' });
    };
    await expect(api.get(configMaps, ref)).rejects.toThrow();
    await Promise.all(Array.from({ length: 20 }, (_, index) => api.create(configMaps, named(`b-${index}`))));
    expect(server.objects(configMaps)).toHaveLength(20);
  });
});
