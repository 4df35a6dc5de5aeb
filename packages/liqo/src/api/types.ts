import type { Condition, ObjectMeta } from '@leafway/core';

/** The part of every object that this package reads. */
export interface LiqoObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
}

export interface ClusterCIDRs {
  pod?: string[];
  external?: string[];
}

/** Contract, section 2. */
export interface Configuration extends LiqoObject {
  spec?: { local?: { cidr?: ClusterCIDRs }; remote?: { cidr?: ClusterCIDRs } };
  status?: { remote?: { cidr?: ClusterCIDRs }; conditions?: Condition[] };
}

export interface ObjectReference {
  apiVersion?: string;
  kind?: string;
  name?: string;
  namespace?: string;
  uid?: string;
}

export type ServiceType = 'ClusterIP' | 'NodePort' | 'LoadBalancer';

interface GatewayStatus {
  secretRef?: ObjectReference;
  internalEndpoint?: { ip?: string; node?: string };
}

/** Contract, section 4.1. */
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

/** Contract, section 4.2. */
export interface GatewayClient extends LiqoObject {
  spec?: {
    clientTemplateRef?: ObjectReference;
    mtu?: number;
    endpoint?: { addresses?: string[]; port?: number; protocol?: string };
    secretRef?: { name?: string };
  };
  status?: GatewayStatus & { clientRef?: ObjectReference };
}

/** Contract, section 6.2: holds the key of the *other* side. */
export interface PublicKey extends LiqoObject {
  spec?: { publicKey?: string };
}

/** Contract, section 7.1. */
export interface Connection extends LiqoObject {
  spec?: { type: 'Server' | 'Client'; gatewayRef: ObjectReference };
  status?: { value?: string; latency?: { value?: string; timestamp?: string } };
}

/** Contract, section 3.1. */
export interface Network extends LiqoObject {
  spec?: { cidr: string; preAllocated?: number };
  status?: { cidr?: string };
}

/** Contract, section 3.4. */
export interface IP extends LiqoObject {
  spec?: { ip: string; networkRef?: ObjectReference; masquerade?: boolean };
  status?: { ip?: string; cidr?: string };
}

export interface ConfigMap extends LiqoObject {
  data?: Record<string, string>;
}

export interface Secret extends LiqoObject {
  type?: string;
  data?: Record<string, string>;
}

export type TenantNamespace = LiqoObject;

export interface GatewayTemplate extends LiqoObject {
  spec?: { objectKind?: { apiVersion?: string; kind?: string }; template?: Record<string, unknown> };
}
