import { type RunningLab, startPart, stopPart } from '@leafway/lab';
import { apiVersionOf, resources } from '@leafway/liqo';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  aLeaf,
  aShortcut,
  type OurObject,
  pathOf,
  store,
  withoutController,
} from '../support/admission/admission-fleet.ts';
import { cells, describeCell, requestOf } from '../support/admission/bypass-cells.ts';
import {
  createSupply,
  type HarmlessRequest,
  planHarmless,
  sendHarmless,
} from '../support/admission/harmless-requests.ts';
import { grantRights, userWith, writer } from '../support/admission/rights.ts';
import { pidOf } from '../support/lab/parts.ts';
import { sharedLab } from '../support/lab/shared-lab.ts';
import { connectRaw, type RawApi, type RawRequest } from '../support/objects/raw-api.ts';

const { publicKeys } = resources;
const closed = 'failed calling webhook "validate.leafway.dev"';
const actors = [
  { who: 'admin', user: undefined, isPatcher: false },
  { who: 'a user without connect and Secret', user: userWith(writer), isPatcher: false },
];
const configMaps = '/api/v1/namespaces/default/configmaps';
const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'webhook-down' } };

/** What has nothing to do with us, as any cluster does it all the time. */
const ofOthers: readonly RawRequest[] = [
  { method: 'POST', path: configMaps, body: configMap },
  { method: 'PUT', path: `${configMaps}/webhook-down`, body: { ...configMap, data: { a: 'b' } } },
  { method: 'DELETE', path: `${configMaps}/webhook-down` },
  {
    method: 'POST',
    path: `/apis/${apiVersionOf(publicKeys)}/namespaces/default/${publicKeys.plural}?dryRun=All`,
    body: {
      apiVersion: apiVersionOf(publicKeys),
      kind: publicKeys.kind,
      metadata: { name: 'webhook-down' },
      spec: { publicKey: Buffer.alloc(32).toString('base64') },
    },
  },
];

describe('while the webhook', () => {
  let lab: RunningLab;
  let api: RawApi;
  const undo: (() => Promise<void>)[] = [];
  let harmless: HarmlessRequest[];
  /** What is stored, and another spec that is as good. */
  let live: { readonly object: OurObject; readonly better: object }[];
  beforeAll(async () => {
    lab = await sharedLab();
    api = await connectRaw(lab, lab.centre);
    undo.push(await withoutController(lab, api));
    undo.push(await grantRights(lab, [writer]));
    const supply = await createSupply(api);
    harmless = [
      ...(await planHarmless('VirtualNodeShortcut', actors, supply)),
      ...(await planHarmless('LeafCluster', actors, supply)),
    ];
    live = [
      { object: await store(api, aLeaf('live')), better: { gateway: { mayServe: false } } },
      { object: await store(api, aShortcut('live', ['rome', 'milan'])), better: { paused: true } },
    ];
  });
  afterAll(async () => {
    for (const step of undo.toReversed()) await step();
    api?.close();
  });

  async function expectOthersUnaffected(): Promise<void> {
    for (const request of ofOthers) {
      const { status, message } = await api.send(request);
      expect(`${status} ${message}`, `${request.method} ${request.path}`).toMatch(/^20[01] $/);
    }
  }

  describe('is stopped', () => {
    beforeAll(() => stopPart(lab, 'webhook'));
    afterAll(() => startPart(lab, 'webhook'));

    it('no spec is stored, however good it is', async () => {
      let count = 0;
      for (const { object, better } of live) {
        const path = pathOf[object.kind];
        for (const cell of cells.filter(({ subresource, target }) => subresource === '' && target === 'live')) {
          const name = cell.write === 'create' ? 'new' : 'live';
          const aim = { ...object, metadata: { ...object.metadata, name } };
          const { status, message } = await api.send(requestOf(cell, aim, { ...object.spec, ...better }));
          expect(`${status} ${message}`, describeCell(cell)).toContain(closed);
          count += 1;
        }
        const { body } = await api.send({ method: 'GET', path: `${path}/live` });
        expect((body as OurObject).spec).toEqual(object.spec);
        expect((await api.send({ method: 'GET', path: `${path}/new` })).status).toBe(404);
      }
      console.log(`${count} ways to store a good spec, all closed`);
    });

    it('labels, finalizers, status and deletes go on, by every verb', async () => {
      await sendHarmless(api, harmless);
      console.log(`${harmless.length} requests that leave a spec alone, none refused`);
    });

    it('other kinds do not notice', () => expectOthersUnaffected());
  });

  it('comes back, good specs are stored again', async () => {
    await store(api, aShortcut('back', ['rome', 'paris']));
  });

  it('hangs, other kinds and deletes do not wait, and a spec waits a few seconds and is not stored', async () => {
    const pid = await pidOf(lab, 'webhook');
    process.kill(pid, 'SIGSTOP');
    try {
      const body = aShortcut('hanging', ['milan', 'paris']);
      const answer = api.send({ method: 'POST', path: pathOf.VirtualNodeShortcut, body });
      let isAnswered = false;
      const answered = answer.finally(() => {
        isAnswered = true;
      });
      await expectOthersUnaffected();
      const deleted = await api.send({ method: 'DELETE', path: `${pathOf.VirtualNodeShortcut}/back` });
      expect([deleted.status, isAnswered]).toEqual([200, false]);
      expect((await answered).message).toContain(closed);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
  });
});
