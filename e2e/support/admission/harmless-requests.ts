import { expect } from 'vitest';
import type { RawApi, RawRequest, User } from '../objects/raw-api.ts';
import {
  aLeaf,
  aShortcut,
  type OurKind,
  type OurObject,
  pathOf,
  staying,
  store,
  testFinalizer,
} from './admission-fleet.ts';

/** Somebody who has RBAC's rights and no others; the controller's let it patch alone. */
export interface Actor {
  readonly who: string;
  readonly user: User | undefined;
  readonly isPatcher: boolean;
}

/** A request that leaves the spec as it is: nothing may ever be in its way. */
export interface HarmlessRequest {
  readonly what: string;
  readonly actor: Actor;
  /** What it is about, as it was applied first. */
  readonly manifest: OurObject;
  readonly request: (stored: OurObject) => RawRequest;
  /** Whether its object is gone when it was carried out. */
  readonly isLast: boolean;
}

/** An object that is there to stay, or on its way out. */
export type Target = 'live' | 'terminating';

interface Change {
  readonly metadata?: Pick<OurObject['metadata'], 'labels' | 'finalizers'>;
  readonly status?: object;
}

const edits = ['update', 'JSON patch', 'merge patch', 'apply'] as const;
const removals = ['delete', 'deletecollection'] as const;
const manager = 'fieldManager=somebody&force=true';

/** The objects that such requests use up: `make` applies a new one and returns what it applied. */
export interface Supply {
  make(kind: OurKind, target: Target): Promise<OurObject>;
}

/** Stores leaves on the centre, from which it then takes a new pair for each shortcut. */
export async function createSupply(api: RawApi): Promise<Supply> {
  const leaves = Array.from({ length: 9 }, (_, index) => `supply-${index}`);
  for (const leaf of leaves) await store(api, aLeaf(leaf));
  const pairs = leaves.flatMap((a, index) => leaves.slice(index + 1).map((b): [string, string] => [a, b]));
  let count = 0;
  const next = (kind: OurKind): OurObject => {
    count += 1;
    const name = `supplied-${count}`;
    return staying(kind === 'LeafCluster' ? aLeaf(name) : aShortcut(name, pairs.pop() ?? ['no', 'pair']));
  };
  return {
    make: async (kind, target) => {
      const manifest = next(kind);
      // Applied, so that what a later apply leaves out is removed.
      const { status, message } = await api.send(applying(manifest, `${manifest.metadata.name}?${manager}`));
      if (status !== 201) throw new Error(`${kind} ${manifest.metadata.name}: ${status} ${message}`);
      if (target === 'terminating')
        await api.send({ method: 'DELETE', path: `${pathOf[kind]}/${manifest.metadata.name}` });
      return manifest;
    },
  };
}

function applying(object: Omit<OurObject, 'spec'>, at: string): RawRequest {
  const path = `${pathOf[object.kind]}/${at}`;
  return { method: 'PATCH', path, contentType: 'application/apply-patch+yaml', body: object };
}

function edit(
  verb: (typeof edits)[number],
  change: Change,
  manifest: OurObject,
  isDryRun: boolean,
): HarmlessRequest['request'] {
  const { apiVersion, kind, metadata } = manifest;
  const isOfStatus = change.status !== undefined;
  const at = `${metadata.name}${isOfStatus ? '/status' : ''}?${manager}${isDryRun ? '&dryRun=All' : ''}`;
  const path = `${pathOf[kind]}/${at.replace('&force=true', '')}`;
  switch (verb) {
    case 'update':
      return (stored) => {
        const body = { ...stored, ...change, metadata: { ...stored.metadata, ...change.metadata } };
        return { method: 'PUT', path, body };
      };
    case 'JSON patch': {
      const ofMetadata = Object.entries(change.metadata ?? {});
      const operations = ofMetadata.map(([field, value]) => ({ op: 'add', path: `/metadata/${field}`, value }));
      const body = isOfStatus ? [{ op: 'add', path: '/status', value: change.status }] : operations;
      return () => ({ method: 'PATCH', path, contentType: 'application/json-patch+json', body });
    }
    case 'merge patch':
      return () => ({ method: 'PATCH', path, contentType: 'application/merge-patch+json', body: change });
    case 'apply': {
      const whole = { ...manifest, metadata: { ...metadata, ...change.metadata } };
      const ofStatus = { apiVersion, kind, metadata: { name: `${metadata.name}` }, status: change.status ?? {} };
      return () => applying(isOfStatus ? ofStatus : whole, at);
    }
  }
}

