import { kinds, type VirtualNodeShortcut } from '@leafway/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { aShortcut, readyStatus } from '../testing/builders.ts';
import { FakeTerminal } from '../testing/fake-terminal.ts';

const ref = { name: 'milan-rome' };
const annotation = 'leafway.dev/rotate-keys';
let terminal: FakeTerminal;
beforeEach(() => {
  terminal = new FakeTerminal();
  const shortcut = aShortcut('milan-rome', ['rome', 'milan'], readyStatus(['rome', 'milan']));
  terminal.central.seed(kinds.shortcuts, { ...shortcut, metadata: { ...ref, annotations: { theirs: 'x' } } });
});

const stored = () => terminal.central.object<VirtualNodeShortcut>(kinds.shortcuts, ref);
const requested = () => stored()?.metadata.annotations?.[annotation];

describe('rotate', () => {
  it('asks with a value that is another one each time, and leaves other annotations alone', async () => {
    expect(await terminal.run('rotate', 'milan', 'rome')).toMatchObject({ code: 0 });
    const first = requested();
    await terminal.clock.advance(1_000);
    await terminal.run('rotate', 'milan-rome');
    expect(requested()).not.toBe(first);
    expect(stored()?.metadata.annotations).toHaveProperty('theirs', 'x');
  });

  it('waits until its request is carried out', async () => {
    const running = terminal.start('rotate', 'milan-rome', '--wait');
    await terminal.clock.advance(1_000);
    terminal.central.edit<VirtualNodeShortcut>(kinds.shortcuts, ref, (draft) => {
      draft.status = { ...draft.status, keyRotation: { request: requested() ?? '' } };
    });
    await terminal.clock.advance(0);
    expect(await running).toMatchObject({ code: 0, out: expect.stringContaining('other keys after 1.00 s') });
  });

  it('says what keeps the keys from being rotated when the time is over', async () => {
    const running = terminal.start('rotate', 'milan-rome', '--wait', '--timeout', '2s');
    await terminal.clock.advance(100);
    terminal.central.edit<VirtualNodeShortcut>(kinds.shortcuts, ref, (draft) => {
      draft.status = { ...draft.status, keyRotation: { message: 'rome is run by Liqo.' } };
    });
    await terminal.clock.advance(3_000);
    expect(await running).toMatchObject({ code: 1, err: expect.stringContaining('rome is run by Liqo.') });
  });

  it('refuses what does not exist', async () => {
    expect(await terminal.run('rotate', 'rome', 'paris')).toMatchObject({ code: 1 });
  });
});
