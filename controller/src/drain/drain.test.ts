import { kinds, type LeafCluster, type VirtualNodeShortcut } from '@leafway/core';
import { ApiError, type ApiErrorCode, type KubeObject, leases } from '@leafway/reconciler';
import { FakeClock, FakeKubeApi, seededRandom, silentLogger } from '@leafway/reconciler/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { aLeafCluster, aShortcut } from '../testing/world.ts';
import { type DrainReport, drain } from './drain.ts';
import { failureLines, successLines } from './words.ts';

const lease = { namespace: 'leafway-system', name: 'leafway-controller' };
type Lease = KubeObject & { spec?: { holderIdentity?: string; leaseDurationSeconds?: number } };

let clock: FakeClock;
let central: FakeKubeApi;
let progress: string[];
beforeEach(() => {
  clock = new FakeClock();
  central = new FakeKubeApi({ cluster: 'the central cluster', clock });
  progress = [];
  for (const id of ['rome', 'milan']) {
    const leaf = aLeafCluster(id);
    central.seed(kinds.leafClusters, { ...leaf, metadata: { name: id, finalizers: ['leafway.dev/leaf'] } });
  }
});

/** A controller that leads for longer than any test takes. */
function seedLeader(holderIdentity = 'somebody', leaseDurationSeconds = 3_600): void {
  const spec = { holderIdentity, leaseDurationSeconds };
  central.seed<Lease>(leases, { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: lease, spec });
}

const holder = (): string | undefined => central.object<Lease>(leases, lease)?.spec?.holderIdentity;
const leaf = (name: string): LeafCluster | undefined => central.object<LeafCluster>(kinds.leafClusters, { name });
const shortcuts = (): string[] => central.objects(kinds.shortcuts).map(({ metadata }) => metadata.name);

function seedShortcut(name: string, over: Parameters<typeof aShortcut>[0] = {}): void {
  const made = aShortcut({ name, uid: `uid of ${name}`, ...over });
  const { uid: _uid, creationTimestamp: _creation, ...metadata } = made.metadata;
  central.seed(kinds.shortcuts, { ...made, metadata });
}

/** What a controller does in the end to each shortcut that is deleted. */
function letGo(name: string): void {
  central.edit<VirtualNodeShortcut>(kinds.shortcuts, { name }, (draft) => {
    draft.metadata.finalizers = [];
  });
}

const refusal = (code: ApiErrorCode, status: number): ApiError =>
  new ApiError(`the server says ${code}`, { code, status, operation: 'watch' });

function start(timeoutMs = 240_000): Promise<DrainReport> {
  const deps = { central, clock, random: seededRandom(1), log: silentLogger };
  return drain(
    { ...deps, progress: (line) => progress.push(line) },
    { timeoutMs, lease },
    new AbortController().signal,
  );
}

describe('a drain', () => {
  it('deletes every shortcut, waits until all are taken down, and lets the LeafClusters go', async () => {
    seedLeader();
    seedShortcut('rome-milan');
    seedShortcut('paused', { spec: { paused: true } });
    const draining = start();
    await clock.advance(5_000);
    expect(central.objects(kinds.shortcuts).map(({ metadata }) => metadata.deletionTimestamp)).not.toContain(undefined);
    expect(holder()).toBe('somebody');
    letGo('rome-milan');
    await clock.advance(1_000);
    expect(leaf('rome')?.metadata.finalizers).toEqual(['leafway.dev/leaf']);
    letGo('paused');
    await clock.advance(3_000);
    const report = await draining;
    expect(report).toEqual({ deleted: ['paused', 'rome-milan'], orphaned: [], recreated: [], obstacles: [] });
    expect([leaf('rome'), leaf('milan')].map((found) => found?.metadata.finalizers)).toEqual([[], []]);
    expect(clock.pendingTimers).toBe(0);
  });

  it('leads last, for a minute: no controller holds anything again before it is removed', async () => {
    seedLeader();
    const draining = start();
    await clock.advance(3_000);
    await draining;
    expect(central.object<Lease>(leases, lease)?.spec).toMatchObject({
      holderIdentity: 'leafway-drain',
      leaseDurationSeconds: 60,
    });
  });

  it('finishes first what a controller began in its last moment', async () => {
    seedLeader();
    const draining = start();
    await clock.advance(500);
    expect(holder()).toBe('leafway-drain');
    seedShortcut('late');
    await clock.advance(1_000);
    expect(holder()).toBe('');
    letGo('late');
    await clock.advance(3_000);
    expect(await draining).toMatchObject({ deleted: ['late'], obstacles: [] });
  });

  it('deletes what is created meanwhile, and says that somebody creates it', async () => {
    seedLeader();
    seedShortcut('rome-milan');
    const draining = start();
    await clock.advance(1_000);
    letGo('rome-milan');
    seedShortcut('rome-milan');
    await clock.advance(500);
    letGo('rome-milan');
    await clock.advance(3_000);
    const report = await draining;
    expect(report).toMatchObject({ deleted: ['rome-milan'], recreated: ['rome-milan'], obstacles: [] });
    expect(successLines(report).join('\n')).toContain('rome-milan: created anew meanwhile; stop what creates it');
  });

  it('says which links stay on their leaves because they were meant to', async () => {
    seedLeader();
    seedShortcut('kept', { spec: { deletionPolicy: 'Orphan' } });
    const draining = start();
    await clock.advance(100);
    letGo('kept');
    await clock.advance(3_000);
    const report = await draining;
    expect(report.orphaned).toEqual(['kept']);
    expect(successLines(report).join('\n')).toContain('kept: the links stay on their leaves');
  });

  it('needs no controller where no shortcut was ever carried out', async () => {
    seedShortcut('new', { metadata: { finalizers: [] } });
    const draining = start();
    await clock.advance(2_000);
    expect(await draining).toMatchObject({ deleted: ['new'], obstacles: [] });
    expect(shortcuts()).toEqual([]);
  });

  it('is done at once where the kinds are not installed', async () => {
    central.beforeRequest = ({ type }) => {
      if (type.group === 'leafway.dev') throw refusal('NotFound', 404);
    };
    const draining = start();
    await clock.advance(3_000);
    expect(await draining).toMatchObject({ deleted: [], obstacles: [] });
  });
});

