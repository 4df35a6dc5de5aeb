import { defineKind } from './definition.ts';
import { type CrdSchema, fields, text } from './schema.ts';

const templateSpec: CrdSchema = fields('The template.', {
  objectKind: fields('Which kind of object is made from it.', {
    apiVersion: text('API group and version.'),
    kind: text('Kind.'),
  }),
  template: {
    type: 'object',
    description: 'The object, with variables in its texts.',
    'x-kubernetes-preserve-unknown-fields': true,
  },
});

/** What GatewayServers are made from. */
export const serverTemplateDefinition = defineKind({
  group: 'networking.liqo.io',
  version: 'v1beta1',
  kind: 'WgGatewayServerTemplate',
  shortNames: ['wggst', 'wgst'],
  description: 'What gateway servers are made from.',
  spec: templateSpec,
});

/** What GatewayClients are made from. */
export const clientTemplateDefinition = defineKind({
  group: 'networking.liqo.io',
  version: 'v1beta1',
  kind: 'WgGatewayClientTemplate',
  shortNames: ['wggct', 'wgct'],
  description: 'What gateway clients are made from.',
  spec: templateSpec,
});
