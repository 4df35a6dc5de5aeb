import type { Condition } from '@leafway/core';
import { type Probe, readConnection } from '@leafway/liqo';
import type { Verdict } from './conditions.ts';
import { dialledEndpoint, type Side, type Sides } from './side.ts';
import { type Steadiness, steadyLimits, unsteadyForMs } from './steadiness.ts';

/** A Connection whose stamp did not move for so long says nothing any more (as in Liqo 1.2). */
export const staleAfterMs = 60_000;

/** The probes of both sides fail within seconds of each other: only later is it sure that one way alone is broken. */
export const oneWayAfterMs = 30_000;

type Connected = Extract<Verdict, { type: 'Connected' }>;

const failed = (reason: Connected['reason'], message: string): Connected => ({
  type: 'Connected',
  status: 'False',
  reason,
  message,
});

/**
 * What the gateways and their probes say at this moment. `before`: what was said last; a stamp that did not move since we
 * look is no better than what was said of it.
 */
export function connectedNow(sides: Sides, before: Condition | undefined): Connected {
  for (const { leaf, connection } of sides) {
    if (connection === undefined) {
      return failed('WaitingForConnection', `${leaf.id} reports no connection yet. If that lasts: ${wayAdvice(sides)}`);
    }
    const { value, connected: isConnected } = readConnection(connection.object);
    if (!isConnected) {
      const reason = value === 'Error' ? 'ConnectionError' : 'WaitingForConnection';
      const advice = value === 'Error' ? wayAdvice(sides) : `If that lasts: ${wayAdvice(sides)}`;
      return failed(reason, `The connection on ${leaf.id} says ${value ?? 'nothing yet'}. ${advice}`);
    }
    const wasStale = before?.reason === 'ConnectionStale' && !connection.stampMoved;
    if (wasStale || connection.stampAgeMs >= staleAfterMs) {
      const message = `The connection on ${leaf.id} says Connected, but was not renewed for ${staleAfterMs / 1_000} s. Check that the gateway there runs.`;
      return failed('ConnectionStale', message);
    }
  }
  const message = areProbed(sides)
    ? 'Small and large packets pass between the pod networks, both ways.'
    : 'Both gateways hear each other through the tunnel.';
  return probed(sides) ?? { type: 'Connected', status: 'True', reason: 'Connected', message };
}

/** What is to be told of it, with how the link held up: one that comes and goes is not connected while it is there. */
export function connected(now: Connected, steadiness: Steadiness, sides: Sides, nowMs: number): Connected {
  if (unsteadyForMs(steadiness, nowMs) > 0) {
    const { falls, windowMs, holdMs } = steadyLimits;
    const [many, long, rest] = [falls, windowMs / 60_000, holdMs / 60_000];
    const message = `The link fails and comes back: more than ${many} times within ${long} minutes. It counts again when it has held for ${rest} minutes. Look for lost packets on the way. ${wayAdvice(sides)}`;
    return failed('Unstable', message);
  }
  const isOneWay = now.reason === 'ProbeFailed' && nowMs - steadiness.sinceMs >= oneWayAfterMs && losers(sides) === 1;
  return isOneWay ? { ...now, reason: 'OneWay' } : now;
}

/** Where the packets between the gateways have to get through. */
function wayAdvice(sides: Sides): string {
  const server = sides.find(({ role }) => role === 'Server');
  const client = sides.find(({ role }) => role === 'Client');
  const where = dialledEndpoint(sides) ?? 'the gateway server';
  return `Check that UDP packets from ${client?.leaf.id} reach ${where} on ${server?.leaf.id}: firewalls, security groups, NAT (spec.gateway.client).`;
}

/** Only our agents probe each other: a leaf of Liqo neither asks nor answers. */
const areProbed = (sides: Sides): boolean => sides.every(({ input }) => input.own.dataPlane === 'Leafway');

const probeOf = ({ connection }: Side): Probe | undefined => connection && readConnection(connection.object).probe;

const losers = (sides: Sides): number => sides.filter((side) => probeOf(side)?.small === 'Failed').length;

/** What the agents' probes found wrong: that the gateways hear each other does not prove that pods do. */
function probed(sides: Sides): Connected | undefined {
  if (!areProbed(sides)) return undefined;
  const unknown = sides.find((side) => probeOf(side) === undefined);
  if (unknown !== undefined) {
    return failed(
      'WaitingForProbe',
      `${unknown.leaf.id} has not probed the way to ${unknown.peer} yet. If that lasts, check that the Leafway agent runs there.`,
    );
  }
  const lost = sides.flatMap(lostWords);
  if (lost.length === 0) return undefined;
  if (losers(sides) > 0) {
    const advice =
      'The gateways hear each other, so look for what drops or misroutes packets between pods and gateways.';
    return failed('ProbeFailed', `${lost.join('; ')}. ${advice}`);
  }
  const advice = 'Lower spec.gateway.mtu, or find what drops large packets between the gateways.';
  return failed('LargePacketsLost', `${lost.join('; ')}. ${advice}`);
}

function lostWords(side: Side): string[] {
  const probe = probeOf(side);
  if (probe === undefined || (probe.small === 'Passed' && probe.large === 'Passed')) return [];
  const which = probe.small === 'Passed' ? `packets of ${probe.mtu} bytes` : 'packets';
  return [`${which} from ${side.leaf.id} to ${side.peer}'s pod network do not come back`];
}