describe('a drain that cannot be completed', () => {
  const failure = async (draining: Promise<DrainReport>): Promise<string> => failureLines(await draining).join('\n');

  it('says after half a minute that no controller runs, and what to do', async () => {
    seedLeader('dead', 15);
    seedShortcut('rome-milan');
    const draining = start();
    await clock.advance(46_500);
    const said = await failure(draining);
    expect(said).toContain(
      'VirtualNodeShortcut rome-milan: no controller holds the Lease leafway-system/leafway-controller, so nobody takes it down; start the',
    );
    expect(said).toContain('leafway uninstall --force');
    expect(leaf('rome')?.metadata.finalizers).toEqual(['leafway.dev/leaf']);
  });

  it('says which object on which leaf is in the way when its time is over', async () => {
    seedLeader();
    seedShortcut('rome-milan');
    const message =
      'Removing its objects on milan. GatewayServer liqo-tenant-rome/rome on milan is held by the finalizer x/y.';
    const draining = start(60_000);
    await clock.advance(100);
    central.edit<VirtualNodeShortcut>(kinds.shortcuts, { name: 'rome-milan' }, (draft) => {
      const condition = { type: 'Ready', status: 'False', reason: 'Deleting', message } as const;
      draft.status = { conditions: [{ ...condition, lastTransitionTime: '2026-01-01T00:00:00Z' }] };
    });
    await clock.advance(50_000);
    expect(progress.at(-1)).toContain('held by the finalizer x/y');
    await clock.advance(10_000);
    expect(await failure(draining)).toContain(
      'GatewayServer liqo-tenant-rome/rome on milan is held by the finalizer x/y;',
    );
    expect(holder()).toBe('somebody');
  });

  it('waits for a leaf that owes something, but not for ever for one that is away', async () => {
    seedLeader();
    const owed = {
      apiVersion: 'networking.liqo.io/v1beta1',
      kind: 'Configuration',
      namespace: 'liqo-tenant-rome',
      name: 'rome',
      uid: 'x',
      remoteClusterID: 'rome',
      shortcut: { name: 'rome-milan', uid: 'y' },
    };
    const away = { type: 'Reachable', status: 'False', reason: 'Unusable', message: 'connect ECONNREFUSED.' } as const;
    central.edit<LeafCluster>(kinds.leafClusters, { name: 'milan' }, (draft) => {
      draft.status = { pendingCleanup: [owed], conditions: [{ ...away, lastTransitionTime: '2026-01-01T00:00:00Z' }] };
    });
    const draining = start();
    await clock.advance(31_500);
    const said = await failure(draining);
    expect(said).toContain(
      'LeafCluster milan: objects of deleted shortcuts are still on that leaf (Configuration liqo-tenant-rome/rome): connect ECONNREFUSED;',
    );
    expect(said).toContain('kubectl annotate leafcluster milan leafway.dev/abandon=true');
  });

  it('names the finalizer of somebody else', async () => {
    seedLeader();
    seedShortcut('rome-milan', { metadata: { finalizers: ['argocd.argoproj.io/hook'] } });
    const draining = start();
    await clock.advance(31_500);
    expect(await failure(draining)).toContain("held by the finalizer argocd.argoproj.io/hook, which is not Leafway's");
  });

  it.each([
    { what: 'no LeafCluster can be changed', plural: 'leafclusters' },
    { what: 'the lease cannot be taken', plural: 'leases' },
  ])('names the LeafClusters that are still held when $what until its time is over', async ({ plural }) => {
    seedLeader();
    central.beforeRequest = ({ verb, type }) => {
      if (verb === 'patch' && type.plural === plural) throw refusal('Unavailable', 503);
    };
    const draining = start(30_000);
    await clock.advance(33_000);
    const { obstacles } = await draining;
    expect(obstacles).toEqual([expect.objectContaining({ object: 'LeafCluster milan, rome' })]);
    expect(obstacles[0]?.why).toBe(
      'the finalizer leafway.dev/leaf is still on it, because the central cluster does not answer (the server says Unavailable)',
    );
  });

  it('does not take for drained what it cannot see', async () => {
    seedLeader();
    seedShortcut('rome-milan');
    const draining = start(30_000);
    await clock.advance(1_000);
    central.beforeRequest = ({ verb, type }) => {
      if (verb !== 'patch' && type.plural === 'leafclusters') throw refusal('Unavailable', 503);
    };
    central.breakWatches();
    await clock.advance(1_000);
    letGo('rome-milan');
    await clock.advance(33_000);
    expect(await failure(draining)).toContain('LeafCluster milan, rome: the finalizer leafway.dev/leaf is still on it');
    expect(leaf('rome')?.metadata.finalizers).toEqual(['leafway.dev/leaf']);
  });

  it('names a missing right at once', async () => {
    central.beforeRequest = ({ type }) => {
      if (type.plural !== 'virtualnodeshortcuts') return;
      throw refusal('Forbidden', 403);
    };
    const draining = expect(start()).rejects.toThrow('the server says Forbidden');
    await clock.advance(1_500);
    await draining;
  });
});
