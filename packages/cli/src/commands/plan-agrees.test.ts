import { plan, type ShortcutSpec, type VirtualNodeShortcut } from '@leafway/core';
import { buildClusterIDConfigMap, resources } from '@leafway/liqo';
import { seededRandom, silentLogger } from '@leafway/reconciler/testing';
import { createCachedWorld } from '@leafway/webhook';
import { createShortcutValidation } from '@leafway/webhook/admission';
import { expect, it, onTestFinished } from 'vitest';
import { stringify } from 'yaml';
import { aCondition, aLeaf, aShortcut, seed } from '../testing/builders.ts';
import { FakeTerminal } from '../testing/fake-terminal.ts';

const soon = '2026-01-03T12:00:00Z';
const fleet = [
  aLeaf('rome'),
  aLeaf('milan', { credential: { expiresAt: soon } }),
  aLeaf('paris', { dataPlane: { kind: 'Liqo' }, conditions: [aCondition('Reachable', 'False')] }),
  { ...aLeaf('oslo'), status: {} },
  { ...aLeaf('bonn'), metadata: { name: 'bonn', deletionTimestamp: '2026-01-01T00:00:00Z' } },
];
const stored: VirtualNodeShortcut = {
  ...aShortcut('milan-rome', ['milan', 'rome']),
  metadata: { name: 'milan-rome', uid: '1', creationTimestamp: '2026-01-01T00:00:00Z' },
};

const wish = (name: string, a: string, b: string, spec: Partial<ShortcutSpec> = {}): VirtualNodeShortcut => ({
  ...aShortcut(name, [a, b]),
  spec: { clusters: [{ id: a }, { id: b }], ...spec },
});
const explicit = (cluster: string, pod: string): Partial<ShortcutSpec> => ({
  ipMapping: { policy: 'Explicit', explicit: [{ cluster, pod: [pod] }] },
});

it.each<[string, VirtualNodeShortcut]>([
  ['a new link', wish('new', 'rome', 'paris')],
  [
    'a risky one',
    wish('new', 'milan', 'paris', { gateway: { mtu: 1500, service: { type: 'NodePort' } }, paused: true }),
  ],
  ['a leaf without facts', wish('new', 'rome', 'oslo')],
  ['a change', { ...stored, spec: { ...stored.spec, deletionPolicy: 'Orphan' } }],
  ['a change of the pair', wish('milan-rome', 'milan', 'paris')],
  ['a pair that is taken', wish('new', 'rome', 'milan')],
  ['a leaf that is being deleted', wish('new', 'rome', 'bonn')],
  ['an unknown leaf and the centre', wish('new', 'atlantis', 'central')],
  ['ranges that are taken', wish('new', 'rome', 'paris', explicit('paris', '10.244.0.0/16'))],
  ['ranges that a shortcut is promised', wish('new', 'rome', 'paris', explicit('paris', '10.71.0.0/16'))],
  ['ranges that Liqo chooses', wish('new', 'rome', 'paris', explicit('rome', '10.50.0.0/16'))],
])('plan(), the command line and the webhook say the same of %s', async (_, shortcut) => {
  const terminal = new FakeTerminal();
  seed(terminal.central, [...fleet, stored]);
  terminal.central.seed(resources.configMaps, buildClusterIDConfigMap({ clusterID: 'central', liqoNamespace: 'liqo' }));
  const now = terminal.clock.now();

  const planned = plan({ shortcut, leaves: fleet, shortcuts: [stored], centralClusterID: 'central', now });
  const said = planned.problems.map(({ path, message }) => `${path}: ${message}`);
  expect([...said, ...planned.warnings]).not.toEqual([]);

  const byWebhook = await askWebhook(terminal, shortcut);
  expect(byWebhook.problems.map(({ path, message }) => `${path}: ${message}`)).toEqual(said);
  expect(byWebhook.warnings).toEqual(planned.warnings);

  terminal.files.set('f.yaml', stringify(shortcut));
  const { out } = await terminal.run('plan', '-f', 'f.yaml');
  const lines = said.length > 0 ? said : planned.warnings;
  expect(out.split('\n').slice(1)).toEqual(lines.map((line) => `  ${line}`));
});

/** Asks as the API server does: with the identity that it gives to a new object, or that the stored one has. */
async function askWebhook({ central, clock }: FakeTerminal, shortcut: VirtualNodeShortcut) {
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const ports = { api: central, clock, random: seededRandom(1), log: silentLogger };
  const world = createCachedWorld(ports, { liqoNamespace: 'liqo' });
  void world.run(stop.signal);
  await clock.advance(1_000);
  const before = stored.metadata.name === shortcut.metadata.name ? stored : undefined;
  const metadata = { uid: '2', creationTimestamp: '2026-01-01T00:00:02Z', ...before?.metadata, ...shortcut.metadata };
  return createShortcutValidation()(
    {
      uid: 'request',
      kind: { group: 'leafway.dev', version: 'v1alpha1', kind: shortcut.kind },
      operation: before === undefined ? 'CREATE' : 'UPDATE',
      name: shortcut.metadata.name,
      subResource: '',
      dryRun: true,
      object: { ...shortcut, metadata },
      oldObject: before,
    },
    world,
  );
}
