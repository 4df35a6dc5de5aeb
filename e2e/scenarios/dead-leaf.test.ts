import { compareCensuses, type RunningLab, startPart, stopPart } from '@leafway/lab';
import { mustKubectl } from 'leafway/demo';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { takeSettledCensus, untouched } from '../support/census.ts';
import { lookAt, type ObjectLook } from '../support/objects.ts';
import { sharedLab } from '../support/shared-lab.ts';
import { deleteShortcut, getLeafCluster, makeShortcut, tryShortcut } from '../support/shortcuts.ts';
import { expectDirect } from '../support/traffic.ts';
import { conditionOf, isReady, waitForLeaf, waitForShortcut } from '../support/wait.ts';

const name = 'rome-milan';
/** The goal for the living side. */
const cleanWithinMs = 10_000;

describe('deleting a shortcut whose one leaf is gone', () => {
  let lab: RunningLab;
  /** Of rome alone. */
  let look: ObjectLook;
  let clean: string[];
  beforeAll(async () => {
    lab = await sharedLab();
    look = await lookAt(lab, ['rome']);
    clean = await look.take();
  });
  afterAll(() => look?.close());

  /** Deletes the shortcut while milan's API server is stopped, and expects rome to be clean soon. */
  async function deleteWithoutMilan(): Promise<void> {
    await makeShortcut(lab, name, ['rome', 'milan']);
    await stopPart(lab, 'apiserver-milan');
    const start = performance.now();
    await mustKubectl(lab, lab.centre, ['delete', 'virtualnodeshortcuts', name, '--wait=false']);
    await expect.poll(look.take, { timeout: 60_000, interval: 50 }).toEqual(clean);
    const tookMs = performance.now() - start;
    console.log(`the living side was clean after ${(tookMs / 1_000).toFixed(2)} s`);
    expect(tookMs).toBeLessThan(cleanWithinMs);
    await mustKubectl(lab, lab.centre, ['wait', 'virtualnodeshortcuts', name, '--for=delete', '--timeout=60s']);
  }
  it('cleans the living side, writes the rest down, and finishes it when the leaf returns', async () => {
    const before = await takeSettledCensus(lab);
    await deleteWithoutMilan();
    const { status } = await getLeafCluster(lab, 'milan');
    expect(status?.pendingCleanup?.map(({ kind, name: object }) => `${kind} ${object}`).sort()).toEqual([
      'Configuration rome',
      expect.stringMatching(/^Gateway(Server|Client) rome$/),
      'Namespace liqo-tenant-rome',
      'PublicKey rome',
    ]);
    expect(status?.pendingCleanup?.every(({ shortcut }) => shortcut.name === name)).toBe(true);

    expect((await tryShortcut(lab, 'again', ['rome', 'milan'])).code).toBe(0);
    await waitForShortcut(lab, 'again', 'waiting for the remainder', (found) => {
      const accepted = conditionOf(found, 'Accepted');
      return accepted?.reason === 'CleanupPending' && accepted.message.includes('milan');
    });

    await startPart(lab, 'apiserver-milan');
    await waitForLeaf(lab, 'milan', 'owing nothing', (leaf) => (leaf.status?.pendingCleanup ?? []).length === 0);
    await waitForShortcut(lab, 'again', 'being Ready', isReady);
    await expectDirect(lab, 'rome', 'milan');
    await deleteShortcut(lab, 'again');
    expect(compareCensuses(before, await takeSettledCensus(lab))).toEqual(untouched);
  });

  it('gives the rest up when a human says so, and touches it no more', async () => {
    const before = await takeSettledCensus(lab);
    const { finalizers } = (await getLeafCluster(lab, 'milan')).metadata;
    await deleteWithoutMilan();
    await mustKubectl(lab, lab.centre, ['annotate', 'leafclusters', 'milan', 'leafway.dev/abandon=yes']);
    const given = await waitForLeaf(
      lab,
      'milan',
      'owing nothing',
      ({ status, metadata }) =>
        (status?.pendingCleanup ?? []).length === 0 && metadata.annotations?.['leafway.dev/abandon'] === undefined,
    );
    expect(given.metadata.finalizers).toEqual(finalizers);
    await startPart(lab, 'apiserver-milan');
    await waitForLeaf(lab, 'milan', 'being Ready', (leaf) => conditionOf(leaf, 'Ready')?.status === 'True');
    const { added, removed } = compareCensuses(before, await takeSettledCensus(lab));
    expect(removed).toEqual([]);
    expect(added).toContainEqual(expect.stringContaining('Configuration liqo-tenant-rome/rome'));
    expect(added.filter((key) => !key.startsWith('milan '))).toEqual([]);
    await mustKubectl(lab, 'milan', ['delete', 'namespace', 'liqo-tenant-rome', '--timeout=60s']);
  });
});
