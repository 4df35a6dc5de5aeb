import { type Problem, problem } from '../errors.ts';
import type { LeafFacts } from '../facts/leaf-facts.ts';
import { advertiserOf } from './advertiser.ts';

/** Which end of a tunnel a gateway is: the server waits, the client dials. */
export type Role = 'Server' | 'Client';

/** What the election of a gateway server looks at. */
export interface ElectionInput {
  /** The two clusters, in any order. */
  readonly facts: readonly [LeafFacts, LeafFacts];
  /** `spec.gateway.server`: `Auto` (default), or the id of one of the two. */
  readonly wish?: string | undefined;
  /** Which of the two runs the server now, if the link exists. */
  readonly currentServer?: string | undefined;
  /** Those of the two whose server was tried, and could not work for long; see `tryServer`. */
  readonly unfit?: readonly string[] | undefined;
}

/** The server and why it is the server. */
export interface Election {
  readonly server: string;
  readonly reason: string;
}

const wishPath = 'spec.gateway.server';

type Outcome = { readonly ok: true; readonly value: Election } | { readonly ok: false; readonly problem: Problem };

/**
 * Decides which of two clusters runs the gateway server. The same for both orders of the facts. A server that runs
 * already stays, unless the wish or the permission to serve changes, or it alone was found not to work; numbers that come
 * and go never move it.
 */
export function electServer(input: ElectionInput): Outcome {
  const { facts, wish = 'Auto' } = input;
  if (wish !== 'Auto') return electWished(facts, wish);
  const [a, b] = facts;
  if (!a.mayServe && !b.mayServe) return { ok: false, problem: nobodyServes(a, b) };
  if (!a.mayServe) return elected(b, `${a.id} may not run gateway servers`);
  if (!b.mayServe) return elected(a, `${b.id} may not run gateway servers`);
  return electByMerit(input);
}

function electWished(facts: ElectionInput['facts'], wish: string): Outcome {
  const [a, b] = facts;
  const wished = facts.find(({ id }) => id === wish);
  if (wished === undefined) {
    return { ok: false, problem: serverNotInPair(wish, [a.id, b.id]) };
  }
  if (wished.mayServe) return elected(wished, 'spec.gateway.server says so');
  const other = wished === a ? b : a;
  const permit = `set spec.gateway.mayServe of LeafCluster ${wished.id} to true`;
  const wayOut = other.mayServe ? `use Auto or ${other.id}, or ${permit}` : permit;
  const message = `LeafCluster ${wished.id} says that it may not run gateway servers: ${wayOut}`;
  return { ok: false, problem: problem(wishPath, 'CORE_SERVER_MAY_NOT_SERVE', message) };
}

/** The problem of a wish for a server that is neither of the two clusters. */
export function serverNotInPair(wish: string, [a, b]: readonly [string, string]): Problem {
  return problem(wishPath, 'CORE_SERVER_NOT_IN_PAIR', `"${wish}" is not part of this link: use Auto, ${a} or ${b}`);
}

function electByMerit({ facts: [a, b], currentServer, unfit = [] }: ElectionInput): Outcome {
  const fit = only([a, b].filter(({ id }) => !unfit.includes(id)));
  if (fit !== undefined) return elected(fit, unfitReason(fit === a ? b.id : a.id));
  const advertiser = advertiserOf(a, b);
  const current = [a, b].find(({ id }) => id === currentServer);
  if (advertiser !== undefined && (current === undefined || current === advertiser.leaf)) {
    return elected(advertiser.leaf, advertiser.reason);
  }
  if (current !== undefined) return elected(current, `${current.id} is the server already`);
  return electByLoad(a, b);
}

function electByLoad(a: LeafFacts, b: LeafFacts): Outcome {
  const hasNone = ({ servers, serversWithoutAddress }: LeafFacts): boolean =>
    servers > 0 && servers === serversWithoutAddress;
  if (hasNone(a) !== hasNone(b)) {
    const [without, other] = hasNone(a) ? [a, b] : [b, a];
    return elected(other, `the gateway servers of ${without.id} get no address`);
  }
  if (a.servers !== b.servers) {
    const less = a.servers < b.servers ? a : b;
    return elected(less, `${less.id} runs fewer gateway servers`);
  }
  const first = a.id < b.id ? a : b;
  return elected(first, `both can, and ${first.id} is first by name`);
}

/** Why a cluster is the server whose peer was tried before. */
export function unfitReason(unfitID: string): string {
  return `the gateway server of ${unfitID} could not be reached`;
}

function nobodyServes(a: LeafFacts, b: LeafFacts): Problem {
  const message =
    `neither ${a.id} nor ${b.id} may run a gateway server, so no direct link is possible and traffic stays on the path ` +
    'through the central cluster: set spec.gateway.mayServe to true for a LeafCluster that others can reach';
  return problem('spec.clusters', 'CORE_NO_SERVER', message);
}

function only<T>(items: readonly T[]): T | undefined {
  return items.length === 1 ? items[0] : undefined;
}

function elected({ id }: LeafFacts, reason: string): Outcome {
  return { ok: true, value: { server: id, reason } };
}
