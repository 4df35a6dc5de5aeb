import type { CompleteShortcutSpec } from '../api/index.ts';
import { shortcutGatewaySchema } from '../api/virtual-node-shortcut-gateway.ts';
import { type Problem, problem } from '../errors.ts';
import type { GatewayTemplateFact, LeafFacts } from '../facts/leaf-facts.ts';

/** The two clusters of a link by what they are for each other. */
export interface Ends {
  readonly server: LeafFacts;
  readonly client: LeafFacts;
}

/** One gateway, and the template that it is to be made from. */
interface Gateway {
  readonly leaf: LeafFacts;
  readonly peer: LeafFacts;
  readonly kind: GatewayTemplateFact['kind'];
  readonly field: 'serverTemplateRef' | 'clientTemplateRef';
  readonly ref: CompleteShortcutSpec['gateway']['serverTemplateRef'];
  /** What it is called where nobody says otherwise (as in Liqo 1.2). */
  readonly usual: string;
  readonly wishes: readonly Wish[];
}

/** A field of the spec that is of no use unless the template passes it on. */
interface Wish {
  readonly forwarded: GatewayTemplateFact['forwards'][number];
  readonly path: string;
  readonly words: string;
}

/**
 * Whether the gateways can be made as the spec wishes, from the templates of their clusters: a template that does not
 * exist, one that passes a wish on to nothing, and templates on a cluster that uses none. Where the templates are not
 * known nothing is said.
 */
export function checkTemplates({ gateway }: CompleteShortcutSpec, { server, client }: Ends): Problem[] {
  return [
    ...checkOne({
      ...{ leaf: server, peer: client, kind: 'WgGatewayServerTemplate', field: 'serverTemplateRef' },
      ...{ ref: gateway.serverTemplateRef, usual: 'wireguard-server', wishes: serverWishes(gateway) },
    }),
    ...checkOne({
      ...{ leaf: client, peer: server, kind: 'WgGatewayClientTemplate', field: 'clientTemplateRef' },
      ...{ ref: gateway.clientTemplateRef, usual: 'wireguard-client', wishes: clientWishes(gateway) },
    }),
  ];
}

const { mtu: mtuSchema, service: serviceSchema } = shortcutGatewaySchema.properties;

/** What is left at its default is no wish: it may well be that the template has a value of its own. */
function serverWishes({ service, mtu }: CompleteShortcutSpec['gateway']): Wish[] {
  const at = (field: string): string => `spec.gateway.service.${field}`;
  const { port, nodePort, loadBalancerIP } = service;
  return [
    ...(port === serviceSchema.properties.port.default
      ? []
      : [{ forwarded: 'port', path: at('port'), words: 'the port of the Service' } as const]),
    ...(nodePort === undefined ? [] : [{ forwarded: 'nodePort', path: at('nodePort'), words: 'a node port' } as const]),
    ...(loadBalancerIP === undefined
      ? []
      : [{ forwarded: 'loadBalancerIP', path: at('loadBalancerIP'), words: "a load balancer's address" } as const]),
    ...mtuWish(mtu),
  ];
}

function clientWishes({ client = {}, mtu }: CompleteShortcutSpec['gateway']): Wish[] {
  const at = (field: string): string => `spec.gateway.client.${field}`;
  return [
    ...(client.address === undefined
      ? []
      : [{ forwarded: 'address', path: at('address'), words: 'the address to dial' } as const]),
    ...(client.port === undefined ? [] : [{ forwarded: 'port', path: at('port'), words: 'the port to dial' } as const]),
    ...mtuWish(mtu),
  ];
}

function mtuWish(mtu: number): Wish[] {
  return mtu === mtuSchema.default ? [] : [{ forwarded: 'mtu', path: 'spec.gateway.mtu', words: 'the MTU' }];
}

function checkOne(gateway: Gateway): Problem[] {
  const { leaf, kind, ref, usual, wishes } = gateway;
  if (leaf.dataPlane === 'Leafway') return ref === undefined || ref.name === usual ? [] : [unusedTemplate(gateway)];
  if (leaf.liqo?.templates === undefined) return [];
  const templates = leaf.liqo.templates.filter((template) => template.kind === kind);
  const wanted = { namespace: ref?.namespace ?? leaf.liqo.namespace, name: ref?.name ?? usual };
  const found = templates.find(({ namespace, name }) => namespace === wanted.namespace && name === wanted.name);
  if (found === undefined) return [unknownTemplate(gateway, nameOf(wanted), templates)];
  const lost = wishes.filter(({ forwarded }) => !found.forwards.includes(forwarded));
  const able = templates.filter(({ forwards }) => wishes.every(({ forwarded }) => forwards.includes(forwarded)));
  return lost.map((wish) => lostWish(gateway, nameOf(found), wish, able));
}

const nameOf = ({ namespace, name }: { namespace: string; name: string }): string => `${namespace}/${name}`;

function unusedTemplate({ leaf, peer, field }: Gateway): Problem {
  const canSwap = peer.dataPlane === 'Liqo' && leaf.mayServe && peer.mayServe;
  const server = field === 'serverTemplateRef' ? peer : leaf;
  const wayOut = canSwap ? `leave it out, or set spec.gateway.server to ${server.id}` : 'leave it out';
  const message = `${leaf.id} is run by the Leafway agent, which makes gateways without templates: ${wayOut}`;
  return problem(`spec.gateway.${field}`, 'CORE_TEMPLATE_UNUSED', message);
}

function unknownTemplate(gateway: Gateway, wanted: string, templates: readonly GatewayTemplateFact[]): Problem {
  const { leaf, kind, field, ref } = gateway;
  const what =
    ref === undefined ? `Liqo's default ${kind} ${wanted} is not on ${leaf.id}` : `${leaf.id} has no ${kind} ${wanted}`;
  const wayOut = templates.length === 0 ? `create it on ${leaf.id}, which has none` : `use ${someNames(templates)}`;
  return problem(`spec.gateway.${field}`, 'CORE_TEMPLATE_UNKNOWN', `${what}: ${wayOut}`);
}

function lostWish(
  { leaf, kind, field }: Gateway,
  template: string,
  { path, words }: Wish,
  able: readonly GatewayTemplateFact[],
): Problem {
  const other = able.length === 0 ? 'add it to the template' : `set spec.gateway.${field} to ${someNames(able)}`;
  const message = `the ${kind} ${template} on ${leaf.id} does not pass on ${words}: leave it out, or ${other}`;
  return problem(path, 'CORE_TEMPLATE_FIELD', message);
}

/** Two names and how many there are: enough to go on with. */
function someNames(templates: readonly GatewayTemplateFact[]): string {
  const names = templates.map(nameOf).sort();
  const shown = names.slice(0, 2).join(' or ');
  return names.length > 2 ? `${shown} (there are ${names.length})` : shown;
}
