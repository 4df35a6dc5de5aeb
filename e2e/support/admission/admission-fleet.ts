import { type RunningLab, startPart, stopPart } from '@leafway/lab';
import { vi } from 'vitest';
import type { RawApi } from '../objects/raw-api.ts';

/** Where our kinds are served. */
export const pathOf = {
  VirtualNodeShortcut: '/apis/leafway.dev/v1alpha1/virtualnodeshortcuts',
  LeafCluster: '/apis/leafway.dev/v1alpha1/leafclusters',
} as const;

export type OurKind = keyof typeof pathOf;

/** An object of ours as the API server takes and gives it. */
export interface OurObject {
  readonly apiVersion: 'leafway.dev/v1alpha1';
  readonly kind: OurKind;
  readonly metadata: {
    readonly name?: string;
    readonly generateName?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly finalizers?: readonly string[];
    readonly deletionTimestamp?: string;
    readonly resourceVersion?: string;
  };
  readonly spec: object;
  readonly status?: object;
}

/** On every object of such a test, so that they are found again, and keeps terminating what is deleted. */
const testLabel = { 'test.dev/admission': 'yes' } as const;
export const testFinalizer = 'test.dev/stay';

/** The Secret that every leaf here names. */
export const fleetSecret = { namespace: 'leafway-system', name: 'leaf-rome' } as const;

export function aLeaf(name: string, spec: object = {}): OurObject {
  return anObject('LeafCluster', name, { kubeconfigSecretRef: fleetSecret, ...spec });
}

export function aShortcut(name: string, [a, b]: readonly [string, string], spec: object = {}): OurObject {
  return anObject('VirtualNodeShortcut', name, { clusters: [{ id: a }, { id: b }], ...spec });
}

function anObject(kind: OurKind, name: string, spec: object): OurObject {
  return { apiVersion: 'leafway.dev/v1alpha1', kind, metadata: { name, labels: testLabel }, spec };
}

/** The object, which stays when it is deleted. */
export function staying(object: OurObject): OurObject {
  return { ...object, metadata: { ...object.metadata, finalizers: [testFinalizer] } };
}

/** Stores an object; waits for the webhook, which learns of other objects a moment after they were stored. */
export async function store(api: RawApi, object: OurObject): Promise<OurObject> {
  const request = { method: 'POST', path: pathOf[object.kind], body: object } as const;
  return vi.waitFor(
    async () => {
      const { status, message, body } = await api.send(request);
      if (status !== 201) throw new Error(`${object.kind} ${object.metadata.name}: ${status} ${message}`);
      return body as OurObject;
    },
    { timeout: 30_000, interval: 50 },
  );
}

/** All objects of these tests that are stored now. */
export async function storedObjects(api: RawApi, kind: OurKind): Promise<OurObject[]> {
  const { body } = await api.send({ method: 'GET', path: pathOf[kind] });
  return (body as { items: OurObject[] }).items;
}

/** Keeps the controller away while objects are on the centre that are not meant for it; the result ends that. */
export async function withoutController(lab: RunningLab, api: RawApi): Promise<() => Promise<void>> {
  await stopPart(lab, 'controller');
  return async () => {
    for (const kind of ['VirtualNodeShortcut', 'LeafCluster'] as const) await removeTestObjects(api, kind);
    await startPart(lab, 'controller');
  };
}

async function removeTestObjects(api: RawApi, kind: OurKind): Promise<void> {
  const selector = `?labelSelector=${Object.keys(testLabel).join(',')}`;
  await api.send({ method: 'DELETE', path: `${pathOf[kind]}${selector}` });
  const { body } = await api.send({ method: 'GET', path: `${pathOf[kind]}${selector}` });
  for (const { metadata } of (body as { items: OurObject[] }).items) {
    const patch = { metadata: { finalizers: null } };
    const path = `${pathOf[kind]}/${metadata.name}`;
    await api.send({ method: 'PATCH', path, contentType: 'application/merge-patch+json', body: patch });
  }
}
