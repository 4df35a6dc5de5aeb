import type {
  ForeignClusterConnection,
  ShortcutStatus,
  VirtualNodeConnection,
  VirtualNodeShortcut,
} from '@leafway/core';
import type { Connection } from '../compatibility/connection.ts';
import { newShortcut, wantedLink } from '../compatibility/to-shortcut.ts';

/** A connection between rome and milan, with what the Foreign Cluster Connector's own example says of the gateways. */
export function aForeignClusterConnection(
  over: { metadata?: object; spec?: Partial<ForeignClusterConnection['spec']>; status?: object } = {},
): ForeignClusterConnection {
  return {
    apiVersion: 'networking.liqo.io/v1beta1',
    kind: 'ForeignClusterConnection',
    metadata: { namespace: 'default', name: 'rome-milan', uid: 'connection-uid', generation: 1, ...over.metadata },
    spec: {
      foreignClusterA: 'rome',
      foreignClusterB: 'milan',
      networking: {
        mtu: 1450,
        timeoutSeconds: 120,
        wait: true,
        serverGatewayType: 'networking.liqo.io/v1beta1/wggatewayservertemplates',
        serverTemplateName: 'wireguard-server',
        serverTemplateNamespace: 'liqo',
        serverServiceType: 'NodePort',
        serverServicePort: 51840,
        clientGatewayType: 'networking.liqo.io/v1beta1/wggatewayclienttemplates',
        clientTemplateName: 'wireguard-client',
        clientTemplateNamespace: 'liqo',
      },
      ...over.spec,
    },
    ...(over.status === undefined ? {} : { status: over.status as ForeignClusterConnection['status'] & object }),
  };
}

/** The same link in the first form of the kind. */
export function aVirtualNodeConnection(): VirtualNodeConnection {
  return {
    apiVersion: 'networking.liqo.io/v1beta1',
    kind: 'VirtualNodeConnection',
    metadata: { namespace: 'default', name: 'test-connection', uid: 'vnc-uid', generation: 1 },
    spec: {
      virtualNodeA: 'rome',
      kubeconfigA: 'kubeconfig-rome',
      virtualNodeB: 'milan',
      kubeconfigB: 'kubeconfig-milan',
    },
  };
}

/** The shortcut of a connection as the centre has it, with the defaults of the schema where they matter. */
export function itsShortcut(
  connection: Connection,
  over: { metadata?: object; status?: ShortcutStatus } = {},
): VirtualNodeShortcut {
  const { metadata, ...made } = newShortcut(connection, wantedLink(connection, { liqoNamespace: 'liqo' }));
  return {
    ...made,
    metadata: { ...metadata, uid: 'shortcut-uid', generation: 1, ...over.metadata },
    ...(over.status === undefined ? {} : { status: over.status }),
  };
}

/** What a shortcut says of itself: conditions as `Type=Status Reason`, all of generation 1. */
export function saying(phase: string, ...conditions: readonly string[]): ShortcutStatus {
  return {
    observedGeneration: 1,
    phase,
    conditions: conditions.map((condition) => {
      const [, type = '', status = '', reason = ''] = /^(\w+)=(\w+) (\w+)$/.exec(condition) ?? [];
      const message = `${type} says ${reason}`;
      const lastTransitionTime = '2026-11-21T10:00:00Z';
      return { type, status: status as 'True', reason, message, lastTransitionTime, observedGeneration: 1 };
    }),
  };
}
