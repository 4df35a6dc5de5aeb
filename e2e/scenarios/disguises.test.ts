import type { RunningLab } from '@leafway/lab';
import { labelKeys } from '@leafway/liqo';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  aShortcut,
  type OurObject,
  pathOf,
  store,
  storedObjects,
  withoutController,
} from '../support/admission/admission-fleet.ts';
import { pidOf } from '../support/lab/parts.ts';
import { sharedLab } from '../support/lab/shared-lab.ts';
import { connectRaw, type RawApi, type RawRequest } from '../support/objects/raw-api.ts';

const path = pathOf.VirtualNodeShortcut;
const merge = 'application/merge-patch+json';
/** Only the webhook knows that there is no such leaf. */
const bad = aShortcut('bad', ['rome', 'nowhere']);
const nowhere = /^422 .*there is no LeafCluster "nowhere"/s;
const uid = '00000000-0000-0000-0000-000000000000';

const create = (body: unknown, query = '', contentType?: string): RawRequest => ({
  method: 'POST',
  path: `${path}${query}`,
  contentType,
  body,
});
const marked = (metadata: object): object => ({ ...bad, metadata: { ...bad.metadata, ...metadata } });
/** As text, where JSON.stringify would not write it. */
const text = (spec: string): string =>
  `{"apiVersion":"leafway.dev/v1alpha1","kind":"VirtualNodeShortcut","metadata":{"name":"bad"},"spec":${spec}}`;
const pair = '"clusters":[{"id":"rome"},{"id":"milan"}]';
const deep = `${'{"a":'.repeat(200)}1${'}'.repeat(200)}`;

/** How a bad spec may be dressed up, and what the API server then says: its status and message. */
const disguises: readonly [string, RawRequest, RegExp][] = [
  ['labels of ours', create(marked({ labels: { [labelKeys.shortcutUID]: uid } })), nowhere],
  ['the finalizer of the controller', create(marked({ finalizers: ['leafway.dev/cleanup'] })), nowhere],
  [
    'an owner',
    create(marked({ ownerReferences: [{ apiVersion: 'v1', kind: 'Namespace', name: 'default', uid }] })),
    nowhere,
  ],
  ['an identity', create(marked({ uid, generation: 7, creationTimestamp: '2020-01-01T00:00:00Z' })), nowhere],
  [
    'a deletion that has begun',
    create(
      marked({ deletionTimestamp: '2020-01-01T00:00:00Z', deletionGracePeriodSeconds: 0, finalizers: ['a.dev/b'] }),
    ),
    nowhere,
  ],
  [
    'a status that says it was accepted',
    create({ ...bad, status: { phase: 'Ready', observedGeneration: 1 } }),
    nowhere,
  ],
  [
    'unknown fields',
    create({ ...bad, spec: { ...bad.spec, later: { clusters: [] } } }, '?fieldValidation=Ignore'),
    nowhere,
  ],
  [
    'unknown fields, strictly',
    create({ ...bad, spec: { ...bad.spec, later: 1 } }, '?fieldValidation=Strict'),
    /^400 .*later/s,
  ],
  [
    'the prototype as a field',
    create(text(`{"__proto__":{"clusters":[]},"clusters":[{"id":"rome"},{"id":"nowhere"}]}`)),
    nowhere,
  ],
  [
    'a key twice, the good one first',
    create(
      text(`{"clusters":[{"id":"rome"},{"id":"milan"}],"clusters":[{"id":"rome"},{"id":"nowhere"}]}`),
      '?fieldValidation=Ignore',
    ),
    nowhere,
  ],
  ['a key twice, strictly', create(text(`{${pair},${pair}}`), '?fieldValidation=Strict'), /^400 .*duplicate/s],
  ['a key in capitals', create(text(`{"Clusters":[],"clusters":[{"id":"rome"},{"id":"nowhere"}]}`)), nowhere],
  ['no spec', create({ ...bad, spec: undefined }), /^422 .*spec/s],
  ['null for a spec', create({ ...bad, spec: null }), /^422 .*spec/s],
  ['a list for a spec', create({ ...bad, spec: [] }), /^4\d\d ./],
  ['its spec under another key', create(text(`null,"Spec":{${pair}}`)), /^422 .*spec/s],
  ['a number beyond all numbers', create(text(`{${pair},"gateway":{"mtu":1e400}}`)), /^4\d\d ./],
  ['a number with a fraction', create(text(`{${pair},"gateway":{"mtu":1400.5}}`)), /^4\d\d ./],
  [
    'great depth',
    create(text(`{"clusters":[{"id":"rome"},{"id":"nowhere"}],"deep":${deep}}`), '?fieldValidation=Ignore'),
    nowhere,
  ],
  ['YAML', create(`${JSON.stringify(bad)}\n`, '', 'application/yaml'), nowhere],
  ['CBOR', create(JSON.stringify(bad), '', 'application/cbor'), /^4\d\d ./],
  ['another kind in its body', create({ ...bad, kind: 'LeafCluster' }), nowhere],
  ['another version in its body', create({ ...bad, apiVersion: 'leafway.dev/v1' }), /^400 ./],
  ['another version in its path', { ...create(bad), path: path.replace('v1alpha1', 'v1') }, /^404 ./],
  ['a namespace', { ...create(bad), path: path.replace('v1alpha1', 'v1alpha1/namespaces/default') }, /^404 ./],
  [
    'a strategic merge patch',
    {
      method: 'PATCH',
      path: `${path}/good`,
      contentType: 'application/strategic-merge-patch+json',
      body: { spec: bad.spec },
    },
    /^415 ./,
  ],
];

