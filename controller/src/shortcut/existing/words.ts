import { readConnection } from '@leafway/liqo';
import { describeObject, type ObservedLeaf } from '../observation.ts';
import type { ExistingLink, LinkObject } from './link.ts';
import { makerOf } from './maker.ts';

type Leaves = readonly [ObservedLeaf, ObservedLeaf];

/** In what state a link is, in one sentence, for people. */
export function linkSentence({ state, server }: ExistingLink, leaves: Leaves): string {
  const [a, b] = leaves;
  const both = `${a.id} and ${b.id}`;
  const client = server === a.id ? b.id : a.id;
  const sentences = {
    None: `${both} have no direct link.`,
    NoGateways: `A link of ${both} was begun: it has no gateway yet.`,
    OneSide: `One side of a link of ${both} is there: ${leaves.map(gatewayWords).join(', ')}.`,
    SameRole: `A link of ${both} cannot work: ${leaves.map(gatewayWords).join(', ')}, so none dials the other.`,
    BothRoles: `A link of ${both} cannot work: ${leaves.map(gatewayWords).join(', ')}. Liqo routes nothing where a leaf has gateways of both roles for the same remote cluster.`,
    Several: `${both} have more of a link than one: of each kind there may be one object on a leaf.`,
    NoKeys: `A link of ${both} was begun, with ${server} as the server and ${client} as the client: their keys are not exchanged.`,
    NotConnected: `${both} are linked, with ${server} as the server and ${client} as the client, but ${leaves.flatMap(connectionWords).join(', ') || 'no gateway reports on it yet'}.`,
    Connected: `${both} are linked, with ${server} as the server and ${client} as the client, and that works.`,
  };
  return sentences[state];
}

function gatewayWords({ id, objects }: ObservedLeaf): string {
  const roles = [...(objects.servers.length > 0 ? ['server'] : []), ...(objects.clients.length > 0 ? ['client'] : [])];
  return `${id} has ${roles.length === 0 ? 'no gateway' : `a gateway ${roles.join(' and a gateway ')}`}`;
}

function connectionWords({ id, objects }: ObservedLeaf): string[] {
  return objects.connections
    .map(({ object }) => readConnection(object))
    .filter(({ connected }) => !connected)
    .map(({ value }) => `the Connection on ${id} says ${value ?? 'nothing yet'}`);
}

/** A message has room for so many. */
const mostNamed = 8;

/** `GatewayServer liqo-tenant-rome/rome on milan (managed by Helm), …` */
export function objectWords(objects: readonly LinkObject[]): string {
  const named = objects.slice(0, mostNamed).map(({ leaf, object }) => {
    const maker = makerOf(object);
    return `${describeObject(object, leaf)}${maker === undefined ? '' : ` (${maker})`}`;
  });
  const rest = objects.length - named.length;
  return [...named, ...(rest > 0 ? [`${rest} more`] : [])].join(', ');
}
