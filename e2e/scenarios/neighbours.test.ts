import type { RunningLab } from '@leafway/lab';
import { mustKubectl } from 'leafway/demo';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedLab } from '../support/lab/shared-lab.ts';
import { changeShortcut, deleteShortcut, makeShortcut, rolesOf } from '../support/objects/shortcuts.ts';
import { isReady, waitForShortcut } from '../support/objects/wait.ts';
import { expectDirect, expectNoLoss, expectPacketSoon, watchBothWays } from '../support/traffic.ts';

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

  it('is deleted beside the first, which loses no packet and keeps what Liqo knows of its leaves', async () => {
    // As Liqo makes them when it sees the first object for another cluster, and never removes them.
    const known = ['milan', 'paris'].map((clusterID) => ({
      ...{ apiVersion: 'core.liqo.io/v1beta1', kind: 'ForeignCluster' },
      ...{ metadata: { name: clusterID }, spec: { clusterID } },
    }));
    const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: known });
    await mustKubectl(lab, 'rome', ['create', '--filename=-'], list);
    await besideTheFirst(() => deleteShortcut(lab, 'rome-paris'));
    const left = await mustKubectl(lab, 'rome', ['get', 'foreignclusters', '--output=name']);
    expect(left.stdout.trim()).toBe('foreigncluster.core.liqo.io/milan');
  });
});
