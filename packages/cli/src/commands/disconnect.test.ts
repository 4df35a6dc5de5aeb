import { kinds, type VirtualNodeShortcut } from '@leafway/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { aCondition, aLeaf, aShortcut, readyStatus, seed } from '../testing/builders.ts';
import { FakeTerminal } from '../testing/fake-terminal.ts';

const ref = { name: 'milan-rome' };
let terminal: FakeTerminal;
beforeEach(() => {
  terminal = new FakeTerminal();
  const shortcut = aShortcut('milan-rome', ['rome', 'milan'], readyStatus(['rome', 'milan']));
  terminal.central.seed(kinds.shortcuts, { ...shortcut, metadata: { ...ref, finalizers: ['leafway.dev/shortcut'] } });
  seed(terminal.central, [aLeaf('rome'), aLeaf('milan')]);
});

const edit = (change: (draft: VirtualNodeShortcut) => void): unknown =>
  terminal.central.edit<VirtualNodeShortcut>(kinds.shortcuts, ref, change);
const letGo = (): unknown =>
  edit((draft) => {
    draft.metadata.finalizers = [];
  });

describe('disconnect', () => {
  it('deletes the shortcut that it saw, and no other of that name', async () => {
    const { code, out } = await terminal.run('disconnect', 'milan', 'rome');
    expect(code).toBe(0);
    expect(out).toContain('milan-rome is being deleted');
    const { uid } = terminal.central.object<VirtualNodeShortcut>(kinds.shortcuts, ref)?.metadata ?? {};
    expect(terminal.central.requests.at(-1)).toMatchObject({ verb: 'delete', body: { uid } });
  });

  it('refuses what does not exist', async () => {
    expect(await terminal.run('disconnect', 'rome', 'paris')).toMatchObject({ code: 1 });
  });

  it('waits until it is gone and tells what is removed meanwhile', async () => {
    const running = terminal.start('disconnect', 'milan-rome', '--wait');
    await terminal.clock.advance(100);
    edit((draft) => {
      const message = 'Removing its objects on rome.';
      const condition = { ...aCondition('Ready', 'False', message), reason: 'Deleting' };
      delete condition.observedGeneration;
      draft.status = { phase: 'Deleting', conditions: [condition] };
    });
    await terminal.clock.advance(900);
    letGo();
    await terminal.clock.advance(0);
    const { code, out, err } = await running;
    expect(code).toBe(0);
    expect(err).toContain('0.10 s  Removing its objects on rome.');
    expect(out).toContain('rome and milan are disconnected after 1.00 s');
    expect(terminal.clock.pendingTimers).toBe(0);
  });

  it('says which objects of a leaf that is away are removed later', async () => {
    const { uid = '' } = terminal.central.object<VirtualNodeShortcut>(kinds.shortcuts, ref)?.metadata ?? {};
    const left = {
      apiVersion: 'networking.liqo.io/v1beta1',
      kind: 'Configuration',
      name: 'rome',
      uid: 'x',
      remoteClusterID: 'rome',
      shortcut: { name: 'milan-rome', uid },
    };
    terminal.central.edit(kinds.leafClusters, { name: 'milan' }, (draft: ReturnType<typeof aLeaf>) => {
      draft.status = { ...draft.status, pendingCleanup: [left] };
    });
    const running = terminal.start('disconnect', 'milan-rome', '--wait');
    await terminal.clock.advance(10);
    letGo();
    await terminal.clock.advance(0);
    expect((await running).out).toContain('milan does not answer: removed when it returns: Configuration rome');
  });

  it('says what is in the way when the time is over', async () => {
    const running = terminal.start('disconnect', 'milan-rome', '--wait', '--timeout', '2s');
    await terminal.clock.advance(3_000);
    const { code, err } = await running;
    expect(code).toBe(1);
    expect(err).toContain('milan-rome is still there after 2 s: the controller has not begun');
  });

  it('waits for one that is being deleted already', async () => {
    terminal.central.remove(kinds.shortcuts, ref);
    const running = terminal.start('disconnect', 'milan-rome', '--wait');
    await terminal.clock.advance(10);
    letGo();
    await terminal.clock.advance(0);
    expect((await running).code).toBe(0);
    expect(terminal.central.requests.map(({ verb }) => verb)).not.toContain('delete');
  });
});
