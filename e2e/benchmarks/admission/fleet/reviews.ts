import type { VirtualNodeShortcut } from '@leafway/core';
import { type FleetSize, firstFreeLink, leafID, linkOf, uidOf } from '../../fleet/shape.ts';
import { bareShortcut, shortcutOf } from './objects.ts';

/** An AdmissionReview as an API server sends it, and the answer that is right. */
export interface ExpectedReview {
  readonly allowed: boolean;
  readonly review: object;
}

/**
 * Reviews that a fleet of this size answers: of ten, seven create a link that is free, two change the MTU of one that is
 * there, and one is refused because its pair is taken. All have different uids, names and pairs.
 */
export function reviewsFor(size: FleetSize, count: number): ExpectedReview[] {
  return Array.from({ length: count }, (_, index) => {
    // A large step, so that neighbouring reviews are about leaves that lie far apart.
    const existing = (index * 7919) % size.shortcuts;
    if (index % 10 === 4) return { allowed: false, review: createReview(index, pairOf(existing, size)) };
    if (index % 10 === 1 || index % 10 === 7) return { allowed: true, review: updateReview(index, existing, size) };
    return {
      allowed: true,
      review: createReview(index, pairOf(firstFreeLink(size) + ((index * 7919) % size.leaves), size)),
    };
  });
}

function pairOf(number: number, size: FleetSize): [string, string] {
  const { a, b } = linkOf(number, size);
  return [leafID(a), leafID(b)];
}

function createReview(index: number, pair: readonly [string, string]): object {
  const object = bareShortcut(`new-${String(index).padStart(6, '0')}`, pair);
  return review(index, { operation: 'CREATE', object, oldObject: null, options: 'CreateOptions' });
}

function updateReview(index: number, existing: number, size: FleetSize): object {
  const oldObject = shortcutOf(existing, size);
  const { gateway } = oldObject.spec;
  const object = {
    ...oldObject,
    metadata: { ...oldObject.metadata, generation: 2 },
    spec: { ...oldObject.spec, gateway: { ...gateway, mtu: 1400 } },
  };
  return review(index, { operation: 'UPDATE', object, oldObject, options: 'UpdateOptions' });
}

interface Question {
  readonly operation: 'CREATE' | 'UPDATE';
  readonly object: VirtualNodeShortcut;
  readonly oldObject: VirtualNodeShortcut | null;
  readonly options: string;
}

function review(index: number, { operation, object, oldObject, options }: Question): object {
  const kind = { group: 'leafway.dev', version: 'v1alpha1', kind: 'VirtualNodeShortcut' };
  const resource = { group: 'leafway.dev', version: 'v1alpha1', resource: 'virtualnodeshortcuts' };
  return {
    kind: 'AdmissionReview',
    apiVersion: 'admission.k8s.io/v1',
    request: {
      uid: uidOf(4, index),
      kind,
      resource,
      requestKind: kind,
      requestResource: resource,
      name: object.metadata.name,
      operation,
      userInfo: {
        username: 'jane@example.org',
        uid: uidOf(5, 1),
        groups: ['network-admins', 'system:authenticated'],
        extra: { 'authentication.kubernetes.io/credential-id': [`JTI=${uidOf(6, index)}`] },
      },
      object,
      oldObject,
      dryRun: false,
      options: { kind: options, apiVersion: 'meta.k8s.io/v1', fieldManager: 'kubectl-client-side-apply' },
    },
  };
}
