import { configurationDefinition } from './configuration.ts';
import type { LiqoCustomResourceDefinition } from './definition.ts';
import { foreignClusterDefinition } from './foreign-cluster.ts';
import { clientTemplateDefinition, serverTemplateDefinition } from './gateway-templates.ts';
import {
  connectionDefinition,
  gatewayClientDefinition,
  gatewayServerDefinition,
  publicKeyDefinition,
} from './gateways.ts';
import { ipDefinition, networkDefinition } from './ipam.ts';

export type { LiqoCustomResourceDefinition } from './definition.ts';

/**
 * The CustomResourceDefinitions that a link between two clusters needs, as of Liqo 1.2.0: for clusters that our own agent
 * runs. On a Liqo cluster Liqo has installed its own.
 */
export const liqoCustomResourceDefinitions: readonly LiqoCustomResourceDefinition[] = [
  configurationDefinition,
  gatewayServerDefinition,
  gatewayClientDefinition,
  publicKeyDefinition,
  connectionDefinition,
  serverTemplateDefinition,
  clientTemplateDefinition,
  networkDefinition,
  ipDefinition,
  foreignClusterDefinition,
];
