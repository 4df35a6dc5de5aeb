import type { LeafCluster, VirtualNodeShortcut } from '@leafway/core';
import { type RunningLab, startPart, stopPart } from '@leafway/lab';
import { kubectl, mustKubectl } from 'leafway/demo';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cutPart } from '../support/lab/parts.ts';
import { sharedLab } from '../support/lab/shared-lab.ts';
import { type Health, judgeHealth } from '../support/objects/gitops-health.ts';
import { changeShortcut, getLeafCluster, getShortcut, shortcutManifest } from '../support/objects/shortcuts.ts';
import { conditionOf, isReady, waitForLeaf, waitForShortcut } from '../support/objects/wait.ts';

const name = 'rome-milan';
const manifest = shortcutManifest(name, ['rome', 'milan']);
/** It names a Secret that is not there. */
const naples = JSON.stringify({
  apiVersion: 'leafway.dev/v1alpha1',
  kind: 'LeafCluster',
  metadata: { name: 'naples' },
  spec: { kubeconfigSecretRef: { namespace: 'leafway-system', name: 'leaf-naples' } },
});
const ours = [`virtualnodeshortcuts/${name}`, 'leafclusters/naples'];
/** Somebody else's finalizer, so that there is something to see of a deletion. */
const hold = 'example.com/hold';

type Verdict = Pick<Health, 'argocd' | 'flux' | 'kstatus'>;

/** What each tool has to make of an object in each state. kstatus alone does not see what nobody has looked at. */
const verdicts: Readonly<Record<string, readonly [argocd: string, flux: string, kstatus: string]>> = {
  'a new shortcut': ['Progressing', 'Unknown', 'Current'],
  'a shortcut that is refused': ['Degraded', 'Failed', 'InProgress'],
  'a shortcut that comes up': ['Progressing', 'InProgress', 'InProgress'],
  'a shortcut that is Ready': ['Healthy', 'Current', 'Current'],
  'a changed shortcut that nobody has looked at': ['Progressing', 'InProgress', 'InProgress'],
  'a paused shortcut': ['Suspended', 'Current', 'Current'],
  'a shortcut that was Ready and is not': ['Degraded', 'Failed', 'InProgress'],
  'a shortcut that is being deleted': ['Progressing', 'InProgress', 'Terminating'],
  'a new leaf': ['Progressing', 'Unknown', 'Current'],
  'a leaf whose credentials are not there': ['Degraded', 'Failed', 'InProgress'],
  'a leaf that is Ready': ['Healthy', 'Current', 'Current'],
  'a leaf that does not answer': ['Degraded', 'Failed', 'InProgress'],
  'a leaf that is being deleted': ['Progressing', 'InProgress', 'Terminating'],
};

