import { once } from 'node:events';
import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { noMetrics, systemClock } from '@leafway/reconciler';
import { silentLogger } from '@leafway/reconciler/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createEndpoints, leavesSpecAlone, misfitOf } from '../admission/endpoints.ts';
import { type AdmissionResponse, readReview } from '../admission/review.ts';
import { aLeaf, aRequest, aReview, aShortcut, aWorld } from '../testing/builders.ts';
import { parseReferenceJson } from '../testing/reference-json.ts';
import { BodyBudget } from './body-budget.ts';
import { createListener } from './listener.ts';
import { createMeasures } from './measures.ts';

/** A failed run is repeated by giving its seed. */
const seed = Number(process.env.LEAFWAY_FUZZ_SEED ?? Date.now() % 2 ** 31);
const [rounds, inputsPerRound] = [2_500, 8];

const world = aWorld();
const endpoints = createEndpoints(world);
const budget = new BodyBudget();
const agent = new Agent({ keepAlive: true });
const server = createServer(
  createListener({
    world,
    budget,
    clock: systemClock,
    log: silentLogger,
    measures: createMeasures(noMetrics),
    isStopping: () => false,
    remarks: () => [],
    worldWaitsFor: () => undefined,
    notReady: () => undefined,
  }),
);

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => {
  agent.destroy();
  server.closeAllConnections();
  server.close();
});

interface Input {
  readonly path: '/mutate' | '/validate';
  readonly body: Uint8Array;
}

const fullSpec = {
  clusters: [{ id: 'rome', kubeconfigSecretRef: { namespace: 'a', name: 'b', key: 'c' } }, { id: 'milan' }],
  gateway: {
    server: 'rome',
    service: { type: 'NodePort' as const, port: 51840, nodePort: 30000, annotations: { a: 'b' } },
    client: { address: '192.0.2.1', port: 51840 },
    mtu: 1340,
  },
  ipMapping: { policy: 'Explicit' as const, explicit: [{ cluster: 'rome', pod: ['10.80.0.0/16'] }] },
};
/** Reviews that are accepted, or nearly: what is made of them comes through many checks before it fails. */
const reviews = [
  aRequest(aShortcut()),
  aRequest(aShortcut({ spec: fullSpec as never })),
  aRequest(aShortcut({ spec: { paused: true } }), { operation: 'UPDATE', oldObject: aShortcut() }),
  aRequest(aShortcut(), { operation: 'UPDATE', oldObject: aShortcut(), subResource: 'status' }),
  aRequest(aLeaf('oslo', { spec: { gateway: { address: 'vpn.example.org' } } as never })),
].map((admission) => JSON.stringify(aReview(admission)));

/** Values that something might not expect, as text, since not all of them are values of JavaScript. */
const oddValues = [
  ...['null', '0', '-0', '1e400', '-1e400', '9007199254740993', '1.5', '01', '""', '"\\u0000"', '"\\ud800"', 'NaN'],
  ...['{}', '[]', '[null]', '{"__proto__":{"allowed":true}}', '{"a":1,"a":2}', '{"constructor":{"prototype":null}}'],
  ...['"10.0.0.0/8"', '"::/0"', '"\u{1f600}"', '"toString"', '"hasOwnProperty"', '"rome"', '"central"', 'true'],
  `${'['.repeat(99)}${']'.repeat(99)}`,
  `"${'x'.repeat(70_000)}"`,
  `{${Array.from({ length: 300 }, (_, index) => `"k${index}":${index}`).join(',')}}`,
];
const oddValue = fc.oneof(
  fc.constantFrom(...oddValues),
  fc.json({ maxDepth: 4 }),
  fc.string().map((s) => `"${s}"`),
);
const oddKey = fc.constantFrom(
  '"__proto__":1,',
  '"uid":"x",',
  '"spec":{},',
  '"constructor":1,',
  '"":1,',
  '"a\\u0000":1,',
);

const mutation = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('value' as const), at: fc.nat(), value: oddValue }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('key' as const), at: fc.nat(), value: oddKey }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('drop' as const), at: fc.nat(), value: fc.constant('') }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('byte' as const), at: fc.nat(), value: fc.string() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('end' as const), at: fc.nat(), value: fc.string() }) },
);

