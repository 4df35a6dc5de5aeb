import { beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { planManifests } from '../central/plan-manifests.ts';
import { aLeaf, aShortcut, seed } from '../testing/builders.ts';
import { FakeTerminal } from '../testing/fake-terminal.ts';

let terminal: FakeTerminal;
beforeEach(() => {
  terminal = new FakeTerminal();
  seed(terminal.central, [aLeaf('rome'), aLeaf('milan'), aLeaf('paris')]);
});

function run(...documents: readonly object[]): ReturnType<FakeTerminal['run']> {
  terminal.files.set('f.yaml', documents.map((document) => stringify(document)).join('---\n'));
  return terminal.run('plan', '-f', 'f.yaml');
}

const shortcut = (name: string, a: string, b: string, spec: object = {}): object => ({
  ...aShortcut(name, [a, b]),
  spec: { clusters: [{ id: a }, { id: b }], ...spec },
});

/** Ten lines that would be ten thousand million words. */
const bomb = Array.from(
  { length: 10 },
  (_, n) =>
    `a${n}: &a${n} [${Array<string>(10)
      .fill(n === 0 ? 'lol' : `*a${n - 1}`)
      .join()}]`,
).join('\n');

describe('plan', () => {
  it('prints for each object what the webhook would say, and writes nothing', async () => {
    const { code, out } = await run(shortcut('a', 'rome', 'milan'), shortcut('b', 'rome', 'paris'));
    expect(code).toBe(0);
    expect(out).toContain('VirtualNodeShortcut a would be created:\n  milan runs the gateway server, rome the client');
    expect(out).toContain('VirtualNodeShortcut b would be created:\n  paris runs the gateway server');
    expect(new Set(terminal.central.requests.map(({ verb }) => verb))).toEqual(new Set(['list']));
  });

  it('refuses with the fields, and goes on with the others', async () => {
    const { code, out, err } = await run(
      shortcut('a', 'rome', 'atlantis', { gateway: { server: 'oslo' } }),
      shortcut('b', 'rome', 'milan'),
    );
    expect(code).toBe(1);
    expect(out).toContain('VirtualNodeShortcut a would be refused:');
    expect(out).toContain('  spec.clusters[1].id: there is no LeafCluster "atlantis"');
    expect(out).toContain('VirtualNodeShortcut b would be created:');
    expect(err).toBe('1 of 2 would be refused: a');
  });

  it('refuses fields that the schema does not have, as the API server does, beside all else that is wrong', async () => {
    const metadata = { name: 'a', lables: {} };
    const spec = { gatway: { mtu: 1400 }, gateway: { mut: 1400, service: { type: 'Nodeport' } } };
    const leaf = { ...aLeaf('oslo'), status: undefined, sepc: {} };
    const { code, out, err } = await run({ ...shortcut('a', 'rome', 'milan', spec), metadata }, leaf);
    expect(code).toBe(1);
    expect(err).toBe('2 of 2 would be refused: a, oslo');
    const known = (words: string): string => `unknown field: known here are ${words}`;
    expect(out).toContain(`VirtualNodeShortcut a would be refused:\n  metadata.lables: ${known('name, ')}`);
    expect(out).toContain(`  spec.gatway: ${known('clusters, ')}`);
    expect(out).toContain(`  spec.gateway.mut: ${known('')}`);
    expect(out).toContain('  spec.gateway.service.type: must be one of LoadBalancer');
    expect(out).toContain(
      `LeafCluster oslo would be refused:\n  sepc: ${known('apiVersion, kind, metadata, spec, status')}`,
    );
  });

  it('takes what has an unknown field for what is not there, as those after it do', async () => {
    const { code, out, err } = await run(
      shortcut('a', 'rome', 'milan', { puased: true }),
      shortcut('b', 'rome', 'milan'),
    );
    expect([code, err]).toEqual([1, '1 of 2 would be refused: a']);
    expect(out).toContain('VirtualNodeShortcut b would be created:');
  });

  it('sees what comes before in the same file', async () => {
    const leaf = { ...aLeaf('oslo'), status: undefined };
    const { code, out } = await run(leaf, shortcut('a', 'rome', 'oslo'), shortcut('b', 'oslo', 'rome'));
    expect(code).toBe(1);
    expect(out).toContain('LeafCluster oslo would be created');
    expect(out).toContain("oslo's networks are not known yet");
    expect(out).toContain('spec.clusters: the VirtualNodeShortcut "a" links oslo and rome already');
  });

  it('can be interrupted in a large file', async () => {
    const { clock } = terminal;
    const signal = AbortSignal.abort();
    const manifests = Array.from({ length: 600 }, (_, n) => aShortcut(`s${n}`, ['rome', 'milan']));
    const fleet = { shortcuts: [], leaves: [], centralClusterID: undefined };
    await expect(planManifests(manifests, fleet, { clock, signal })).rejects.toMatchObject({ code: 'INTERRUPTED' });
  });

  it('tells a change from what is there as written', async () => {
    seed(terminal.central, [aShortcut('a', ['rome', 'milan'])]);
    expect((await run(shortcut('a', 'rome', 'milan', { gateway: { mtu: 1340 } }))).out).toContain(
      'a is there as written',
    );
    expect((await run(shortcut('a', 'rome', 'milan', { gateway: { mtu: 1400 } }))).out).toContain('a would be changed');
    const rome = aLeaf('rome');
    expect((await run({ ...rome, spec: { ...rome.spec, gateway: { mayServe: true } } })).out).toContain(
      'rome is there as written',
    );
    const moved = await run(shortcut('a', 'rome', 'paris'));
    expect(moved.out).toContain('spec.clusters: this shortcut links rome and milan, which cannot be changed');
  });

  it('takes the documents of a List, JSON, and standard input, and leaves other kinds out', async () => {
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' } };
    terminal.files.set(
      '-',
      JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [secret, shortcut('a', 'rome', 'milan')] }),
    );
    const { code, out, err } = await terminal.run('plan', '-f', '-', '-o', 'json');
    expect([code, err]).toEqual([0, 'skipped: Secret s of v1']);
    expect(JSON.parse(out)).toMatchObject([
      { kind: 'VirtualNodeShortcut', name: 'a', change: 'Create', accepted: true, problems: [] },
    ]);
  });

  it('names on standard error what it leaves out: other kinds, and other versions of its own', async () => {
    const settings = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings', namespace: 'fleet' } };
    const newer = { ...aLeaf('oslo'), apiVersion: 'leafway.dev/v1' };
    const { code, out, err } = await run(settings, shortcut('a', 'rome', 'milan'), newer);
    expect(code).toBe(0);
    expect(err.split('\n')).toEqual([
      'skipped: ConfigMap settings of v1',
      'skipped: LeafCluster oslo of leafway.dev/v1',
    ]);
    expect(out).not.toMatch(/settings|oslo/);
  });

  it('names what it leaves out of a file with nothing to judge, too', async () => {
    const { code, err } = await run({ ...aLeaf('oslo'), apiVersion: 'leafway.dev/v1' });
    expect(code).toBe(1);
    expect(err).toMatch(/^skipped: LeafCluster oslo of leafway.dev\/v1\nf.yaml holds no VirtualNodeShortcut/);
  });

  it('reads YAML as kubectl does, where on is no string', async () => {
    terminal.files.set(
      'f',
      'apiVersion: leafway.dev/v1alpha1\nkind: VirtualNodeShortcut\nmetadata: {name: a}\nspec: {clusters: [{id: on}, {id: rome}]}',
    );
    expect((await terminal.run('plan', '-f', 'f')).out).toContain('spec.clusters[0].id: must be string');
  });

  it.each([
    ['no file', undefined, 'f cannot be read: there is no such file'],
    ['no YAML', 'a: [', 'f is not YAML: '],
    ['a bomb', bomb, 'f cannot be read: Excessive alias count'],
    ['no object', '- a', 'f is no Kubernetes object'],
    ['no name', 'apiVersion: leafway.dev/v1alpha1\nkind: VirtualNodeShortcut', 'metadata.name'],
    ['nothing of ours', 'apiVersion: v1\nkind: Secret\nmetadata: {name: a}', 'f holds no VirtualNodeShortcut'],
    ['nothing at all', '', 'f holds no VirtualNodeShortcut'],
  ])('says what is wrong with a file: %s', async (_, content, words) => {
    if (content !== undefined) terminal.files.set('f', content);
    const { code, err } = await terminal.run('plan', '-f', 'f');
    expect(code).toBe(1);
    expect(err).toContain(words);
  });

  it('needs a file', async () => {
    expect(await terminal.run('plan')).toMatchObject({ code: 2 });
  });
});
