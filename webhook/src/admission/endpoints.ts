import { isDeepStrictEqual } from 'node:util';
import { kinds } from '@leafway/core';
import type { Decision, Judge } from './decision.ts';
import { isRecord } from './json-value.ts';
import { createLeafClusterValidation } from './leaf-cluster/validate.ts';
import type { AdmissionRequest } from './review.ts';
import { mutateShortcut } from './virtual-node-shortcut/mutate.ts';
import { createShortcutValidation } from './virtual-node-shortcut/validate.ts';
import type { World } from './world.ts';

/** What one path of the webhook judges. */
export interface Endpoint {
  /** Judge by kind. */
  readonly judges: ReadonlyMap<string, Judge>;
  /** Whether its judges look at the world, so that they have to wait until that is known. */
  readonly needsWorld: boolean;
}

/** The webhook's two paths and what they judge. */
export function createEndpoints(world: World): Readonly<Record<'/mutate' | '/validate', Endpoint>> {
  const shortcut = createShortcutValidation();
  const leafCluster = createLeafClusterValidation();
  const validations: [string, Judge][] = [
    [kinds.shortcuts.kind, (request) => shortcut(request, world)],
    [kinds.leafClusters.kind, (request) => leafCluster(request, world)],
  ];
  return {
    '/mutate': { judges: new Map([[kinds.shortcuts.kind, mutateShortcut]]), needsWorld: false },
    '/validate': { judges: new Map(validations), needsWorld: true },
  };
}

/** Why a request cannot be judged at all; `undefined` when it can. */
export function misfitOf({ kind, operation, object }: AdmissionRequest, endpoint: Endpoint): string | undefined {
  const { group, version } = kinds.shortcuts;
  const isKnown = kind.group === group && kind.version === version && endpoint.judges.has(kind.kind);
  if (!isKnown) {
    const named = kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
    return `this webhook does not judge ${kind.kind} of ${named}: correct the rules of its webhook configuration`;
  }
  if (operation === 'DELETE') return undefined;
  if (operation !== 'CREATE' && operation !== 'UPDATE') return `this webhook does not judge the operation ${operation}`;
  if (!isRecord(object)) return `the request to ${operation} has no object`;
  if (object.kind !== kind.kind || object.apiVersion !== `${group}/${version}`) {
    return `the request is about ${kind.kind} of ${group}/${version}, but its object is of another kind or version`;
  }
  return undefined;
}

/**
 * Whether a request changes nothing that is judged here: a delete, a status, finalizers or labels. Those never depend
 * on this webhook (docs/admission.md); the webhook configurations do not even send them.
 */
export function leavesSpecAlone({ operation, subResource, object, oldObject }: AdmissionRequest): boolean {
  if (operation === 'DELETE' || subResource !== '') return true;
  if (operation !== 'UPDATE' || !isRecord(object) || !isRecord(oldObject)) return false;
  return isDeepStrictEqual(object.spec, oldObject.spec);
}

/** The decision on a request without misfit that does not leave the spec alone. Throws when its kind has no judge. */
export function decide(request: AdmissionRequest, endpoint: Endpoint): Decision {
  const judge = endpoint.judges.get(request.kind.kind);
  if (judge === undefined) throw new Error(`nothing judges ${request.kind.kind}`);
  return judge(request);
}
