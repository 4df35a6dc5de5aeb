import { kinds, type VirtualNodeShortcut } from '@leafway/core';
import { compareCensuses, connectAsAdmin, directAddress, type RunningLab } from '@leafway/lab';
import type { KubeApi, KubeObject } from '@leafway/reconciler';
import { fetchFromPod, takeCensus } from 'leafway/demo';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Crashes, type CrashPoint, createCrashes, neverStrike, type Strike } from '../support/crashes.ts';
import { lookAt, type ObjectLook } from '../support/objects.ts';
import { type OwnControllers, takeOverControllers } from '../support/own-controllers.ts';
import { sharedLab } from '../support/shared-lab.ts';
import { shortcutManifest } from '../support/shortcuts.ts';
import { isReady, waitForShortcut } from '../support/wait.ts';

const name = 'rome-milan';
const leases = { group: 'coordination.k8s.io', version: 'v1', plural: 'leases', kind: 'Lease', namespaced: true };
const convergesWithin = { timeout: 60_000, interval: 50 };

describe('a controller that is killed and started again', () => {
  let lab: RunningLab;
  let centre: KubeApi & { close(): Promise<void> };
  let look: ObjectLook;
  let controllers: OwnControllers;
  let crashes: Crashes;
  /** What a run without any fault came to. */
  let empty: string[];
  let complete: string[];
  let setUpWrites: readonly string[];
  let deleteWrites: readonly string[];

  beforeAll(async () => {
    lab = await sharedLab();
    centre = await connectAsAdmin(lab, lab.centre);
    look = await lookAt(lab, [lab.centre, 'rome', 'milan']);
    crashes = createCrashes();
    controllers = await takeOverControllers(lab, crashes);
    await crashes.keepRunning(controllers, forgetLeader);
  });
  afterAll(async () => {
    await crashes?.end();
    await controllers?.stop();
    await Promise.all([look?.close(), centre?.close()]);
  });

  /** A killed leader leaves its lease behind; waiting for its end is the subject of one test alone. */
  async function forgetLeader(): Promise<void> {
    const { items } = await centre.list<KubeObject>(leases, { namespace: 'leafway-system' });
    for (const { metadata } of items) await centre.delete(leases, metadata);
  }

  /** Makes the link with a controller that dies as `strike` says, and expects what a fault-free one comes to. */
  async function setUp(strike: Strike): Promise<void> {
    crashes.begin(strike);
    await centre.create(kinds.shortcuts, JSON.parse(shortcutManifest(name, ['rome', 'milan'])) as VirtualNodeShortcut);
    await waitForShortcut(lab, name, 'being Ready', isReady);
    await expect.poll(look.take, convergesWithin).toEqual(complete);
    const web = await directAddress(lab, { from: 'rome', to: 'milan', pod: 'web' });
    expect(await fetchFromPod(lab, 'rome/client', `http://${web}`, 1)).toMatchObject({ received: 1 });
  }

  async function remove(strike: Strike): Promise<void> {
    crashes.begin(strike);
    await centre.delete(kinds.shortcuts, { name });
    await expect.poll(look.take, convergesWithin).toEqual(empty);
  }

  it('makes and removes a link when nothing happens to it', async () => {
    const before = await takeCensus(lab);
    empty = await look.take();
    crashes.begin(neverStrike);
    await centre.create(kinds.shortcuts, JSON.parse(shortcutManifest(name, ['rome', 'milan'])) as VirtualNodeShortcut);
    await waitForShortcut(lab, name, 'being Ready', isReady);
    complete = await look.take();
    setUpWrites = crashes.writes;
    expect(setUpWrites.filter((write) => !write.startsWith(lab.centre))).toHaveLength(8);
    await remove(neverStrike);
    deleteWrites = crashes.writes;
    expect(compareCensuses(before, await takeCensus(lab))).toEqual({ added: [], removed: [], changed: [] });
  });

  it.each<CrashPoint>(['answer lost', 'before'])(
    'comes to the same end after a crash at each single write: %s',
    async (point) => {
      const at =
        (name: string | undefined): Strike =>
        (write, where) =>
          where === point && write === name;
      for (let index = 0; index < Math.max(setUpWrites.length, deleteWrites.length); index += 1) {
        const t = performance.now();
        await setUp(at(setUpWrites[index]));
        const k1 = crashes.kills;
        const t1 = performance.now();
        await remove(at(deleteWrites[index]));
        console.log(
          point,
          Math.round(t1 - t),
          Math.round(performance.now() - t1),
          k1,
          crashes.kills,
          setUpWrites[index],
          deleteWrites[index],
        );
      }
    },
    600_000,
  );

  it.each<CrashPoint>(['answer lost', 'before'])(
    'comes to the same end when it writes once in each of its lives: %s',
    async (point) => {
      const t = performance.now();
      let writesOfLife = 0;
      let lives = 0;
      const everyWrite: Strike = (_, where) => {
        if (where !== point) return false;
        if (lives !== crashes.kills) {
          lives = crashes.kills;
          writesOfLife = 0;
        }
        writesOfLife += 1;
        return point === 'answer lost' || writesOfLife > 1;
      };
      await setUp(everyWrite);
      const t1 = performance.now();
      console.log(point, Math.round(t1 - t), crashes.kills, crashes.writes);
      await remove(everyWrite);
      console.log(point, Math.round(performance.now() - t1), crashes.kills, crashes.writes);
    },
    300_000,
  );
});