function removal(verb: (typeof removals)[number], manifest: OurObject, isDryRun: boolean): HarmlessRequest['request'] {
  const { kind, metadata } = manifest;
  const dryRun = isDryRun ? 'dryRun=All' : '';
  const one = verb === 'delete' ? `/${metadata.name}?` : `?fieldSelector=metadata.name%3D${metadata.name}&`;
  return () => ({ method: 'DELETE', path: `${pathOf[kind]}${one}${dryRun}` });
}

function changesOf(target: Target, { metadata }: OurObject): [string, Change][] {
  const finalizers = [testFinalizer, 'test.dev/another'];
  return [
    ['labels', { metadata: { labels: { ...metadata.labels, another: 'label' } } }],
    ['status', { status: { observedGeneration: 1 } }],
    // Kubernetes itself takes no new ones once an object is on its way out.
    ...(target === 'live' ? [['one more finalizer', { metadata: { finalizers } }] satisfies [string, Change]] : []),
  ];
}

/**
 * Every request that leaves the spec alone: labels, finalizers, status, deletes, by every verb, for every actor, as a
 * dry run and in earnest.
 */
export async function planHarmless(
  kind: OurKind,
  actors: readonly Actor[],
  supply: Supply,
): Promise<HarmlessRequest[]> {
  const plan: HarmlessRequest[] = [];
  for (const target of ['live', 'terminating'] as const) {
    const shared = await supply.make(kind, target);
    for (const actor of actors) {
      for (const isDryRun of [true, false]) {
        // What is used up in earnest is an object of its own.
        const own = async (): Promise<OurObject> => (isDryRun ? shared : supply.make(kind, target));
        const nameOf = (what: string, verb: string): string =>
          `${actor.who}: ${verb} of ${what}, ${target} ${kind}${isDryRun ? ', dry run' : ''}`;
        for (const verb of edits.filter((each) => !actor.isPatcher || each !== 'update')) {
          for (const [what, change] of changesOf(target, shared)) {
            const request = edit(verb, change, shared, isDryRun);
            plan.push({ what: nameOf(what, verb), actor, manifest: shared, request, isLast: false });
          }
          const manifest = await own();
          const request = edit(verb, { metadata: { finalizers: [] } }, manifest, isDryRun);
          const isLast = target === 'terminating' && !isDryRun;
          plan.push({ what: nameOf('the last finalizer', verb), actor, manifest, request, isLast });
        }
        for (const verb of actor.isPatcher ? [] : removals) {
          const manifest = await own();
          const request = removal(verb, manifest, isDryRun);
          plan.push({ what: nameOf('the object', verb), actor, manifest, request, isLast: false });
        }
      }
    }
  }
  return plan;
}

/** Sends them all; none may be refused. */
export async function sendHarmless(api: RawApi, plan: readonly HarmlessRequest[]): Promise<void> {
  for (const { what, actor, manifest, request, isLast } of plan) {
    const path = `${pathOf[manifest.kind]}/${manifest.metadata.name}`;
    const stored = (await api.send({ method: 'GET', path })).body as OurObject;
    const { status, message } = await api.send({ ...request(stored), user: actor.user });
    expect(`${status} ${message}`, what).toBe('200 ');
    if (isLast) expect((await api.send({ method: 'GET', path })).status, what).toBe(404);
  }
}
