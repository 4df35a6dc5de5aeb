import { kinds, type VirtualNodeShortcut } from '@leafway/core';
import { ApiError } from '@leafway/reconciler';
import { beforeEach, describe, expect, it } from 'vitest';
import { aCondition, aLeaf, aShortcut, readyStatus, seed } from '../testing/builders.ts';
import { FakeTerminal } from '../testing/fake-terminal.ts';

let terminal: FakeTerminal;
beforeEach(() => {
  terminal = new FakeTerminal();
  seed(terminal.central, [aLeaf('rome'), aLeaf('milan')]);
});

const stored = (name = 'milan-rome'): VirtualNodeShortcut | undefined =>
  terminal.central.object<VirtualNodeShortcut>(kinds.shortcuts, { name });

function setStatus(status: VirtualNodeShortcut['status']): void {
  terminal.central.edit<VirtualNodeShortcut>(kinds.shortcuts, { name: 'milan-rome' }, (draft) => {
    if (status !== undefined) draft.status = status;
  });
}

describe('connect --wait', () => {
  it('tells each condition as it becomes true, and at the end the names of both sides', async () => {
    const running = terminal.start('connect', 'rome', 'milan', '--wait');
    await terminal.clock.advance(200);
    setStatus({ observedGeneration: 1, conditions: [aCondition('Accepted', 'True', 'It can be done.')] });
    await terminal.clock.advance(1_000);
    setStatus(readyStatus(['rome', 'milan']));
    await terminal.clock.advance(0);
    const { code, out, err } = await running;
    expect(code).toBe(0);
    expect(err).toMatch(/0\.20 s {2}Accepted +It can be done\./);
    expect(err).toMatch(/1\.20 s {2}Ready/);
    expect(out).toContain('rome and milan are connected after 1.20 s');
    expect(out).toContain("from rome, milan's pods are 10.69.0.0/16 (10.244.0.0/16 in milan)");
    expect(terminal.central.requests.filter(({ verb }) => verb === 'watch')).toHaveLength(1);
    expect(terminal.clock.pendingTimers).toBe(0);
  });

  it('says after a while what it waits for', async () => {
    const running = terminal.start('connect', 'rome', 'milan', '--wait');
    await terminal.clock.advance(10);
    setStatus({
      conditions: [aCondition('Accepted', 'True'), aCondition('GatewaysReady', 'False', 'No endpoint yet.')],
    });
    await terminal.clock.advance(2_900);
    expect(running.lines.join()).not.toContain('No endpoint');
    await terminal.clock.advance(200);
    expect(running.lines.join()).toMatch(/GatewaysReady +waiting: No endpoint yet\./);
    await terminal.clock.advance(60_000);
    await running;
  });

  it('says what is missing when the time is over', async () => {
    const running = terminal.start('connect', 'rome', 'milan', '--wait', '--timeout', '5s');
    await terminal.clock.advance(10);
    setStatus({
      conditions: [aCondition('Accepted', 'True'), aCondition('GatewaysReady', 'False', 'No endpoint yet.')],
    });
    await terminal.clock.advance(5_000);
    const { code, err } = await running;
    expect(code).toBe(1);
    expect(err).toContain('milan-rome is not Ready after 5 s: GatewaysReady: No endpoint yet;');
    expect(err).toContain('leafway describe milan-rome');
  });

  it('says that the controller is missing when nobody looks at the shortcut', async () => {
    const running = terminal.start('connect', 'rome', 'milan', '--wait', '--timeout', '5s');
    await terminal.clock.advance(6_000);
    expect((await running).err).toContain('The controller has not looked at it yet; does it run?');
  });

  it('does not wait for what only a person can change', async () => {
    const running = terminal.start('connect', 'rome', 'milan', '--wait');
    await terminal.clock.advance(10);
    const refused = { ...aCondition('Accepted', 'False', 'Remove that link first.'), reason: 'LinkExists' };
    setStatus({ conditions: [refused] });
    await terminal.clock.advance(10);
    const { code, err } = await running;
    expect(code).toBe(1);
    expect(err).toContain('does not become Ready: Remove that link first.');
  });

  it('takes no condition of an earlier spec for the present one', async () => {
    seed(terminal.central, [aShortcut('milan-rome', ['rome', 'milan'], readyStatus(['rome', 'milan']))]);
    terminal.central.edit<VirtualNodeShortcut>(kinds.shortcuts, { name: 'milan-rome' }, (draft) => {
      draft.spec = { ...draft.spec, gateway: { mtu: 1400 } };
    });
    const running = terminal.start('connect', 'rome', 'milan', '--wait', '--timeout', '1s');
    await terminal.clock.advance(2_000);
    expect((await running).code).toBe(1);
  });

  it('does not wait for what is Ready already', async () => {
    seed(terminal.central, [aShortcut('milan-rome', ['rome', 'milan'], readyStatus(['rome', 'milan']))]);
    const { code, out, err } = await terminal.run('connect', 'rome', 'milan', '--wait');
    expect(code).toBe(0);
    expect(out).toMatch(/^rome and milan are connected$/m);
    expect(err).toBe('rome and milan are linked by the shortcut milan-rome already; nothing was written');
  });

  it('outlives a broken watch', async () => {
    const running = terminal.start('connect', 'rome', 'milan', '--wait');
    await terminal.clock.advance(10);
    terminal.central.breakWatches();
    await terminal.clock.advance(5_000);
    setStatus(readyStatus(['rome', 'milan']));
    await terminal.clock.advance(0);
    expect((await running).code).toBe(0);
  });

  it('tells that the server does not answer, and goes on', async () => {
    const running = terminal.start('connect', 'rome', 'milan', '--wait', '--timeout', '5s');
    await terminal.clock.advance(10);
    terminal.central.beforeRequest = () => {
      throw new Error('connection refused');
    };
    terminal.central.breakWatches();
    await terminal.clock.advance(6_000);
    const { code, err } = await running;
    expect(code).toBe(1);
    expect(err).toContain('the central cluster does not answer at the moment (connection refused); still waiting');
  });

  it('ends at once when the user may not watch', async () => {
    terminal.central.beforeRequest = ({ verb }) => {
      const operation = 'watch shortcuts';
      if (verb === 'watch') throw new ApiError(`${operation}: no`, { code: 'Forbidden', status: 403, operation });
    };
    const running = terminal.start('connect', 'rome', 'milan', '--wait');
    await terminal.clock.advance(10);
    const { code, err } = await running;
    expect(code).toBe(1);
    expect(err).toContain('the central cluster does not allow this: no; ask its administrator');
  });

  it('ends at once when somebody deletes the shortcut', async () => {
    const running = terminal.start('connect', 'rome', 'milan', '--wait');
    await terminal.clock.advance(10);
    terminal.central.remove(kinds.shortcuts, { name: 'milan-rome' });
    await terminal.clock.advance(10);
    expect(await running).toMatchObject({ code: 1, err: expect.stringContaining('deleted while it was waited for') });
  });

  it('does not take another of that name for its own', async () => {
    const another = aShortcut('milan-rome', ['rome', 'milan'], readyStatus(['rome', 'milan']));
    terminal.central.beforeRequest = () => {
      if (stored() === undefined) return;
      terminal.central.beforeRequest = undefined;
      terminal.central.remove(kinds.shortcuts, { name: 'milan-rome' });
      seed(terminal.central, [another]);
    };
    const running = terminal.start('connect', 'rome', 'milan', '--wait');
    await terminal.clock.advance(10);
    expect(await running).toMatchObject({ code: 1, err: expect.stringContaining('deleted while it was waited for') });
  });

  it('ends at once when the user interrupts', async () => {
    const running = terminal.start('connect', 'rome', 'milan', '--wait');
    await terminal.clock.advance(10);
    terminal.user.abort();
    const { code, err } = await running;
    expect(code).toBe(130);
    expect(err).toContain('interrupted; the shortcut milan-rome is set up without you');
    expect(stored()).toBeDefined();
  });

  it('prints only the object for programs', async () => {
    const running = terminal.start('connect', 'rome', 'milan', '--wait', '-o', 'json');
    await terminal.clock.advance(10);
    setStatus(readyStatus(['rome', 'milan']));
    await terminal.clock.advance(0);
    expect(JSON.parse((await running).out)).toMatchObject({ kind: 'VirtualNodeShortcut', status: { phase: 'Ready' } });
  });
});
