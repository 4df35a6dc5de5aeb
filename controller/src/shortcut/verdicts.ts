import type { Condition } from '@leafway/core';
import { formatEndpoint, type Probe, readConnection, readServerEndpoint } from '@leafway/liqo';
import type { Verdict } from './conditions.ts';
import { gatewayProblem } from './gateway-problem.ts';
import { expectsKey } from './key-exchange.ts';
import { describeObject, isOwnedBy, type Observation } from './observation.ts';
import { nameTexts, type Side } from './side.ts';

/** A Connection whose stamp did not move for so long says nothing any more (as in Liqo 1.2). */
export const staleAfterMs = 60_000;

type Sides = readonly [Side, Side];
const both = ([a, b]: Sides, say: (side: Side) => string): string => `${say(a)}; ${say(b)}`;

export function leavesReachable({ leaves }: Pick<Observation, 'leaves'>): Verdict {
  const unknown = leaves.filter(({ leafCluster }) => leafCluster === undefined);
  if (unknown.length > 0) {
    const message = `There is no LeafCluster ${unknown.map(({ id }) => id).join(' and no LeafCluster ')}.`;
    return { type: 'LeavesReachable', status: 'False', reason: 'LeafUnknown', message };
  }
  const away = leaves.filter(({ unreachable }) => unreachable !== undefined);
  if (away.length > 0) {
    const message = `${away.map(({ id, unreachable }) => `${id}: ${unreachable}`).join('; ')}.`;
    return { type: 'LeavesReachable', status: 'False', reason: 'LeafUnreachable', message };
  }
  return { type: 'LeavesReachable', status: 'True', reason: 'AllReachable', message: 'Both leaves answer.' };
}

export function networkConfigured(sides: Sides): Verdict {
  const type = 'NetworkConfigured';
  const ambiguous = sides.find(({ leaf }) => leaf.objects.namespaces.length > 1);
  if (ambiguous !== undefined) {
    const found = ambiguous.leaf.objects.namespaces.map(({ metadata }) => metadata.name).join(', ');
    const message = `${ambiguous.leaf.id} has several namespaces for ${ambiguous.peer}: ${found}. Remove the label of all but one.`;
    return { type, status: 'False', reason: 'NamespaceAmbiguous', message };
  }
  const differing = sides.find(({ cidrsAgree, configuration }) => configuration !== undefined && !cidrsAgree);
  if (differing !== undefined) {
    const name = `${differing.configuration?.metadata.namespace}/${differing.configuration?.metadata.name}`;
    const message = `Configuration ${name} on ${differing.leaf.id} holds other ranges than ${differing.peer} has now.`;
    return { type, status: 'False', reason: 'RemoteCIDRsDiffer', message };
  }
  const waiting = sides.find(({ reading }) => reading?.ready !== true);
  if (waiting !== undefined) {
    const why =
      waiting.reading === undefined ? 'it does not exist yet' : waiting.reading.ready ? '' : waiting.reading.reason;
    const message = `The Configuration for ${waiting.peer} on ${waiting.leaf.id} is not ready: ${why}.`;
    return { type, status: 'False', reason: 'WaitingForConfiguration', message };
  }
  return namesDiffer(sides) ?? { type, status: 'True', reason: 'Configured', message: `${both(sides, names)}.` };
}

/** Of ours: the agent has not looked yet. A Configuration of somebody else is not changed, and so never agrees. */
function namesDiffer(sides: Sides): Verdict | undefined {
  const type = 'NetworkConfigured';
  const side = sides.find(({ namesAgree }) => !namesAgree);
  if (side?.configuration === undefined || !side.reading?.ready) return undefined;
  const { leaf, peer, configuration, reading, input } = side;
  const given = nameTexts(reading).join(', ');
  const wanted = nameTexts(input.side.names).join(', ');
  if (isOwnedBy(configuration, input.shortcut.metadata.uid ?? '')) {
    const message = `${leaf.id} still calls ${peer}'s ranges ${given}; ${wanted} are wanted.`;
    return { type, status: 'False', reason: 'WaitingForConfiguration', message };
  }
  const message = `${describeObject(configuration, leaf.id)} is not ours and calls ${peer}'s ranges ${given}; ${wanted} are wanted. Use the policy Auto, or remove that Configuration if nobody else needs it.`;
  return { type, status: 'False', reason: 'NamesDiffer', message };
}

function names({ leaf, peer, reading }: Side): string {
  const texts = reading?.ready ? reading.pod.map(({ name }) => name.text).join(', ') : '';
  return `${leaf.id} calls ${peer}'s pods ${texts}`;
}

