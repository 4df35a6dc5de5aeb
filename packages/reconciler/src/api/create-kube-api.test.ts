import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createPrometheusMetrics } from '../prometheus/create-prometheus-metrics.ts';
import { testCertificate, testKey } from '../testing/own/certificates.ts';
import { eventually } from '../testing/own/eventually.ts';
import { ScriptedServer } from '../testing/own/scripted-server.ts';
import { widgets } from '../testing/own/widgets.ts';
import type { KubeApiOptions } from './create-kube-api.ts';
import { createKubeApi } from './create-kube-api.ts';
import type { ApiError } from './errors.ts';
import type { KubeObject } from './kube-api.ts';

const server = new ScriptedServer();
const aWidget: KubeObject = {
  apiVersion: 'test.dev/v1',
  kind: 'Widget',
  metadata: { name: 'one', namespace: 'default', resourceVersion: '7' },
};
const ref = { namespace: 'default', name: 'one' };
let url: string;
let api: ReturnType<typeof createKubeApi>;

function connect(options: KubeApiOptions = {}, connection: object = {}): void {
  api = createKubeApi({ server: url, ...connection }, { cluster: 'rome', ...options });
}

beforeEach(async () => {
  url = await server.start();
  server.received.length = 0;
  server.connections = 0;
  connect();
});
afterEach(async () => {
  await api.close();
  await server.stop();
});

describe('requests', () => {
  test('go to the path of the kind, below the path of the server', async () => {
    server.answerJson(200, aWidget);
    connect({}, { server: `${url}/k8s/clusters/c-1/` });
    await api.get(widgets, ref);
    await api.get({ ...widgets, group: '', namespaced: false }, { name: 'one' });
    expect(server.received.map((request) => request.url)).toEqual([
      '/k8s/clusters/c-1/apis/test.dev/v1/namespaces/default/widgets/one',
      '/k8s/clusters/c-1/api/v1/widgets/one',
    ]);
  });

  test('may ask for a review, which has no name', async () => {
    const review = { apiVersion: 'test.dev/v1', kind: 'Review', metadata: {} } as KubeObject;
    server.answerJson(201, { ...review, metadata: { creationTimestamp: null }, status: { allowed: true } });
    const type = { ...widgets, plural: 'reviews', kind: 'Review', namespaced: false };
    expect(await api.create(type, review)).toMatchObject({ status: { allowed: true } });
    expect(server.received.map((request) => request.url)).toEqual(['/apis/test.dev/v1/reviews']);
    await expect(api.create(widgets, aWidget)).rejects.toThrow('the answer is not an object with a name');
  });

  test('carry the token that is valid now, and the user agent', async () => {
    server.answerJson(200, aWidget);
    let token = 'first';
    connect({ userAgent: 'tester/1' }, { token: async () => token });
    await api.get(widgets, ref);
    token = 'second';
    await api.get(widgets, ref);
    const headers = server.received.map((request) => request.headers);
    expect(headers.map((each) => each.authorization)).toEqual(['Bearer first', 'Bearer second']);
    expect(headers[0]?.['user-agent']).toBe('tester/1');
  });

  test('share connections when they come one after another', async () => {
    server.answerJson(200, aWidget);
    for (let i = 0; i < 20; i += 1) await api.get(widgets, ref);
    expect(server.connections).toBeLessThanOrEqual(2);
  });

  test('go out on new connections when the client certificate is another one', async () => {
    server.answerJson(200, aWidget);
    let certificate = { certData: testCertificate, keyData: testKey };
    connect({}, { clientCertificate: async () => certificate });
    for (let i = 0; i < 3; i += 1) await api.get(widgets, ref);
    const before = server.connections;
    certificate = { ...certificate, certData: `${testCertificate}\n` };
    for (let i = 0; i < 3; i += 1) await api.get(widgets, ref);
    expect(server.connections).toBeGreaterThan(before);
    expect(before).toBeLessThan(3);
  });

  test('say what kind of patch they are, with manager and force', async () => {
    server.answerJson(200, aWidget);
    await api.patch(widgets, ref, [{ op: 'remove', path: '/spec' }], { subresource: 'status' });
    await api.apply(widgets, aWidget, { fieldManager: 'me', force: true });
    expect(server.received.map(({ url: path, headers }) => [path, headers['content-type']])).toEqual([
      ['/apis/test.dev/v1/namespaces/default/widgets/one/status', 'application/json-patch+json'],
      ['/apis/test.dev/v1/namespaces/default/widgets/one?fieldManager=me&force=true', 'application/apply-patch+yaml'],
    ]);
  });

  test('delete with the preconditions they were given', async () => {
    server.answerJson(200, { kind: 'Status', status: 'Success' });
    expect(await api.delete(widgets, ref, { uid: 'u', propagationPolicy: 'Foreground' })).toBe(true);
    expect(server.received[0]?.body).toEqual({
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      preconditions: { uid: 'u' },
      propagationPolicy: 'Foreground',
    });
  });
});

