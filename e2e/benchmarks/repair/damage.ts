import { isDeepStrictEqual } from 'node:util';
import type { GatewayClient, GatewayServer, LiqoObject, TenantNamespace } from '@leafway/liqo';
import type { JsonPatchOperation } from '@leafway/reconciler';
import type { ObjectEvent } from '../link/wait-for-event.ts';

/** What a hand on a leaf does to an object of a shortcut. */
export type Damage = 'edited' | 'deleted';

const namespaceLabel = 'pod-security.kubernetes.io/enforce';

/** What somebody changes by hand in an object of each kind that the controller writes. */
const edits: Readonly<Record<string, (object: LiqoObject) => JsonPatchOperation>> = {
  Namespace: ({ metadata }: TenantNamespace) => {
    const labels = { ...metadata.labels, [namespaceLabel]: 'restricted' };
    return { op: 'replace', path: '/metadata/labels', value: labels };
  },
  Configuration: () => ({ op: 'replace', path: '/spec/remote/cidr/pod', value: ['10.99.0.0/16'] }),
  GatewayServer: (object: GatewayServer) => smallerMTU(object),
  GatewayClient: (object: GatewayClient) => smallerMTU(object),
  PublicKey: () => ({
    op: 'replace',
    path: '/spec/publicKey',
    value: Buffer.alloc(32, 'another key').toString('base64'),
  }),
};

function smallerMTU({ spec }: GatewayServer | GatewayClient): JsonPatchOperation {
  return { op: 'replace', path: '/spec/mtu', value: (spec?.mtu ?? 1_340) - 40 };
}

/** Whether the controller writes objects of this kind; what is derived from them is the agent's. */
export function isWritten(kind: string): boolean {
  return kind in edits;
}

/** The patch that damages an object. */
export function editOf(object: LiqoObject): JsonPatchOperation[] {
  const edit = edits[object.kind];
  if (edit === undefined) throw new TypeError(`nobody edits a ${object.kind} here`);
  return [edit(object)];
}

/**
 * Tells by the events of an object when it is as it was, after it was not: the first events may be older than the
 * damage. One that was deleted is back as another object.
 */
export function createRepairDetector(before: LiqoObject, damage: Damage): (event: ObjectEvent<LiqoObject>) => boolean {
  let isDamaged = false;
  return ({ type, object }) => {
    const isWhole = type !== 'DELETED' && isDeepStrictEqual(contentOf(object), contentOf(before));
    if (damage === 'edited') {
      if (!isWhole) isDamaged = true;
      return isWhole && isDamaged;
    }
    return isWhole && object.metadata.uid !== before.metadata.uid;
  };
}

function contentOf(object: LiqoObject & { spec?: unknown }): object {
  return { spec: object.kind === 'Namespace' ? undefined : object.spec, labels: object.metadata.labels };
}
