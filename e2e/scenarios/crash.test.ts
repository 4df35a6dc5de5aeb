import { kinds, type VirtualNodeShortcut } from '@leafway/core';
import { compareCensuses, connectAsAdmin, type RunningLab } from '@leafway/lab';
import { buildTenantNamespace, resources } from '@leafway/liqo';
import type { KubeApi } from '@leafway/reconciler';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Crashes, createCrashes, neverStrike, type Strike } from '../support/lab/crashes.ts';
import { forgetLeader } from '../support/lab/lease.ts';
import { type OwnControllers, takeOverControllers } from '../support/lab/own-controllers.ts';
import { sharedLab } from '../support/lab/shared-lab.ts';
import { takeSettledCensus, untouched } from '../support/objects/census.ts';
import { lookAt, type ObjectLook } from '../support/objects/objects.ts';
import { shortcutManifest } from '../support/objects/shortcuts.ts';
import { isReady, waitForShortcut } from '../support/objects/wait.ts';
import { expectPacket } from '../support/traffic.ts';

const name = 'rome-milan';
const ends = [
  ['rome', 'milan'],
  ['milan', 'rome'],
] as const;
/** A controller that dies at each of its writes is started some twenty times. */
const patienceMs = 180_000;
const convergesWithin = { timeout: patienceMs, interval: 50 };

/** What a run without any fault came to, and by which writes. */
interface Reference {
  readonly empty: readonly string[];
  readonly complete: readonly string[];
  readonly making: readonly string[];
  readonly removing: readonly string[];
}

describe('a controller that is killed and started again', () => {
  let lab: RunningLab;
  let centre: KubeApi & { close(): Promise<void> };
  let look: ObjectLook;
  let controllers: OwnControllers;
  let crashes: Crashes;
  let reference: Reference;

  beforeAll(async () => {
    lab = await sharedLab();
    centre = await connectAsAdmin(lab, lab.centre);
    look = await lookAt(lab, [lab.centre, 'rome', 'milan']);
    crashes = createCrashes();
    controllers = await takeOverControllers(lab, crashes);
    // A killed leader leaves its lease behind; to wait for its end is the subject of another scenario.
    await crashes.keepRunning(controllers, () => forgetLeader(lab));
  });
  afterAll(async () => {
    await crashes?.end();
    await controllers?.stop();
    await Promise.all([look?.close(), centre?.close()]);
  });

  async function make(strike: Strike): Promise<void> {
    crashes.begin(strike);
    await centre.create(kinds.shortcuts, JSON.parse(shortcutManifest(name, ['rome', 'milan'])) as VirtualNodeShortcut);
    await waitForShortcut(lab, name, 'being Ready', isReady, patienceMs);
  }

  /** Makes the link with a controller that dies as `strike` says, and expects what a fault-free one comes to. */
  async function setUp(strike: Strike): Promise<void> {
    await make(strike);
    await expect.poll(look.take, convergesWithin).toEqual(reference.complete);
    await expectPacket(lab, 'rome', 'milan');
  }

  async function remove(strike: Strike): Promise<void> {
    crashes.begin(strike);
    await centre.delete(kinds.shortcuts, { name });
    await expect.poll(look.take, convergesWithin).toEqual(reference.empty);
  }

  /** Makes and removes the link without a fault. */
  async function recordReference(): Promise<void> {
    const empty = await look.take();
    await make(neverStrike);
    reference = { empty, complete: await look.take(), making: crashes.writes, removing: [] };
    await remove(neverStrike);
    reference = { ...reference, removing: crashes.writes };
  }

  /** One run for each write; the writes of a status that follow its first differ in nothing else. */
  async function dieOnceAtEach(): Promise<void> {
    const [making, removing] = [reference.making, reference.removing].map((writes) =>
      writes.filter((write) => write.endsWith('#1')),
    ) as [string[], string[]];
    for (let index = 0; index < Math.max(making.length, removing.length); index += 1) {
      for (const [step, victim] of [
        [setUp, making[index]],
        [remove, removing[index]],
      ] as const) {
        await step((write, point) => point === 'answer lost' && write === victim);
        // Whether a status passes through one more state is chance; everything else is written in every run.
        if (victim?.includes('/status ') !== true) expect(crashes.kills, victim).toBe(victim === undefined ? 0 : 1);
      }
    }
  }

  it('makes and removes a link, as long as nothing happens to it, by eight writes on the leaves', async () => {
    const before = await takeSettledCensus(lab);
    await recordReference();
    expect(reference.making.filter((write) => !write.startsWith(lab.centre))).toHaveLength(8);
    expect(compareCensuses(before, await takeSettledCensus(lab))).toEqual(untouched);
  });

  it(
    'comes to the same end when it dies at each of its writes, and never hears an answer',
    async () => {
      const always: Strike = (_, point) => point === 'answer lost';
      await setUp(always);
      expect(crashes.kills).toBeGreaterThan(4);
      await remove(always);
      expect(crashes.kills).toBeGreaterThan(4);
    },
    2 * patienceMs,
  );

  it(
    'comes to the same end when it hears of one write in each of its lives, and dies at the next',
    async () => {
      await setUp(atTheSecond());
      expect(crashes.kills).toBeGreaterThan(4);
      await remove(atTheSecond());
      expect(crashes.kills).toBeGreaterThan(4);
    },
    2 * patienceMs,
  );

  function atTheSecond(): Strike {
    let [life, writesOfLife] = [0, 0];
    return (_, point) => {
      if (point !== 'request lost') return false;
      if (life !== crashes.kills) [life, writesOfLife] = [crashes.kills, 0];
      writesOfLife += 1;
      return writesOfLife === 2;
    };
  }

  it('comes to the same end after dying once, whatever write that was', async () => {
    // Kubernetes takes five seconds to remove a namespace: here, unlike above, they are somebody else's, and stay.
    for (const [leaf, peer] of ends) {
      const api = await connectAsAdmin(lab, leaf);
      await api.create(resources.namespaces, buildTenantNamespace(peer));
      await api.close();
    }
    await recordReference();
    await dieOnceAtEach();
    for (const [leaf, peer] of ends) {
      const api = await connectAsAdmin(lab, leaf);
      await api.delete(resources.namespaces, buildTenantNamespace(peer).metadata);
      await api.close();
    }
  }, 480_000);
});