describe('answers', () => {
  test.each([
    [400, 'BadRequest', 'Invalid'],
    [401, 'Unauthorized', 'Unauthorized'],
    [403, 'Forbidden', 'Forbidden'],
    [409, 'AlreadyExists', 'AlreadyExists'],
    [409, 'Conflict', 'Conflict'],
    [410, 'Expired', 'Gone'],
    [422, 'Invalid', 'Invalid'],
    [429, 'TooManyRequests', 'Throttled'],
    [503, 'ServiceUnavailable', 'Unavailable'],
  ])(
    'with status %i %s become the code %3$s, with the request and the cluster in the message',
    async (status, reason, code) => {
      server.answerJson(status, { kind: 'Status', code: status, reason, message: 'because' });
      const message = 'create test.dev/v1 widgets default/one on rome: because';
      expect(await errorOf(api.create(widgets, aWidget))).toMatchObject({ code, status, message });
    },
  );

  test('that ask for patience tell how much, within reason', async () => {
    server.answerJson(429, { kind: 'Status', code: 429, details: { retryAfterSeconds: 3 } });
    expect((await errorOf(api.list(widgets))).retryAfterMs).toBe(3000);
    server.answerJson(503, 'busy', { 'retry-after': '99999' });
    expect((await errorOf(api.list(widgets))).retryAfterMs).toBe(60_000);
  });

  test('tell a missing object from a kind that is not served', async () => {
    server.answerJson(404, { kind: 'Status', code: 404, reason: 'NotFound' });
    expect(await api.get(widgets, ref)).toBeUndefined();
    expect(await api.delete(widgets, ref)).toBe(false);
    server.answer((response) => response.writeHead(404).end('404 page not found'));
    for (const call of [api.get(widgets, ref), api.delete(widgets, ref)]) {
      expect(await errorOf(call)).toMatchObject({
        code: 'NotFound',
        message: expect.stringContaining('does not serve this kind'),
      });
    }
  });

  test('that redirect are errors, and nobody follows them', async () => {
    server.answer((response) => response.writeHead(302, { location: `${url}/elsewhere` }).end());
    expect((await errorOf(api.get(widgets, ref))).code).toBe('Unexpected');
    expect(server.received).toHaveLength(1);
  });

  test.each([
    ['no JSON', '<html>'],
    ['null', 'null'],
    ['no object', '{"kind":"Widget"}'],
    ['half an object', '{"kind":'],
  ])('with success but %s are errors', async (_, body) => {
    server.answer((response) => response.writeHead(200).end(body));
    expect((await errorOf(api.get(widgets, ref))).code).toBe('Unexpected');
    expect((await errorOf(api.list(widgets))).code).toBe('Unexpected');
  });

  test('that are too large are given up', async () => {
    connect({ maxAnswerBytes: 1000 });
    server.answerJson(200, { ...aWidget, data: 'x'.repeat(2000) });
    expect((await errorOf(api.get(widgets, ref))).message).toContain('larger than 1000 bytes');
  });

  test('that do not come, or not to an end, are given up after the time limit', async () => {
    connect({ timeoutMs: 200 });
    server.answer(() => {});
    expect(await errorOf(api.get(widgets, ref))).toMatchObject({
      code: 'Unavailable',
      message: expect.stringContaining('within 0.2 s'),
    });
    server.answer((response) => response.writeHead(200).write('{"kind":'));
    expect(await errorOf(api.get(widgets, ref))).toMatchObject({ code: 'Unavailable', status: 0 });
  });

  test('that break off say why', async () => {
    server.answer((response) => response.socket?.destroy());
    expect(await errorOf(api.get(widgets, ref))).toMatchObject({
      code: 'Unavailable',
      message: expect.stringContaining('other side closed'),
    });
    await server.stop();
    expect((await errorOf(api.get(widgets, ref))).message).toContain('ECONNREFUSED');
    await server.start();
  });

  test('of a list have apiVersion and kind on every item', async () => {
    server.answerJson(200, { metadata: { resourceVersion: '9', continue: '' }, items: [{ metadata: { name: 'a' } }] });
    expect(await api.list(widgets)).toEqual({
      items: [{ apiVersion: 'test.dev/v1', kind: 'Widget', metadata: { name: 'a' } }],
      resourceVersion: '9',
      continue: undefined,
      bytes: expect.any(Number),
    });
  });
});

test('a call ends with code Aborted when its signal aborts', async () => {
  const abort = new AbortController();
  server.answer(() => abort.abort());
  expect((await errorOf(api.get(widgets, ref, abort.signal))).code).toBe('Aborted');
  expect((await errorOf(api.get(widgets, ref, abort.signal))).code).toBe('Aborted');
});

test('a call whose credentials do not come is given up after the time limit', async () => {
  connect({ timeoutMs: 200 }, { token: () => new Promise(() => {}) });
  expect(await errorOf(api.get(widgets, ref))).toMatchObject({ code: 'Unavailable' });
});

