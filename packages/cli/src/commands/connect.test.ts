import { kinds, type VirtualNodeShortcut } from '@leafway/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { aLeaf, aShortcut, readyStatus, seed } from '../testing/builders.ts';
import { FakeTerminal } from '../testing/fake-terminal.ts';

let terminal: FakeTerminal;
beforeEach(() => {
  terminal = new FakeTerminal();
  seed(terminal.central, [aLeaf('rome'), aLeaf('milan'), aLeaf('paris')]);
});

const stored = (name = 'milan-rome'): VirtualNodeShortcut | undefined =>
  terminal.central.object<VirtualNodeShortcut>(kinds.shortcuts, { name });

describe('connect', () => {
  it('makes the shortcut under the name of the sorted pair and prints the plan', async () => {
    const { code, out, err } = await terminal.run('connect', 'rome', 'milan');
    expect(code).toBe(0);
    expect(stored()?.spec).toEqual({ clusters: [{ id: 'rome' }, { id: 'milan' }] });
    expect(out).toContain('shortcut milan-rome created');
    expect(err).toContain('milan runs the gateway server, rome the client');
    expect(err).toMatch(/seen from rome, milan's pods will be 10\.\d+\.0\.0\/16 \(10\.244\.0\.0\/16 in milan\)/);
  });

  it('puts every option into the spec, and nothing else', async () => {
    const options = [
      '--server',
      'rome',
      '--mtu',
      '1400',
      '--service-type',
      'NodePort',
      '--port',
      '51900',
      '--existing',
      'Adopt',
      '--name',
      'x',
    ];
    await terminal.run('connect', 'rome', 'milan', ...options);
    expect(stored('x')?.spec).toEqual({
      clusters: [{ id: 'rome' }, { id: 'milan' }],
      gateway: { server: 'rome', mtu: 1400, service: { type: 'NodePort', port: 51900 } },
      existing: 'Adopt',
    });
  });

  it('writes nothing in a dry run', async () => {
    const { code, out, err } = await terminal.run('connect', 'rome', 'milan', '--dry-run', '--wait');
    expect(code).toBe(0);
    expect(out).toContain('would be created');
    expect(err).toContain('runs the gateway server');
    expect(terminal.central.requests.map(({ verb }) => verb)).not.toContain('create');
  });

  it('takes the kubeconfig and the context before and after the command', async () => {
    await terminal.run('--kubeconfig', '/a', 'connect', 'rome', 'milan', '--context', 'b');
    expect(terminal.connections[0]).toMatchObject({ kubeconfig: '/a', context: 'b' });
  });
});

describe('connect of a pair that is linked already', () => {
  it('succeeds without a write when nothing else is asked for', async () => {
    seed(terminal.central, [aShortcut('old', ['milan', 'rome'], readyStatus(['milan', 'rome']))]);
    const { code, out, err } = await terminal.run('connect', 'rome', 'milan');
    expect(code).toBe(0);
    expect(err).toContain('milan and rome are linked by the shortcut old already');
    expect(out).toContain("from milan, rome's pods are 10.69.0.0/16 (10.244.0.0/16 in rome)");
    expect(terminal.central.requests.map(({ verb }) => verb)).not.toContain('create');
  });

  it('says how to change it when something else is asked for', async () => {
    seed(terminal.central, [aShortcut('old', ['milan', 'rome'], readyStatus(['milan', 'rome']))]);
    const { code, err } = await terminal.run('connect', 'rome', 'milan', '--mtu', '1400');
    expect(code).toBe(1);
    expect(err).toContain('spec.gateway.mtu is not set, not 1400');
    expect(err).toContain(`kubectl patch vns old --type=merge -p '{"spec":{"gateway":{"mtu":1400}}}'`);
  });

  it('does not rename it', async () => {
    seed(terminal.central, [aShortcut('old', ['milan', 'rome'])]);
    expect((await terminal.run('connect', 'rome', 'milan', '--name', 'new')).err).toContain('leave --name out');
  });

  it('does not take one for its own that is being deleted', async () => {
    const leaving = aShortcut('old', ['milan', 'rome']);
    terminal.central.seed(kinds.shortcuts, { ...leaving, metadata: { name: 'old', finalizers: ['leafway.dev/x'] } });
    terminal.central.remove(kinds.shortcuts, { name: 'old' });
    const { code, err } = await terminal.run('connect', 'rome', 'milan');
    expect(code).toBe(1);
    expect(err).toContain('still being deleted');
  });
});

describe('connect refuses', () => {
  it('a leaf that does not exist, and says which was meant', async () => {
    const { code, err } = await terminal.run('connect', 'rome', 'milano');
    expect(code).toBe(1);
    expect(err).toContain('there is no leaf "milano" (did you mean "milan"?)');
    expect(err).toContain('milan, paris, rome');
  });

  it('a leaf that is being removed', async () => {
    const leaving = { ...aLeaf('oslo'), metadata: { name: 'oslo', finalizers: ['leafway.dev/leaf'] } };
    terminal.central.seed(kinds.leafClusters, leaving);
    terminal.central.remove(kinds.leafClusters, { name: 'oslo' });
    const { code, err } = await terminal.run('connect', 'rome', 'oslo');
    expect(code).toBe(1);
    expect(err).toContain('the leaf oslo is being removed');
  });

  it('what the webhook would refuse, in its words and with the field', async () => {
    const { code, err } = await terminal.run('connect', 'rome', 'milan', '--mtu', '1200');
    expect(code).toBe(1);
    expect(err).toContain('spec.gateway.mtu: ');
    expect(err).toContain('1280');
    expect(stored()).toBeUndefined();
  });

  it('a leaf with itself', async () => {
    expect((await terminal.run('connect', 'rome', 'rome')).err).toContain('two different leaf clusters');
  });

  it('a name that another pair has', async () => {
    seed(terminal.central, [aShortcut('milan-rome', ['paris', 'rome'])]);
    expect((await terminal.run('connect', 'rome', 'milan')).err).toContain('taken by the shortcut of paris and rome');
  });

  it.each([
    ['one leaf alone', ['connect', 'rome'], "missing required argument 'other'"],
    [
      'a timeout without a unit',
      ['connect', 'rome', 'milan', '--timeout', '60'],
      '--timeout 60: write a number and a unit',
    ],
    ['an MTU in words', ['connect', 'rome', 'milan', '--mtu', 'big'], 'It must be a whole number'],
    ['an unknown option', ['connect', 'rome', 'milan', '--wiat'], 'Did you mean --wait?'],
    ['an unknown command', ['conect', 'rome', 'milan'], 'Did you mean connect?'],
  ])('%s as wrong usage', async (_, args, words) => {
    const { code, err } = await terminal.run(...args);
    expect(code).toBe(2);
    expect(err).toContain(words);
  });
});
