import type { RunningLab } from '@leafway/lab';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedLab } from '../support/shared-lab.ts';
import { changeShortcut, deleteShortcut, makeShortcut, rolesOf } from '../support/shortcuts.ts';
import { expectDirect, expectNoLoss, expectPacketSoon, watchBothWays } from '../support/traffic.ts';
import { isReady, waitForShortcut } from '../support/wait.ts';

describe('a second shortcut of the same leaf', () => {
  let lab: RunningLab;
  beforeAll(async () => {
    lab = await sharedLab();
    await makeShortcut(lab, 'rome-milan', ['rome', 'milan']);
  });
  afterAll(() => deleteShortcut(lab, 'rome-milan'));

  /** Does something to the second shortcut while datagrams go over the first, and expects each of them back. */
  async function besideTheFirst(work: () => Promise<void>): Promise<void> {
    const watch = await watchBothWays(lab, 'rome', 'milan');
    await work();
    expectNoLoss(await watch.finish());
  }

  it('is set up beside the first, which loses no packet', () =>
    besideTheFirst(async () => {
      await makeShortcut(lab, 'rome-paris', ['rome', 'paris']);
      await expectDirect(lab, 'paris', 'rome');
    }));

  it('changes its MTU and its server beside the first, which loses no packet', () =>
    besideTheFirst(async () => {
      await changeShortcut(lab, 'rome-paris', { gateway: { mtu: 1400 } });
      const { server, client } = rolesOf(await waitForShortcut(lab, 'rome-paris', 'being Ready', isReady));
      await changeShortcut(lab, 'rome-paris', { gateway: { server: client } });
      const swapped = await waitForShortcut(
        lab,
        'rome-paris',
        'being Ready with changed roles',
        (found) => isReady(found) && rolesOf(found).server === client,
      );
      expect(rolesOf(swapped).client).toBe(server);
      await expectPacketSoon(lab, server, client);
    }));

  it('is deleted beside the first, which loses no packet', () =>
    besideTheFirst(() => deleteShortcut(lab, 'rome-paris')));
});
