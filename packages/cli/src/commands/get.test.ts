import { kinds } from '@leafway/core';
import { ApiError } from '@leafway/reconciler';
import { beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { aLeaf, aShortcut, readyStatus, seed } from '../testing/builders.ts';
import { FakeTerminal } from '../testing/fake-terminal.ts';

let terminal: FakeTerminal;
beforeEach(async () => {
  terminal = new FakeTerminal();
  seed(terminal.central, [
    aLeaf('rome'),
    aLeaf('milan', { networks: { pod: ['10.1.0.0/16', '10.2.0.0/16'], external: ['10.70.0.0/16'] } }),
    aShortcut('rome-paris', ['rome', 'paris']),
    aShortcut('milan-rome', ['rome', 'milan'], readyStatus(['rome', 'milan'])),
  ]);
  await terminal.clock.advance(125_000);
});

describe('get', () => {
  it('shows all shortcuts in the order of their names, with roles where they are known', async () => {
    const { code, out } = await terminal.run('get');
    expect(code).toBe(0);
    expect(out.split('\n')).toEqual([
      'NAME         LEAVES                          READY     PHASE   LATENCY   AGE',
      'milan-rome   rome (server), milan (client)   True      Ready   1.2ms     2m5s',
      'rome-paris   rome, paris                     Unknown   New     -         2m5s',
    ]);
  });

  it.each([[['milan-rome']], [['rome', 'milan']], [['milan', 'rome']]])('finds one by %s', async (naming) => {
    const { out } = await terminal.run('get', ...naming);
    expect(out).toContain('milan-rome');
    expect(out).not.toContain('paris');
  });

  it('prints one as the API server has it, without its bookkeeping', async () => {
    const { out } = await terminal.run('get', 'milan-rome', '-o', 'json');
    const object = JSON.parse(out);
    expect(object).toMatchObject({ kind: 'VirtualNodeShortcut', metadata: { name: 'milan-rome' } });
    expect(object.metadata.managedFields).toBeUndefined();
  });

  it('prints all as a List that kubectl can read, strings quoted where its YAML takes them for something else', async () => {
    seed(terminal.central, [aShortcut('odd', ['y', 'on'])]);
    const { out } = await terminal.run('get', '-o', 'yaml');
    const list = parse(out, { version: '1.1' });
    expect(list).toMatchObject({ apiVersion: 'v1', kind: 'List' });
    const ids = list.items.flatMap((item: { spec: { clusters: { id: unknown }[] } }) =>
      item.spec.clusters.map(({ id }) => id),
    );
    expect(ids).toEqual(expect.arrayContaining(['y', 'on']));
  });

  it('shows the shortcuts of a leaf, whether or not it has a LeafCluster', async () => {
    const { code, out } = await terminal.run('get', 'rome');
    expect([code, out]).toEqual([0, (await terminal.run('get')).out]);
    const ofParis = await terminal.run('get', 'paris');
    expect(ofParis.code).toBe(0);
    expect(ofParis.out.split('\n').map((line) => line.split(' ')[0])).toEqual(['NAME', 'rome-paris']);
    const list = JSON.parse((await terminal.run('get', 'paris', '-o', 'json')).out);
    expect(list).toMatchObject({ kind: 'List', items: [{ metadata: { name: 'rome-paris' } }] });
  });

  it('shows the shortcut of a name that a leaf has, too', async () => {
    seed(terminal.central, [aShortcut('rome', ['bonn', 'paris'])]);
    const { out } = await terminal.run('get', 'rome', '-o', 'json');
    expect(JSON.parse(out)).toMatchObject({ kind: 'VirtualNodeShortcut', metadata: { name: 'rome' } });
  });

  it('says on standard error that a leaf has no shortcut, which is no mistake', async () => {
    seed(terminal.central, [aLeaf('oslo')]);
    const { code, out, err } = await terminal.run('get', 'oslo');
    expect([code, out]).toEqual([0, '']);
    expect(err).toBe('there is no shortcut of the leaf oslo: "leafway connect oslo LEAF" makes one');
    expect(JSON.parse((await terminal.run('get', 'oslo', '-o', 'json')).out)).toMatchObject({
      kind: 'List',
      items: [],
    });
  });

  it('shows the leaves and who uses them', async () => {
    const { out } = await terminal.run('get', 'leaves');
    expect(out.split('\n')).toEqual([
      'NAME    READY   REACHABLE   DATA PLANE   POD CIDR                   USED BY                  AGE',
      'milan   True    True        Leafway      10.1.0.0/16, 10.2.0.0/16   milan-rome               2m5s',
      'rome    True    True        Leafway      10.244.0.0/16              milan-rome, rome-paris   2m5s',
    ]);
    expect((await terminal.run('leaf', 'list')).out).toBe(out);
  });

  it('says on standard error that there is nothing', async () => {
    const empty = new FakeTerminal();
    const { code, out, err } = await empty.run('get');
    expect([code, out]).toEqual([0, '']);
    expect(err).toContain('leafway connect');
    expect((await empty.run('get', 'leaves')).err).toContain('leafway leaf add');
  });
});

describe('get says what was probably meant', () => {
  it.each([
    ['a name that is nearly right', ['milan-rom'], 'did you mean "milan-rome"?'],
    ['a leaf that is nearly right', ['roem'], 'there is no shortcut and no leaf "roem" (did you mean "rome"?)'],
    ['a pair without a shortcut', ['milan', 'paris'], 'no shortcut links milan and paris'],
    ['a pair with a mistyped leaf', ['rome', 'milna'], 'did you mean "milan"?'],
  ])('%s', async (_, args, words) => {
    const { code, err } = await terminal.run('get', ...args);
    expect(code).toBe(1);
    expect(err).toContain(words);
  });

  it('the name of a shortcut, for a user who may not see the leaves', async () => {
    terminal.central.beforeRequest = ({ type: { plural } }) => {
      const operation = `list ${plural}`;
      if (plural === kinds.leafClusters.plural)
        throw new ApiError(`${operation}: no`, { code: 'Forbidden', status: 403, operation });
    };
    const { code, err } = await terminal.run('get', 'milan-rom');
    expect([code, err]).toEqual([
      1,
      'there is no shortcut "milan-rom" (did you mean "milan-rome"?): "leafway get" lists those that exist',
    ]);
  });

  it('an output format that does not exist is wrong usage', async () => {
    const { code, err } = await terminal.run('get', '-o', 'xml');
    expect(code).toBe(2);
    expect(err).toContain('table, json, yaml');
  });
});
