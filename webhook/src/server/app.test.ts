import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AdmissionResponse } from '../admission/review.ts';
import { aLeaf, aRequest, aReview, aShortcut, aWorld } from '../testing/builders.ts';
import { type Answer, type ServedApp, serveApp } from '../testing/serve-app.ts';

let app: ServedApp;
beforeAll(async () => {
  app = await serveApp();
});
afterAll(() => app.close());

/** The response in an AdmissionReview, whose envelope must be right. */
function responseOf({ status, text }: Answer): AdmissionResponse {
  expect(status).toBe(200);
  const { apiVersion, kind, response } = JSON.parse(text) as {
    apiVersion: string;
    kind: string;
    response: AdmissionResponse;
  };
  expect({ apiVersion, kind, uid: response.uid }).toEqual({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    uid: 'request-1',
  });
  return response;
}

const send = async (path: string, request: object): Promise<AdmissionResponse> =>
  responseOf(await app.post(path, aReview(request as never)));
const json = { 'content-type': 'application/json' };

describe('an admission', () => {
  test('of a good shortcut is allowed with its plan as warnings and no patch', async () => {
    const response = await send('/validate', aRequest(aShortcut()));
    expect(response).toMatchObject({ allowed: true });
    expect(response.warnings?.length).toBeGreaterThan(1);
    expect(response).not.toHaveProperty('patch');
  });

  test('of a bad shortcut is refused with a line and a cause for each problem', async () => {
    const { allowed, status, warnings } = await send(
      '/validate',
      aRequest(aShortcut({ spec: { clusters: [{ id: 'oslo' }, { id: 'central' }] } })),
    );
    expect({ allowed, warnings }).toEqual({ allowed: false, warnings: undefined });
    expect(status).toMatchObject({
      code: 422,
      reason: 'Invalid',
      details: { group: 'leafway.dev', kind: 'VirtualNodeShortcut', name: 'rome-milan' },
    });
    expect(status?.message.split('\n')).toEqual([
      expect.stringMatching(/^spec\.clusters\[0\]\.id: .*"oslo"/),
      expect.stringMatching(/^spec\.clusters\[1\]\.id: .*"central"/),
    ]);
    expect(status?.details?.causes?.map(({ field }) => field)).toEqual(['spec.clusters[0].id', 'spec.clusters[1].id']);
  });

  test('lists the first twenty of very many problems', async () => {
    const clusters = Array.from({ length: 5_000 }, () => ({}));
    const { status } = await send('/validate', aRequest({ ...aShortcut(), spec: { clusters } }));
    expect(status?.details?.causes).toHaveLength(21);
    expect(status?.message.split('\n').at(-1)).toBe('4981 more problems are not listed');
  });

  test('to fill in defaults gets a JSON Patch in base64', async () => {
    const response = await send('/mutate', aRequest(aShortcut()));
    expect(response).toMatchObject({ allowed: true, patchType: 'JSONPatch' });
    const patch = JSON.parse(Buffer.from(response.patch ?? '', 'base64').toString()) as unknown;
    expect(patch).toContainEqual({ op: 'add', path: '/spec/paused', value: false });
  });

  test('of a LeafCluster is judged too', async () => {
    expect(await send('/validate', aRequest(aLeaf('oslo')))).toMatchObject({ allowed: true });
    expect(await send('/validate', aRequest(aLeaf('central')))).toMatchObject({ allowed: false });
  });

  test('of a delete, a status or an unchanged spec is always allowed, since those must not depend on the webhook', async () => {
    const broken = { ...aShortcut(), spec: { clusters: 'broken' } };
    const request = aRequest(broken);
    expect(await send('/validate', { ...request, operation: 'DELETE', object: null, oldObject: broken })).toEqual({
      uid: 'request-1',
      allowed: true,
    });
    expect(await send('/validate', { ...request, operation: 'UPDATE', subResource: 'status' })).toMatchObject({
      allowed: true,
    });
    expect(await send('/validate', { ...request, operation: 'UPDATE', oldObject: broken })).toMatchObject({
      allowed: true,
    });
    expect(await send('/validate', { ...request, operation: 'UPDATE', oldObject: aShortcut() })).toMatchObject({
      allowed: false,
    });
  });

  test('leaves one log line with uid, name, verdict and time', async () => {
    const before = app.log.length;
    await send(
      '/validate',
      aRequest(aShortcut({ metadata: { name: 'logged' }, spec: { clusters: [{ id: 'oslo' }, { id: 'rome' }] } }), {
        dryRun: true,
      }),
    );
    expect(app.log.slice(before)).toEqual([
      expect.objectContaining({
        uid: 'request-1',
        name: 'logged',
        verdict: 'refused',
        dryRun: true,
        ms: expect.any(Number),
        causes: ['spec.clusters[0].id CORE_LEAF_UNKNOWN'],
      }),
    ]);
  });

  test('leaves a short log line, however long its words are', async () => {
    const [before, long] = [app.log.length, 'x'.repeat(1_000_000)];
    const gateway = { service: { annotations: { [long]: 1 } } };
    const request = { ...aRequest(aShortcut({ spec: { gateway } as never })), uid: long, name: long };
    const kind = { ...request.kind, kind: long };
    for (const odd of [{}, { operation: long, subResource: long, kind }])
      await app.post('/validate', aReview({ ...request, ...odd }));
    const lines = app.log.slice(before);
    expect(lines).toHaveLength(2);
    for (const line of lines) expect(JSON.stringify(line).length).toBeLessThan(5_000);
  });

  test.each([
    ['another kind', { kind: { group: '', version: 'v1', kind: 'Pod' } }, 'does not judge Pod of v1'],
    [
      'another group',
      { kind: { group: 'other.dev', version: 'v1alpha1', kind: 'VirtualNodeShortcut' } },
      'of other.dev/v1alpha1',
    ],
    [
      'another version',
      { kind: { group: 'leafway.dev', version: 'v2', kind: 'VirtualNodeShortcut' } },
      'of leafway.dev/v2',
    ],
    ['another kind than announced', { object: aLeaf('oslo') }, 'its object is of another kind'],
    ['no object', { object: null }, 'has no object'],
    ['an object that is a list', { object: [] }, 'has no object'],
    ['an unknown operation', { operation: 'CONNECT' }, 'does not judge the operation CONNECT'],
  ])('with %s is refused as a bad request', async (_, overrides, message) => {
    const { allowed, status } = await send('/validate', aRequest(aShortcut(), overrides as never));
    expect(allowed).toBe(false);
    expect(status).toMatchObject({ code: 400, reason: 'BadRequest' });
    expect(status?.message).toContain(message);
  });

  test('of a LeafCluster is nothing that defaults are filled in for', async () => {
    expect(await send('/mutate', aRequest(aLeaf('oslo')))).toMatchObject({ allowed: false, status: { code: 400 } });
  });
});

