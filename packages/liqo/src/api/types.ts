import type { Condition, ObjectMeta } from '@leafway/core';

/** The part of every object that this package reads. */
export interface LiqoObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
}

/** Ranges of one cluster, in CIDR notation. */
export interface ClusterCIDRs {
  pod?: string[];
  external?: string[];
}

/** Both clusters' ranges: `spec` has the real ones, `status` what this cluster calls the remote's. */
export interface Configuration extends LiqoObject {
  spec?: { local?: { cidr?: ClusterCIDRs }; remote?: { cidr?: ClusterCIDRs } };
  status?: { remote?: { cidr?: ClusterCIDRs }; conditions?: Condition[] };
}

/** How Liqo's objects name others. */
export interface ObjectReference {
  apiVersion?: string;
  kind?: string;
  name?: string;
  namespace?: string;
  uid?: string;
}

/** How a gateway server's UDP port is made reachable. */
export type ServiceType = 'ClusterIP' | 'NodePort' | 'LoadBalancer';

interface GatewayStatus {
  secretRef?: ObjectReference;
  internalEndpoint?: { ip?: string; node?: string };
}

/** The end of a tunnel that waits to be dialled; its status tells where. */
export interface GatewayServer extends LiqoObject {
  spec?: {
    serverTemplateRef?: ObjectReference;
    mtu?: number;
    endpoint?: {
      serviceType?: ServiceType | 'ExternalName';
      port?: number;
      nodePort?: number;
      loadBalancerIP?: string;
    };
    serviceAnnotations?: Record<string, string>;
    secretRef?: { name?: string };
  };
  status?: GatewayStatus & {
    serverRef?: ObjectReference;
    endpoint?: { addresses?: string[]; port?: number; protocol?: string };
  };
}

/** The end of a tunnel that dials. */
export interface GatewayClient extends LiqoObject {
  spec?: {
    clientTemplateRef?: ObjectReference;
    mtu?: number;
    endpoint?: { addresses?: string[]; port?: number; protocol?: string };
    secretRef?: { name?: string };
  };
  status?: GatewayStatus & { clientRef?: ObjectReference };
}

/** Holds the WireGuard key of the *other* side, in base64. */
export interface PublicKey extends LiqoObject {
  spec?: { publicKey?: string };
}

/** What a gateway says of its tunnel: its state, and the round trip of its pings. */
export interface Connection extends LiqoObject {
  spec?: { type: 'Server' | 'Client'; gatewayRef: ObjectReference };
  status?: { value?: string; latency?: { value?: string; timestamp?: string } };
}

/** A range that is in use on the cluster, or wanted; the status has the one that was given. */
export interface Network extends LiqoObject {
  spec?: { cidr: string; preAllocated?: number };
  status?: { cidr?: string };
}

/** An address of the external range that stands for another one. */
export interface IP extends LiqoObject {
  spec?: { ip: string; networkRef?: ObjectReference; masquerade?: boolean };
  status?: { ip?: string; cidr?: string };
}

/** A ConfigMap, as far as the cluster's ID stands in it. */
export interface ConfigMap extends LiqoObject {
  data?: Record<string, string>;
}

/** A Secret, values in base64. */
export interface Secret extends LiqoObject {
  type?: string;
  data?: Record<string, string>;
}

/** On the cluster that consumes: what it is allowed to be on another one, and the Secret with the kubeconfig for that. */
export interface Identity extends LiqoObject {
  spec?: { clusterID?: string; type?: 'ControlPlane' | 'ResourceSlice' };
  status?: { kubeconfigSecretRef?: { name?: string } };
}

/** The namespace that holds everything about one remote cluster. */
export type TenantNamespace = LiqoObject;

/** What gateways of one role are made from: the kind, and its fields with variables in them. */
export interface GatewayTemplate extends LiqoObject {
  spec?: { objectKind?: { apiVersion?: string; kind?: string }; template?: Record<string, unknown> };
}