describe('to a GitOps tool', () => {
  let lab: RunningLab;
  /** The objects as the API server gave them, by the state that they were in. */
  const seen = new Map<string, VirtualNodeShortcut | LeafCluster>();
  const judged = new Map<string, Health>();
  const see = (state: keyof typeof verdicts, object: VirtualNodeShortcut | LeafCluster): void =>
    void seen.set(state, object);

  const central = (...args: string[]) => mustKubectl(lab, lab.centre, args);
  const apply = (text: string, ...flags: string[]) =>
    mustKubectl(lab, lab.centre, ['apply', '--filename=-', ...flags], text);
  const letServe = async (mayServe: boolean): Promise<void> => {
    const patch = JSON.stringify({ spec: { gateway: { mayServe } } });
    for (const leaf of ['rome', 'milan'])
      await central('patch', 'leafclusters', leaf, '--type=merge', '--patch', patch);
  };
  const setFinalizers = (object: string, finalizers: readonly string[]) =>
    central('patch', object, '--type=merge', '--patch', JSON.stringify({ metadata: { finalizers } }));
  const inPhase = (phase: string) =>
    waitForShortcut(lab, name, `in phase ${phase}`, ({ status }) => status?.phase === phase);

  beforeAll(async () => {
    lab = await sharedLab();
    await stopPart(lab, 'controller');
    await apply(manifest, '--server-side', '--field-manager=gitops');
    await apply(naples);
    see('a new shortcut', await getShortcut(lab, name));
    see('a new leaf', await getLeafCluster(lab, 'naples'));
    await letServe(false);
    await startPart(lab, 'controller');
    see('a shortcut that is refused', await inPhase('Refused'));
    const away = (leaf: LeafCluster): boolean => conditionOf(leaf, 'Ready')?.status === 'False';
    see('a leaf whose credentials are not there', await waitForLeaf(lab, 'naples', 'not Ready', away));
    await stopPart(lab, 'agent-milan');
    await letServe(true);
    see('a shortcut that comes up', await inPhase('Connecting'));
    await startPart(lab, 'agent-milan');
    see('a shortcut that is Ready', await waitForShortcut(lab, name, 'Ready', isReady));
    see('a leaf that is Ready', await getLeafCluster(lab, 'rome'));
  });
  afterAll(async () => {
    if (lab === undefined) return;
    for (const part of ['controller', 'agent-milan', 'apiserver-milan']) await startPart(lab, part);
    for (const object of ours) {
      const { code, stdout } = await kubectl(lab, lab.centre, ['get', object, '--output=json']);
      if (code !== 0) continue;
      const { metadata } = JSON.parse(stdout) as LeafCluster;
      await setFinalizers(object, metadata.finalizers?.filter((finalizer) => finalizer !== hold) ?? []);
      await kubectl(lab, lab.centre, ['delete', object, '--ignore-not-found', '--timeout=60s']);
    }
  });

  it('applying again what is Ready changes nothing: neither defaults nor status are a difference', async () => {
    const { resourceVersion } = (await getShortcut(lab, name)).metadata;
    await apply(manifest, '--server-side', '--field-manager=gitops');
    expect((await getShortcut(lab, name)).metadata.resourceVersion).toBe(resourceVersion);
    const diff = ['diff', '--filename=-', '--server-side', '--field-manager=gitops'];
    expect(await kubectl(lab, lab.centre, diff, manifest)).toMatchObject({ code: 0, stdout: '' });
  });

  it("so it is with an apply on the client's side, once it has left its annotation", async () => {
    await apply(manifest);
    const { resourceVersion, generation } = (await getShortcut(lab, name)).metadata;
    await apply(manifest);
    const after = await getShortcut(lab, name);
    expect(after.metadata).toMatchObject({ resourceVersion, generation });
    expect(await kubectl(lab, lab.centre, ['diff', '--filename=-'], manifest)).toMatchObject({ code: 0, stdout: '' });
  });

  it('passes through every state', async () => {
    await stopPart(lab, 'controller');
    see('a changed shortcut that nobody has looked at', await changeShortcut(lab, name, { gateway: { mtu: 1400 } }));
    await startPart(lab, 'controller');
    await waitForShortcut(lab, name, 'Ready with its change', isReady);
    await changeShortcut(lab, name, { paused: true });
    see('a paused shortcut', await inPhase('Paused'));
    await changeShortcut(lab, name, { paused: false });
    await inPhase('Ready');
    await cutPart(lab, 'apiserver-milan');
    see('a shortcut that was Ready and is not', await inPhase('Degraded'));
    const away = (leaf: LeafCluster): boolean => conditionOf(leaf, 'Reachable')?.status === 'False';
    see('a leaf that does not answer', await waitForLeaf(lab, 'milan', 'unreachable', away));
    await startPart(lab, 'apiserver-milan');
    await waitForShortcut(lab, name, 'Ready again', isReady);
    for (const object of ours) {
      const { metadata } = JSON.parse((await central('get', object, '--output=json')).stdout) as LeafCluster;
      await setFinalizers(object, [...(metadata.finalizers ?? []), hold]);
      await central('delete', object, '--wait=false');
    }
    see('a shortcut that is being deleted', await inPhase('Deleting'));
    see('a leaf that is being deleted', await getLeafCluster(lab, 'naples'));
    const states = [...seen.keys()];
    const found = await judgeHealth([...seen.values()]);
    for (const [index, state] of states.entries()) judged.set(state, found[index] as Health);
  }, 600_000);

  it.each(Object.entries(verdicts))('%s is %j', (state, [argocd, flux, kstatus]) => {
    const expected: Verdict = { argocd, flux, kstatus };
    expect(judged.get(state)).toMatchObject(expected);
  });

  it('says beside it what a person needs', () => {
    expect(judged.get('a shortcut that is refused')?.message).toContain(
      'neither rome nor milan may run a gateway server',
    );
    expect(judged.get('a shortcut that is Ready')?.message).toBe('The direct tunnel carries traffic.');
    expect(judged.get('a leaf that does not answer')?.message).toContain('no answer');
    expect(judged.get('a new leaf')?.message).toBe('The controller has not looked at it yet.');
  });
});