describe('a body that is no AdmissionReview is never accepted', () => {
  const good = JSON.stringify(aReview(aRequest(aShortcut())));

  test.each<[string, string | Buffer, Record<string, string>, number, string]>([
    ['another content type', good, { 'content-type': 'text/plain' }, 415, 'not application/json'],
    ['no content type', good, {}, 415, 'not application/json'],
    ['compression', gzipSync(good), { ...json, 'content-encoding': 'gzip' }, 415, 'compressed'],
    ['no body', '', json, 400, 'not JSON'],
    ['broken JSON', '{"kind":', json, 400, 'not JSON'],
    ['another root', '[]', json, 400, 'not a JSON object'],
    [
      'the older version of AdmissionReview',
      good.replace('admission.k8s.io/v1', 'admission.k8s.io/v1beta1'),
      json,
      400,
      'admission.k8s.io/v1',
    ],
    ['another kind of review', good.replace('AdmissionReview', 'TokenReview'), json, 400, 'not an AdmissionReview'],
    ['no request', '{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview"}', json, 400, 'no request'],
    ['no uid', good.replace('"uid":"request-1"', '"uid":""'), json, 400, 'no uid'],
    ['a uid that is no string', good.replace('"request-1"', '{"a":1}'), json, 400, 'uid'],
    ['a repeated key', good.replace('"uid"', '"uid":"x","uid"'), json, 400, 'twice'],
    ['the key __proto__', good.replace('"request":{', '"request":{"__proto__":{"uid":"x"},'), json, 400, '__proto__'],
    ['a byte order mark', `\ufeff${good}`, json, 400, 'byte order mark'],
    ['text behind it', `${good}{}`, json, 400, 'not JSON'],
    ['half of a character in its uid', good.replace('request-1', '\\ud800'), json, 400, 'request.uid'],
    ['a number beyond all bounds', good.replace('"dryRun":false', '"dryRun":1e400'), json, 400, 'request.dryRun'],
    ['a nest of a million lists', `{"a":${'['.repeat(1_000_000)}`, json, 400, 'nested deeper'],
    ['9 MiB', Buffer.alloc(9 * 1024 * 1024, ' '), json, 413, 'larger than'],
  ])('%s', async (_, body, headers, status, message) => {
    const answer = await app.send('POST', '/validate', { headers }, body);
    expect(answer.status).toBe(status);
    expect(answer.text).toContain(message);
    expect(answer.text).not.toContain('"allowed"');
  });

  test('and the webhook goes on answering', async () => {
    expect(responseOf(await app.send('POST', '/validate', { headers: json }, good))).toMatchObject({ allowed: true });
  });

  test('while two objects of 3 MiB, as an update may carry, are judged', async () => {
    const annotations = { note: 'x'.repeat(3 * 1024 * 1024) };
    const object = aShortcut({ metadata: { annotations }, spec: { paused: true } });
    const request = aRequest(object, { operation: 'UPDATE', oldObject: aShortcut({ metadata: { annotations } }) });
    expect(await send('/validate', request)).toMatchObject({ allowed: true });
  });
});

