import { type Census, compareCensuses, type RunningLab, startPart } from '@leafway/lab';
import { mustKubectl } from 'leafway/demo';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cutPart } from '../support/lab/parts.ts';
import { sharedLab } from '../support/lab/shared-lab.ts';
import { takeSettledCensus } from '../support/objects/census.ts';
import { centralEventsOf, lastSeenMs } from '../support/objects/events.ts';
import { lookAt, type ObjectLook } from '../support/objects/objects.ts';
import { deleteShortcut, getLeafCluster, makeShortcut, tryShortcut } from '../support/objects/shortcuts.ts';
import { conditionOf, isReady, waitForLeaf, waitForShortcut } from '../support/objects/wait.ts';
import { expectDirect } from '../support/traffic.ts';

/** The goal for the living side. */
const cleanWithinMs = 10_000;

describe('deleting shortcuts of a leaf to two others that are gone', () => {
  let lab: RunningLab;
  let before: Census;
  /** Of rome alone, which lives. */
  let look: ObjectLook;
  let clean: readonly string[];
  let finalizers: readonly string[] | undefined;
  let beganMs: number;
  beforeAll(async () => {
    lab = await sharedLab();
    before = await takeSettledCensus(lab);
    finalizers = (await getLeafCluster(lab, 'paris')).metadata.finalizers;
    look = await lookAt(lab, ['rome']);
    clean = await look.take();
    await makeShortcut(lab, 'rome-milan', ['rome', 'milan']);
    await makeShortcut(lab, 'rome-paris', ['rome', 'paris']);
    beganMs = Date.now();
    await Promise.all([cutPart(lab, 'apiserver-milan'), cutPart(lab, 'apiserver-paris')]);
  });
  afterAll(() => look?.close());

  it('cleans the living side within ten seconds, and lets the shortcuts go', async () => {
    const start = performance.now();
    await mustKubectl(lab, lab.centre, ['delete', 'virtualnodeshortcuts', 'rome-milan', 'rome-paris', '--wait=false']);
    await expect.poll(look.take, { timeout: 60_000, interval: 50 }).toEqual(clean);
    const tookMs = performance.now() - start;
    console.log(`the living side was clean after ${(tookMs / 1_000).toFixed(2)} s`);
    expect(tookMs).toBeLessThan(cleanWithinMs);
    const gone = ['wait', 'virtualnodeshortcuts', 'rome-milan', 'rome-paris', '--for=delete', '--timeout=60s'];
    await mustKubectl(lab, lab.centre, gone);
  });

  it.each(['milan', 'paris'])('writes down what is left on %s', async (leaf) => {
    const pending = (await getLeafCluster(lab, leaf)).status?.pendingCleanup ?? [];
    expect(pending.map(({ kind, name }) => `${kind} ${name}`).sort()).toEqual([
      'Configuration rome',
      expect.stringMatching(/^Gateway(Server|Client) rome$/),
      'Namespace liqo-tenant-rome',
      'PublicKey rome',
    ]);
    expect(new Set(pending.map(({ shortcut }) => shortcut.name))).toEqual(new Set([`rome-${leaf}`]));
  });

  it('lets a new shortcut of such a pair wait, and says for what', async () => {
    expect((await tryShortcut(lab, 'again', ['rome', 'milan'])).code).toBe(0);
    await waitForShortcut(lab, 'again', 'waiting for the remainder', (found) => {
      const accepted = conditionOf(found, 'Accepted');
      return accepted?.reason === 'CleanupPending' && accepted.message.includes('milan');
    });
  });

  it('gives up what is left on a leaf when a human says so', async () => {
    await mustKubectl(lab, lab.centre, ['annotate', 'leafclusters', 'paris', 'leafway.dev/abandon=yes']);
    const leaf = await waitForLeaf(
      lab,
      'paris',
      'owing nothing, and being asked for nothing',
      ({ status, metadata }) =>
        (status?.pendingCleanup ?? []).length === 0 && metadata.annotations?.['leafway.dev/abandon'] === undefined,
    );
    expect(leaf.metadata.finalizers).toEqual(finalizers);
  });

  it('finishes on the leaf that was not given up as soon as it returns, and then the new shortcut has its turn', async () => {
    await Promise.all([startPart(lab, 'apiserver-milan'), startPart(lab, 'apiserver-paris')]);
    await waitForShortcut(lab, 'again', 'being Ready', isReady);
    expect((await getLeafCluster(lab, 'milan')).status?.pendingCleanup ?? []).toEqual([]);
    await expectDirect(lab, 'rome', 'milan');
    await deleteShortcut(lab, 'again');
  });

  it('tells beside the LeafCluster when that leaf went, what was left there, and when both was over', async () => {
    const told = async (): Promise<string[]> => {
      const events = await centralEventsOf(lab, 'LeafCluster', 'milan');
      return events.filter((event) => lastSeenMs(event) >= beganMs).map(({ type, reason }) => `${type} ${reason}`);
    };
    const expected = ['Warning Unusable', 'Warning LeafUnusable', 'Normal Reachable', 'Normal CleanedUp'];
    await expect.poll(told, { timeout: 30_000, interval: 200 }).toEqual(expect.arrayContaining(expected));
  });

  it('touches no more what was given up', async () => {
    await waitForLeaf(lab, 'paris', 'being Ready', (leaf) => conditionOf(leaf, 'Ready')?.status === 'True');
    const { added, removed, changed } = compareCensuses(before, await takeSettledCensus(lab));
    expect([...removed, ...changed, ...added.filter((key) => !key.startsWith('paris '))]).toEqual([]);
    expect(added).toContain('paris networking.liqo.io/v1beta1 Configuration liqo-tenant-rome/rome');
    await mustKubectl(lab, 'paris', ['delete', 'namespace', 'liqo-tenant-rome', '--timeout=60s']);
  });
});
