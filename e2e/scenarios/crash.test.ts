import { kinds, type VirtualNodeShortcut } from '@leafway/core';
import { compareCensuses, connectAsAdmin, directAddress, type RunningLab } from '@leafway/lab';
import type { KubeApi } from '@leafway/reconciler';
import { fetchFromPod, takeCensus } from 'leafway/demo';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Crashes, createCrashes, neverStrike, type Strike } from '../support/crashes.ts';
import { forgetLeader } from '../support/lease.ts';
import { lookAt, type ObjectLook } from '../support/objects.ts';
import { type OwnControllers, takeOverControllers } from '../support/own-controllers.ts';
import { sharedLab } from '../support/shared-lab.ts';
import { shortcutManifest } from '../support/shortcuts.ts';
import { isReady, waitForShortcut } from '../support/wait.ts';

const name = 'rome-milan';
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
    // A killed leader leaves its lease behind; to wait for its end is the subject of another scenario.
    await crashes.keepRunning(controllers, () => forgetLeader(lab));
  });
  afterAll(async () => {
    await crashes?.end();
    await controllers?.stop();
    await Promise.all([look?.close(), centre?.close()]);
  });

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

  it('comes to the same end after a crash at any one write, whose answer it never hears', async () => {
    // The writes of a status that follow the first are tried below: there are many, and they differ in nothing else.
    const isFirst = (write: string): boolean => write.endsWith('#1');
    const [making, removing] = [setUpWrites.filter(isFirst), deleteWrites.filter(isFirst)];
    for (let index = 0; index < Math.max(making.length, removing.length); index += 1) {
      await setUp(onceAt(making[index]));
      expect(crashes.kills, making[index]).toBe(making[index] === undefined ? 0 : 1);
      await remove(onceAt(removing[index]));
      expect(crashes.kills, removing[index]).toBe(removing[index] === undefined ? 0 : 1);
    }
  }, 300_000);

  const onceAt =
    (victim: string | undefined): Strike =>
    (write, point) =>
      point === 'answer lost' && write === victim;

  it('comes to the same end when it dies at each of its writes, and never hears an answer', async () => {
    const always: Strike = (_, point) => point === 'answer lost';
    await setUp(always);
    expect(crashes.kills).toBeGreaterThanOrEqual(8);
    await remove(always);
    expect(crashes.kills).toBeGreaterThanOrEqual(8);
  }, 120_000);

  it('comes to the same end when it hears of one write in each of its lives, and dies at the next', async () => {
    await setUp(atTheSecond());
    expect(crashes.kills).toBeGreaterThanOrEqual(8);
    await remove(atTheSecond());
    expect(crashes.kills).toBeGreaterThanOrEqual(8);
  }, 120_000);

  function atTheSecond(): Strike {
    let [life, writesOfLife] = [0, 0];
    return (_, point) => {
      if (point !== 'request lost') return false;
      if (life !== crashes.kills) [life, writesOfLife] = [crashes.kills, 0];
      writesOfLife += 1;
      return writesOfLife === 2;
    };
  }
});