describe('an object on which two programs could differ is refused at its place, with a uid,', () => {
  const annotated = JSON.stringify(aReview(aRequest(aShortcut({ metadata: { annotations: { a: 'x' } } }))));

  test.each([
    ['the key __proto__', '"a":"x"', '"__proto__":"x"', 'metadata.annotations.__proto__'],
    ['a repeated key', '"a":"x"', '"a":"x","a":"y"', 'metadata.annotations.a'],
    ['half of a character', '"a":"x"', '"a":"\\ud83d"', 'metadata.annotations.a'],
    ['NUL', '"a":"x"', '"a":"\\u0000"', 'metadata.annotations.a'],
    ['a number beyond all bounds', '"spec":{', '"spec":{"gateway":{"mtu":1e400},', 'spec.gateway.mtu'],
  ])('for %s', async (_, before, after, field) => {
    const body = annotated.replace(before, after);
    for (const path of ['/mutate', '/validate']) {
      const { allowed, status } = responseOf(await app.send('POST', path, { headers: json }, body));
      expect({ allowed, code: status?.code }).toEqual({ allowed: false, code: 422 });
      expect(status?.details?.causes?.map((cause) => cause.field)).toEqual([field]);
    }
  });

  test.each([
    ['a whole number beyond 2^53', '"gateway":{"mtu":9007199254740993}', 'spec.gateway.mtu'],
    ['a number that is no whole one', '"gateway":{"mtu":1340.5}', 'spec.gateway.mtu'],
  ])('as the schema does for %s', async (_, field, path) => {
    const body = annotated.replace('"spec":{', `"spec":{${field},`);
    const { allowed, status } = responseOf(await app.send('POST', '/validate', { headers: json }, body));
    expect(allowed).toBe(false);
    expect(status?.message).toContain(path);
  });

  test('but its spec can stay as it is, and an old object can be repaired', async () => {
    const stored = aShortcut({ metadata: { annotations: { a: '\0' } } });
    const requests = [
      aRequest(stored, { operation: 'UPDATE', oldObject: stored }),
      aRequest(aShortcut({ spec: { paused: true } }), { operation: 'UPDATE', oldObject: stored }),
      aRequest(null, { operation: 'DELETE', kind: aRequest(stored).kind, oldObject: stored }),
    ];
    for (const request of requests) expect(await send('/validate', request)).toMatchObject({ allowed: true });
  });

  test('an old object that is not surely one object allows nothing', async () => {
    const body = JSON.stringify(aReview(aRequest(aShortcut(), { operation: 'UPDATE', oldObject: aShortcut() })));
    const [before, after] = body.split('"oldObject":{');
    const doubled = `${before}"oldObject":{"spec":{},${after}`;
    expect(responseOf(await app.send('POST', '/validate', { headers: json }, doubled))).toMatchObject({
      allowed: false,
      status: { message: expect.stringContaining('twice') },
    });
  });
});