describe('a bad spec in disguise', () => {
  let lab: RunningLab;
  let api: RawApi;
  let undo: () => Promise<void>;
  let good: OurObject;
  let webhook: number;
  beforeAll(async () => {
    lab = await sharedLab();
    webhook = await pidOf(lab, 'webhook');
    api = await connectRaw(lab, lab.centre);
    undo = await withoutController(lab, api);
    good = await store(api, aShortcut('good', ['rome', 'milan']));
  });
  afterAll(async () => {
    await undo?.();
    api?.close();
  });

  const stored = async (): Promise<OurObject> =>
    (await api.send({ method: 'GET', path: `${path}/good` })).body as OurObject;

  it.each(disguises)('is refused with %s', async (_, request, expected) => {
    const { status, message } = await api.send(request);
    expect(`${status} ${message}`).toMatch(expected);
    expect((await storedObjects(api, 'VirtualNodeShortcut')).map(({ metadata }) => metadata.name)).toEqual(['good']);
  });

  it('does not become another object by a patch of what the server alone sets', async () => {
    const { metadata, spec } = await stored();
    const claims = {
      uid,
      generation: 99,
      creationTimestamp: '2020-01-01T00:00:00Z',
      deletionTimestamp: '2020-01-01T00:00:00Z',
    };
    for (const [field, value] of Object.entries(claims)) {
      const body = { metadata: { [field]: value }, spec: { gateway: { server: 'nowhere' } } };
      const { status } = await api.send({ method: 'PATCH', path: `${path}/good`, contentType: merge, body });
      expect(status, field).toBeGreaterThanOrEqual(400);
    }
    expect(await stored()).toEqual({ ...good, metadata, spec });
  });

  it('does not get in behind a status, a finalizer or a delete', async () => {
    const spec = { gateway: { service: { type: 'ClusterIP', nodePort: 30_123 } } };
    const patch = (at: string, body: object) =>
      api.send({ method: 'PATCH', path: `${path}/good${at}`, contentType: merge, body });
    const metadata = { labels: { a: 'b' }, ownerReferences: [{ apiVersion: 'v1', kind: 'Namespace', name: 'x', uid }] };
    expect((await patch('/status', { status: { observedGeneration: 1 }, spec, metadata })).status).toBe(200);
    const after = (await stored()).metadata;
    expect(after.labels).toEqual(good.metadata.labels);
    expect(after).not.toHaveProperty('ownerReferences');
    expect((await patch('', { metadata: { finalizers: ['test.dev/stay'] }, spec })).status).toBe(422);
    expect((await patch('', { metadata: { finalizers: ['test.dev/stay'] } })).status).toBe(200);
    const deleted = (body?: object) => api.send({ method: 'DELETE', path: `${path}/good`, body });
    expect([(await deleted(bad)).status, (await deleted()).status]).toEqual([400, 200]);
    const paused = await patch('', { metadata: { finalizers: null }, spec: { paused: true } });
    expect(`${paused.status} ${paused.message}`).toMatch(/^422 .*"good" is being deleted/);
    const revived = await patch('', { metadata: { deletionTimestamp: null }, spec: { paused: true } });
    expect(`${revived.status} ${revived.message}`).toMatch(/^422 .*"good" is being deleted/);
    expect((await stored()).spec).toEqual(good.spec);
    expect((await patch('', { metadata: { finalizers: null } })).status).toBe(200);
    expect(await storedObjects(api, 'VirtualNodeShortcut')).toEqual([]);
  });

  it('is served in no other version', async () => {
    const { body } = await api.send({ method: 'GET', path: '/apis/leafway.dev' });
    const { versions } = body as { versions: { version: string }[] };
    expect(versions.map(({ version }) => version)).toEqual(['v1alpha1']);
  });

  it('brings the webhook down in none of them', async () => {
    expect(await pidOf(lab, 'webhook')).toBe(webhook);
  });
});
