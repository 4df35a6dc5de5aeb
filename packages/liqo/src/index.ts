export { annotationKeys, clusterIDConfigMapLabel, gatewayResourceName, labelKeys, networkTypes } from './api/labels.ts';
export { apiVersionOf, type LiqoResource, resources } from './api/resources.ts';
export type {
  ClusterCIDRs,
  ConfigMap,
  Configuration,
  Connection,
  GatewayClient,
  GatewayServer,
  GatewayTemplate,
  Identity,
  IP,
  LiqoObject,
  Network,
  ObjectReference,
  PublicKey,
  Secret,
  ServiceType,
  TenantNamespace,
} from './api/types.ts';
export {
  buildClusterIDConfigMap,
  buildGatewayTemplate,
  buildIP,
  buildNetwork,
  buildTenantNamespace,
  escapeCIDR,
  tenantNamespaceName,
} from './builders/cluster.ts';
export {
  buildConfiguration,
  buildConnection,
  buildGatewayClient,
  buildGatewayServer,
  buildPublicKey,
  type LinkSide,
  ownerReferenceTo,
  type TemplateChoice,
} from './builders/link.ts';
export type { ExtraMetadata } from './builders/objects.ts';
export {
  decodePing,
  encodePing,
  formatLatency,
  type PingMessage,
  pingIntervalMs,
  pingLossThreshold,
  pingPort,
} from './codecs/ping.ts';
export { decodeProbe, encodeProbe, type Probe, type ProbeResult } from './codecs/probe.ts';
export { decodeWantedCIDRs, encodeWantedCIDRs, type WantedCIDRs } from './codecs/wanted-cidrs.ts';
export { type LiqoCustomResourceDefinition, liqoCustomResourceDefinitions } from './crds/index.ts';
export { clusterIDOf, isClusterID, remoteClusterIDOf } from './readers/cluster-id.ts';
export {
  type ConfigurationReading,
  readConfiguration,
} from './readers/configuration.ts';
export {
  type Endpoint,
  formatEndpoint,
  readClientEndpoint,
  readServerEndpoint,
} from './readers/endpoint.ts';
export {
  type ConnectionReading,
  isPublicKey,
  type OwnKeySource,
  ownKeySource,
  publicKeyFromSecret,
  readConnection,
  readGatewayProblem,
} from './readers/gateway.ts';
export { type ForwardedField, type GatewayTemplateReading, readGatewayTemplate } from './readers/gateway-template.ts';
export { type ControlPlaneIdentity, readControlPlaneIdentity } from './readers/identity.ts';
export { type LiqoVersion, readLiqoVersion } from './readers/liqo-version.ts';
export { type OwnNetworks, readOwnNetworks, readUsedRanges, type UsedRange } from './readers/networks.ts';
