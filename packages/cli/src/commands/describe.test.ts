import { reasons } from '@leafway/controller';
import { kinds, type VirtualNodeShortcut } from '@leafway/core';
import type { KubeObject } from '@leafway/reconciler';
import { beforeEach, describe, expect, it } from 'vitest';
import { adviceFor } from '../output/advice.ts';
import { aCondition, aShortcut, readyStatus, seed } from '../testing/builders.ts';
import { FakeTerminal } from '../testing/fake-terminal.ts';

const pair = ['rome', 'milan'] as const;
const events = { group: 'events.k8s.io', version: 'v1', plural: 'events', kind: 'Event', namespaced: true } as const;

let terminal: FakeTerminal;
beforeEach(() => {
  terminal = new FakeTerminal();
});

describe('describe', () => {
  it('shows both sides, their ranges and the conditions, and no advice when all is well', async () => {
    seed(terminal.central, [aShortcut('milan-rome', pair, readyStatus(pair))]);
    await terminal.clock.advance(180_000);
    const { code, out } = await terminal.run('describe', 'milan', 'rome');
    expect(code).toBe(0);
    expect(out).toMatch(/^Ready: +True, for 3m$/m);
    expect(out).toMatch(/^rome \(server\):$/m);
    expect(out).toMatch(/^ {2}Pods: +10\.244\.0\.0\/16, called 10\.71\.0\.0\/16 in milan$/m);
    expect(out).toMatch(/^ {2}Connected +True +3m +Connected +Connected is True\.$/m);
    expect(out).not.toContain('What to do');
  });

  it('says which shortcuts a leaf has, where one leaf does not tell which is meant', async () => {
    seed(terminal.central, [aShortcut('milan-rome', ['milan', 'rome']), aShortcut('rome-paris', ['rome', 'paris'])]);
    const { code, err } = await terminal.run('describe', 'rome');
    expect([code, err]).toEqual([
      1,
      '"rome" is a leaf, not a shortcut: the shortcuts of this leaf are milan-rome, rome-paris',
    ]);
  });

  it('says what to do when it is not Ready', async () => {
    const conditions = [
      aCondition('Accepted', 'True'),
      { ...aCondition('Connected', 'False'), reason: 'WaitingForConnection' },
    ];
    seed(terminal.central, [aShortcut('milan-rome', pair, { ...readyStatus(pair), conditions })]);
    const { out } = await terminal.run('describe', 'milan-rome');
    expect(out).toContain('What to do:\n  Check that UDP packets from milan reach');
  });

  it('shows its events and the last repair, and nothing of others', async () => {
    seed(terminal.central, [aShortcut('milan-rome', pair, readyStatus(pair))]);
    const { uid } =
      terminal.central.object<VirtualNodeShortcut>(kinds.shortcuts, { name: 'milan-rome' })?.metadata ?? {};
    const event = (name: string, regarding: object, reason: string, note: string): KubeObject =>
      ({
        apiVersion: 'events.k8s.io/v1',
        kind: 'Event',
        metadata: { namespace: 'default', name },
        regarding,
        type: 'Normal',
        reason,
        note,
        eventTime: '2026-01-01T00:00:00.000000Z',
      }) as KubeObject;
    terminal.central.seed(events, event('a', { uid }, 'Repaired', 'PublicKey rome on milan is back.'));
    terminal.central.seed(events, event('b', { uid: 'other' }, 'Repaired', 'Not ours.'));
    await terminal.clock.advance(60_000);
    const { out } = await terminal.run('describe', 'milan-rome');
    expect(out).toMatch(/^Last repair: +60s ago: PublicKey rome on milan is back\.$/m);
    expect(out).toContain('Events:');
    expect(out).not.toContain('Not ours');
  });
});

describe('the advice', () => {
  /** `NotReady` repeats what another condition says; what is observed or adopted is accepted. */
  const fine: readonly string[] = [
    ...['NotReady', 'Degraded', 'Observing', 'Adopting'],
    ...Object.values(reasons).flatMap((all) => Object.keys(all).slice(0, 1)),
  ];
  const bad = Object.entries(reasons).flatMap(([type, all]) =>
    Object.keys(all).flatMap((reason) => (fine.includes(reason) ? [] : [[type, reason] as const])),
  );
  it.each(bad)('is there for %s: %s', (type, reason) => {
    const condition = { ...aCondition(type, 'False'), reason };
    const conditions = [...(type === 'Ready' ? [aCondition('Accepted', 'True')] : []), condition];
    expect(adviceFor(stored({ conditions }))).toMatch(/^[A-Z].*\.$/);
  });

  it('is to look for the controller when nobody has looked at the shortcut', () => {
    expect(adviceFor(stored({}))).toContain('controller');
  });

  it('is none for a link that is Ready', () => {
    expect(adviceFor(stored(readyStatus(pair)))).toBeUndefined();
  });

  function stored(status: NonNullable<VirtualNodeShortcut['status']>): VirtualNodeShortcut {
    const shortcut = aShortcut('milan-rome', pair, status);
    return { ...shortcut, metadata: { ...shortcut.metadata, generation: 1 } };
  }
});