/** Changes one place of a text: the value of a key, one key more, one key less, some characters, or its end. */
function mutate(review: string, { kind, at, value }: { kind: string; at: number; value: string }): string {
  const pairs = [...review.matchAll(/"[^"]*":("[^"]*"|[\w.-]+|\{\}|\{[^{}]*\}|\[[^[\]]*\])/g)];
  const pair = pairs[at % Math.max(1, pairs.length)];
  const place = at % (review.length + 1);
  if (kind === 'end') return review.slice(0, place) + value;
  if (kind === 'byte' || pair === undefined) return review.slice(0, place) + value + review.slice(place + 1);
  const [whole] = pair;
  const key = whole.slice(0, whole.indexOf(':') + 1);
  const replacement = { value: `${key}${value}`, key: `${value}${whole}`, drop: '"dropped":null' }[kind] ?? whole;
  return review.slice(0, pair.index) + replacement + review.slice(pair.index + whole.length);
}

const body = fc.oneof(
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 300 }) },
  { weight: 1, arbitrary: fc.json().map((json) => Buffer.from(json)) },
  {
    weight: 12,
    arbitrary: fc
      .tuple(fc.constantFrom(...reviews), fc.array(mutation, { maxLength: 3 }))
      .map(([review, mutations]) => Buffer.from(mutations.reduce(mutate, review))),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom(...reviews), fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 4 }))
      .map(([review, at, bytes]) => {
        const buffer = Buffer.from(review);
        buffer.set(bytes, at % (buffer.length - 4));
        return buffer;
      }),
  },
);
const input: fc.Arbitrary<Input> = fc
  .record({ path: fc.constantFrom('/mutate' as const, '/validate' as const), body })
  // So that the report of a failure can be read.
  .map((one) => ({ ...one, [fc.toStringMethod]: () => `${one.path} ${Buffer.from(one.body).toString()}` }));

async function send({ path, body: bytes }: Input) {
  const { port } = server.address() as AddressInfo;
  const headers = { 'content-type': 'application/json', 'content-length': bytes.length };
  const outgoing = request({ host: '127.0.0.1', port, agent, method: 'POST', path, headers });
  outgoing.end(bytes);
  const [response] = await once(outgoing, 'response');
  return { status: response.statusCode as number, type: response.headers['content-type'], text: await text(response) };
}

/** Whether the request is one that may be allowed, by the other reader and the judges. */
function isAcceptable({ path, body: bytes }: Input): boolean {
  try {
    const { value, oddPlaces } = parseReferenceJson(bytes);
    const admission = readReview(value);
    const endpoint = endpoints[path];
    if (oddPlaces.some((place) => place !== 'request.object' && place !== 'request.oldObject')) return false;
    if (misfitOf(admission, endpoint) !== undefined) return false;
    if (leavesSpecAlone(admission)) return true;
    if (oddPlaces.includes('request.object')) return false;
    return endpoint.judges.get(admission.kind.kind)?.(admission).problems.length === 0;
  } catch {
    return false;
  }
}

test(`${rounds * inputsPerRound} bodies, most of them nearly right, are each answered well, and none is accepted that should not be (seed ${seed})`, async () => {
  console.log(`fuzzing AdmissionReviews with LEAFWAY_FUZZ_SEED=${seed}`);
  const seen = { allowed: 0, refused: 0, text: 0 };

  const check = async (one: Input): Promise<void> => {
    const answer = await send(one);
    if (answer.status !== 200) {
      expect(answer.status).toBe(400);
      expect(answer.type).toBe('text/plain; charset=utf-8');
      expect(answer.text.length).toBeGreaterThan(10);
      expect(isAcceptable(one)).toBe(false);
      seen.text += 1;
      return;
    }
    const { apiVersion, kind, response } = JSON.parse(answer.text) as Record<string, unknown> & {
      response: AdmissionResponse;
    };
    expect({ type: answer.type, apiVersion, kind }).toEqual({
      type: 'application/json',
      apiVersion: 'admission.k8s.io/v1',
      kind: 'AdmissionReview',
    });
    expect(response.uid).toEqual(expect.stringMatching(/./));
    if (response.allowed) {
      seen.allowed += 1;
      expect(isAcceptable(one)).toBe(true);
      if (response.patch !== undefined) expect(JSON.parse(atob(response.patch))).toBeInstanceOf(Array);
    } else {
      seen.refused += 1;
      expect([400, 422]).toContain(response.status?.code);
      expect(response.status?.message).toEqual(expect.stringMatching(/./));
      expect(isAcceptable(one)).toBe(false);
    }
  };
  await fc.assert(
    fc.asyncProperty(fc.array(input, { minLength: inputsPerRound, maxLength: inputsPerRound }), async (inputs) => {
      await Promise.all(inputs.map(check));
    }),
    { seed, numRuns: rounds },
  );
  // Without some of each, the inputs would not be what they are meant to be.
  expect(Math.min(seen.allowed, seen.refused, seen.text)).toBeGreaterThan(rounds);
  expect([budget.bodies, budget.bytes]).toEqual([0, 0]);
}, 300_000);