test('a call to a server that takes connections and says nothing ends in time, and when its signal aborts', async () => {
  const mute = createServer(() => {}).listen(0, '127.0.0.1');
  await once(mute, 'listening');
  connect({ timeoutMs: 200 }, { server: `https://127.0.0.1:${(mute.address() as AddressInfo).port}` });
  const startMs = performance.now();
  expect(await errorOf(api.get(widgets, ref))).toMatchObject({ code: 'Unavailable' });
  const abort = new AbortController();
  const watching = api.watch(widgets, { resourceVersion: '5', signal: abort.signal })[Symbol.asyncIterator]().next();
  abort.abort();
  expect((await errorOf(watching)).code).toBe('Aborted');
  // Long before the limit on connecting, which is ten seconds.
  expect(performance.now() - startMs).toBeLessThan(5_000);
  mute.close();
});

describe('a watch', () => {
  const event = (type: string, object: unknown = aWidget): string => `${JSON.stringify({ type, object })}\n`;
  const follow = async (seen: unknown[] = []): Promise<unknown[]> => {
    for await (const each of api.watch(widgets, { resourceVersion: '5', namespace: 'default', timeoutSeconds: 300 }))
      seen.push(each.type);
    return seen;
  };

  test('asks for bookmarks and reads events however they are cut', async () => {
    server.answer((response) => {
      const text = event('ADDED') + event('BOOKMARK', { metadata: { resourceVersion: '8' } }) + event('DELETED');
      response.write(text.slice(0, 10));
      setTimeout(() => response.end(text.slice(10)), 20);
    });
    expect(await follow()).toEqual(['ADDED', 'BOOKMARK', 'DELETED']);
    expect(server.received[0]?.url).toBe(
      '/apis/test.dev/v1/namespaces/default/widgets?resourceVersion=5&timeoutSeconds=300&watch=true&allowWatchBookmarks=true',
    );
  });

  test('throws the error that the server sends in it', async () => {
    server.answer((response) =>
      response.end(event('ADDED') + event('ERROR', { kind: 'Status', code: 410, reason: 'Expired' })),
    );
    const seen: unknown[] = [];
    expect(await errorOf(follow(seen))).toMatchObject({ code: 'Gone', status: 410 });
    expect(seen).toEqual(['ADDED']);
  });

  test.each([
    ['no JSON', '{"type":"ADDED","obj\n'],
    ['no event', 'null\n'],
    ['an unknown type', '{"type":"SUNG","object":{"metadata":{"resourceVersion":"1"}}}\n'],
    ['no resource version', '{"type":"ADDED","object":{"metadata":{}}}\n'],
    ['half a line at the end', '{"type":"ADDED"'],
  ])('throws when there is %s in it', async (_, text) => {
    server.answer((response) => response.end(text));
    expect((await errorOf(follow())).code).toBe('Unexpected');
  });

  test('throws when a line grows too long, when it falls silent and when the connection breaks', async () => {
    connect({ maxAnswerBytes: 1000, maxWatchSilenceMs: 500 });
    server.answer((response) => response.write('x'.repeat(2000)));
    expect((await errorOf(follow())).message).toContain('longer than 1000 bytes');
    server.answer((response) => response.write(event('ADDED')));
    expect(await errorOf(follow())).toMatchObject({ code: 'Unavailable', status: 0 });
    server.answer((response) => response.write(event('ADDED'), () => response.socket?.destroy()));
    expect(await errorOf(follow())).toMatchObject({ code: 'Unavailable', status: 0 });
  });

  test('gives its connection back when its reader leaves', async () => {
    let isClosed = false;
    server.answer((response) => {
      response.on('close', () => (isClosed = true));
      response.write(event('ADDED'));
    });
    for await (const _ of api.watch(widgets, { resourceVersion: '5' })) break;
    await eventually('the connection is closed', () => isClosed);
  });
});

async function errorOf(promise: Promise<unknown>): Promise<ApiError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({ name: 'ApiError' });
  return error as ApiError;
}

test('requests are counted by cluster, verb and status, and timed', async () => {
  const metrics = createPrometheusMetrics();
  connect({ metrics });
  server.answerJson(200, aWidget);
  await api.get(widgets, ref);
  server.answerJson(404, { kind: 'Status', code: 404, reason: 'NotFound' });
  await api.get(widgets, ref);
  server.answerJson(403, { kind: 'Status', code: 403, reason: 'Forbidden' });
  await errorOf(api.create(widgets, aWidget));
  server.answer((response) => response.socket?.destroy());
  await errorOf(api.list(widgets));
  server.answer((response) => response.writeHead(200).end());
  for await (const _ of api.watch(widgets, { resourceVersion: '1' }));
  expect((await metrics.text()).split('\n')).toEqual(
    expect.arrayContaining([
      'kube_api_requests_total{cluster="rome",verb="get",code="200"} 1',
      'kube_api_requests_total{cluster="rome",verb="get",code="404"} 1',
      'kube_api_requests_total{cluster="rome",verb="create",code="403"} 1',
      'kube_api_requests_total{cluster="rome",verb="list",code="none"} 1',
      'kube_api_requests_total{cluster="rome",verb="watch",code="200"} 1',
      'kube_api_request_duration_seconds_count{cluster="rome",verb="get"} 2',
    ]),
  );
});