export function gatewaysReady(sides: Sides): Verdict {
  const type = 'GatewaysReady';
  const problem = gatewayProblem(sides);
  if (problem !== undefined) return problem;
  const server = sides.find(({ role }) => role === 'Server');
  const client = sides.find(({ role }) => role === 'Client');
  const endpoint = server?.gateway === undefined ? undefined : readServerEndpoint(server.gateway);
  if (endpoint === undefined) {
    const message = `The gateway server on ${server?.leaf.id} has no endpoint yet.`;
    return { type, status: 'False', reason: 'WaitingForServer', message };
  }
  if (client?.gateway === undefined) {
    return {
      type,
      status: 'False',
      reason: 'WaitingForClient',
      message: `${client?.leaf.id} has no gateway client yet.`,
    };
  }
  const message = `${server?.leaf.id} serves at ${formatEndpoint(endpoint)}; ${client.leaf.id} is the client.`;
  return { type, status: 'True', reason: 'Ready', message };
}

export function keysExchanged(sides: Sides): Verdict {
  const type = 'KeysExchanged';
  for (const [side, peer] of [
    [sides[0], sides[1]],
    [sides[1], sides[0]],
  ] as const) {
    if (peer.ownKey === undefined) {
      return {
        type,
        status: 'False',
        reason: 'WaitingForKey',
        message: `The gateway on ${peer.leaf.id} has no key yet.`,
      };
    }
    if (!expectsKey(side, peer.ownKey)) {
      const foreign = side.publicKey === undefined ? side.leaf.objects.publicKeys[0]?.metadata : undefined;
      const inTheWay =
        foreign === undefined ? '' : ` PublicKey ${foreign.namespace}/${foreign.name} there is not ours.`;
      const message = `${side.leaf.id} does not have the key of ${peer.leaf.id} yet.${inTheWay}`;
      return { type, status: 'False', reason: 'WaitingForKey', message };
    }
  }
  return { type, status: 'True', reason: 'Exchanged', message: 'Each gateway has the key of the other.' };
}

/** `before`: what was said last; a stamp that did not move since we look is no better than what was said of it. */
export function connected(sides: Sides, before: Condition | undefined): Verdict {
  const type = 'Connected';
  for (const { leaf, connection } of sides) {
    if (connection === undefined) {
      return {
        type,
        status: 'False',
        reason: 'WaitingForConnection',
        message: `${leaf.id} reports no connection yet.`,
      };
    }
    const { value, connected: isConnected } = readConnection(connection.object);
    if (!isConnected) {
      const reason = value === 'Error' ? 'ConnectionError' : 'WaitingForConnection';
      const message = `The connection on ${leaf.id} says ${value ?? 'nothing yet'}.`;
      return { type, status: 'False', reason, message };
    }
    const wasStale = before?.reason === 'ConnectionStale' && !connection.stampMoved;
    if (wasStale || connection.stampAgeMs >= staleAfterMs) {
      const message = `The connection on ${leaf.id} says Connected, but was not renewed for ${staleAfterMs / 1_000} s.`;
      return { type, status: 'False', reason: 'ConnectionStale', message };
    }
  }
  return probed(sides) ?? { type, status: 'True', reason: 'Connected', message: connectedMessage(sides) };
}

/** Only our agents probe each other: a leaf of Liqo neither asks nor answers. */
const areProbed = (sides: Sides): boolean => sides.every(({ input }) => input.own.dataPlane === 'Leafway');

function connectedMessage(sides: Sides): string {
  return areProbed(sides)
    ? 'Small and large packets pass between the pod networks, both ways.'
    : 'Both gateways hear each other through the tunnel.';
}

/** What the agents' probes found wrong: that the gateways hear each other does not prove that pods do. */
function probed(sides: Sides): Verdict | undefined {
  const type = 'Connected';
  if (!areProbed(sides)) return undefined;
  const readings = sides.map(({ connection }) => connection && readConnection(connection.object).probe);
  const unknown = sides.find((_, index) => readings[index] === undefined);
  if (unknown !== undefined) {
    const message = `${unknown.leaf.id} has not probed the way to ${unknown.peer} yet.`;
    return { type, status: 'False', reason: 'WaitingForProbe', message };
  }
  const lost = sides.flatMap(({ leaf, peer }, index) => lostWords(leaf.id, peer, readings[index]));
  if (lost.length === 0) return undefined;
  const isSizeOnly = readings.every((probe) => probe?.small === 'Passed');
  const advice = isSizeOnly
    ? 'Lower spec.gateway.mtu, or find what drops large packets between the gateways.'
    : 'The gateways hear each other, so look for what drops or misroutes packets between pods and gateways.';
  return { type, status: 'False', reason: 'ProbeFailed', message: `${lost.join('; ')}. ${advice}` };
}

function lostWords(leaf: string, peer: string, probe: Probe | undefined): string[] {
  if (probe === undefined || (probe.small === 'Passed' && probe.large === 'Passed')) return [];
  const which = probe.small === 'Passed' ? `packets of ${probe.mtu} bytes` : 'packets';
  return [`${which} from ${leaf} to ${peer}'s pod network do not come back`];
}

/** Nothing can be said of a link while a leaf was not read since this process started. */
export function notRead(leaf: string): Verdict[] {
  const message = `What ${leaf} has for this link was not read yet.`;
  const types = ['NetworkConfigured', 'GatewaysReady', 'KeysExchanged', 'Connected'] as const;
  return types.map((type) => ({ type, status: 'Unknown', reason: 'LeafNotRead', message }));
}
