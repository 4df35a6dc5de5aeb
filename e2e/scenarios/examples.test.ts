import { compareCensuses, type RunningLab, startPart, stopPart } from '@leafway/lab';
import { kubectl, takeCensus, warningsIn } from 'leafway/demo';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type OurKind, type OurObject, pathOf, storedObjects } from '../support/admission/admission-fleet.ts';
import { leafway, startLab, type TestLab } from '../support/lab/leafway.ts';
import { untouched } from '../support/objects/census.ts';
import { type Example, examplesDirectory, readExamples, readFleet } from '../support/objects/examples.ts';
import { connectRaw, type RawApi } from '../support/objects/raw-api.ts';

const merge = 'application/merge-patch+json';
const [valid, invalid] = [readExamples('valid'), readExamples('invalid')];
const byName = (examples: readonly Example[]): [string, Example][] => examples.map((one) => [one.file, one]);

describe('the examples', () => {
  let test: TestLab;
  let lab: RunningLab;
  let api: RawApi;
  const fleet = readFleet();
  beforeAll(async () => {
    test = await startLab(['central', 'oslo']);
    lab = test.lab;
    api = await connectRaw(lab, lab.centre);
    await stopPart(lab, 'controller');
    for (const leaf of fleet) await put(leaf);
  });
  afterAll(async () => {
    api?.close();
    await test?.stop();
  });

  const nameOf = ({ metadata }: OurObject): string => `${metadata.name}`;
  const at = (object: OurObject): string => `${pathOf[object.kind]}/${nameOf(object)}`;

  /** Brings an object about, by its manifest: its spec, its status, and whether it is being deleted. */
  async function put({ status, ...object }: OurObject): Promise<void> {
    const { deletionTimestamp, ...metadata } = object.metadata;
    await vi.waitFor(
      async () => {
        const body = { ...object, metadata };
        const apply = { method: 'PATCH', contentType: 'application/apply-patch+yaml', body } as const;
        const { message } = await api.send({ ...apply, path: `${at(object)}?fieldManager=prelude&force=true` });
        if (message !== '') throw new Error(message);
      },
      { timeout: 30_000, interval: 50 },
    );
    if (status !== undefined) await putStatus(object, status);
    if (deletionTimestamp !== undefined) await api.send({ method: 'DELETE', path: at(object) });
  }

  async function putStatus(object: OurObject, status: object): Promise<void> {
    const path = `${at(object)}/status`;
    const { message } = await api.send({ method: 'PATCH', path, contentType: merge, body: { status } });
    expect(message).toBe('');
  }

  /** Takes everything away that is not of the fleet. */
  async function tidy(): Promise<void> {
    const names = [...lab.leaves, ...fleet.map(nameOf)];
    for (const kind of ['VirtualNodeShortcut', 'LeafCluster'] as const) {
      for (const object of await storedObjects(api, kind)) {
        if (names.includes(nameOf(object))) continue;
        const path = `${pathOf[kind]}/${nameOf(object)}`;
        await api.send({ method: 'DELETE', path });
        await api.send({ method: 'PATCH', path, contentType: merge, body: { metadata: { finalizers: null } } });
      }
    }
  }

  const apply = (text: string, ...flags: readonly string[]) =>
    kubectl(lab, lab.centre, ['apply', '--filename=-', ...flags], text);
  const ours = async (): Promise<OurObject[]> => {
    const kinds: readonly OurKind[] = ['VirtualNodeShortcut', 'LeafCluster'];
    return (await Promise.all(kinds.map((kind) => storedObjects(api, kind)))).flat();
  };

  describe('with the webhook', () => {
    afterEach(tidy);

    it.each(byName(valid))(
      'valid/%s is accepted, with what its head says',
      async (_, { prelude, text, object, warnings }) => {
        for (const first of prelude) await put(first);
        const { code, stderr } = await apply(text);
        expect([code, stderr.replaceAll(/^Warning: .*\n/gm, '')]).toEqual([0, '']);
        // One is kubectl's own, about an object that it did not make itself.
        const said = warningsIn(stderr).filter((line) => !line.includes('last-applied-configuration'));
        expect(said).toEqual(warnings);
        if (object.status !== undefined) await putStatus(object, object.status);
      },
    );

    it.each(byName(invalid))(
      'invalid/%s is refused with its message',
      async (_, { prelude, text, flags, expected }) => {
        for (const first of prelude) await put(first);
        const before = await ours();
        const { code, stderr } = await apply(text, ...flags);
        for (const words of expected) expect(stderr).toContain(words);
        expect([code, await ours()]).toEqual([1, before]);
      },
    );

    it('a dry run of the valid ones says what `leafway plan` says, and leaves no trace', async () => {
      const [before, oursBefore] = [await takeCensus(lab), await ours()];
      let lines = 0;
      for (const { file, text } of valid.filter(({ prelude }) => prelude.length === 0)) {
        const { stderr } = await apply(text, '--dry-run=server');
        const args = ['--filename', `${examplesDirectory}valid/${file}`, '--kubeconfig', lab.kubeconfig(lab.centre)];
        const { stdout } = await leafway(['plan', ...args, '--output=json']);
        const [planned] = JSON.parse(stdout) as { warnings: string[] }[];
        expect(warningsIn(stderr), file).toEqual(planned?.warnings);
        lines += warningsIn(stderr).length;
      }
      expect(lines).toBeGreaterThan(0);
      expect(compareCensuses(before, await takeCensus(lab))).toEqual(untouched);
      expect(await ours()).toEqual(oursBefore);
    });
  });

  describe('with the webhook stopped', () => {
    let before: OurObject[];
    beforeAll(async () => {
      for (const { prelude, holdsWithoutWebhook } of invalid) {
        if (holdsWithoutWebhook) for (const first of prelude) await put(first);
      }
      await stopPart(lab, 'webhook');
      before = await ours();
    });
    afterAll(async () => {
      expect(await ours()).toEqual(before);
      await startPart(lab, 'webhook');
    });
    const closed = 'failed calling webhook "validate.leafway.dev"';

    it.concurrent.each(byName(invalid))(
      'invalid/%s is refused all the same',
      async (_, { text, flags, expected, holdsWithoutWebhook }) => {
        const { code, stderr } = await apply(text, ...flags);
        for (const words of holdsWithoutWebhook ? expected : [closed]) expect(stderr).toContain(words);
        expect(code).toBe(1);
      },
    );

    it.concurrent.each(byName(valid))('valid/%s is not stored: nobody has judged it', async (_, { text }) => {
      expect((await apply(text)).stderr).toContain(closed);
    });
  });
});