describe('the other paths', () => {
  test.each([
    ['GET', '/validate'],
    ['PUT', '/validate'],
    ['POST', '/validate/'],
    ['POST', '/VALIDATE'],
    ['POST', '/'],
    ['POST', '/healthz'],
    ['GET', '/%2e%2e/etc/passwd'],
    ['GET', '/%ff'],
  ])('%s %s is not found, never a redirect, and tells nothing of the server', async (method, path) => {
    const { status, headers, text } = await app.send(method, path);
    expect({ status, text }).toEqual({ status: 404, text: 'not found' });
    expect(headers).not.toHaveProperty('x-powered-by');
    expect(headers).not.toHaveProperty('location');
  });

  test('/healthz and /readyz say ok', async () => {
    expect(await app.send('GET', '/healthz')).toMatchObject({ status: 200, text: 'ok' });
    expect(await app.send('GET', '/readyz')).toMatchObject({ status: 200, text: 'ok' });
  });
});

describe('a webhook that does not know the world yet', () => {
  let starting: ServedApp;
  beforeAll(async () => {
    const waits = (): string => 'not read yet: LeafClusters';
    starting = await serveApp({ worldWaitsFor: waits, notReady: waits });
  });
  afterAll(() => starting.close());

  test('refuses what it would have to judge, and asks to try again', async () => {
    const { allowed, status } = responseOf(await starting.post('/validate', aReview(aRequest(aShortcut()))));
    expect(allowed).toBe(false);
    expect(status).toMatchObject({ code: 503, reason: 'ServiceUnavailable', details: { retryAfterSeconds: 1 } });
    expect(status?.message).toMatch(/starting \(not read yet: LeafClusters\): try again/);
  });

  test('still lets deletes pass and fills in defaults', async () => {
    expect(
      responseOf(await starting.post('/validate', aReview(aRequest(aShortcut(), { operation: 'DELETE' })))),
    ).toMatchObject({ allowed: true });
    expect(responseOf(await starting.post('/mutate', aReview(aRequest(aShortcut()))))).toMatchObject({ allowed: true });
  });

  test('is alive but not ready, and says why', async () => {
    expect(await starting.send('GET', '/healthz')).toMatchObject({ status: 200 });
    expect(await starting.send('GET', '/readyz')).toMatchObject({ status: 503, text: 'not read yet: LeafClusters' });
  });
});

test('a failure of the webhook itself is a refusal that names the request and hides the cause, which is logged', async () => {
  const world = {
    ...aWorld(),
    fleet: {
      review: () => {
        throw new Error('secret detail');
      },
    },
  };
  const failing = await serveApp({ world });
  try {
    const { allowed, status } = responseOf(await failing.post('/validate', aReview(aRequest(aShortcut()))));
    expect(allowed).toBe(false);
    expect(status).toMatchObject({ code: 500, reason: 'InternalError' });
    expect(status?.message).toMatch(/uid request-1$/);
    expect(JSON.stringify(failing.log)).toContain('secret detail');
  } finally {
    await failing.close();
  }
});
