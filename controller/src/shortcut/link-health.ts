import { noTrials, type ServerTrials, trialEndsAfterMs, tryServer, unfitServers } from '@leafway/core';
import { findCondition } from '@leafway/reconciler';
import type { Accepted } from './acceptance.ts';
import type { Verdict } from './conditions.ts';
import { connected, connectedNow, oneWayAfterMs, staleAfterMs } from './connected.ts';
import { situationsOf, symptomOf, withoutDirectPath } from './direct-path.ts';
import { rolesClash } from './existing/verdict.ts';
import type { Observation } from './observation.ts';
import type { Sides } from './side.ts';
import { lookAt, type Steadiness, unsteadyForMs } from './steadiness.ts';
import { gatewaysReady, keysExchanged, networkConfigured, notRead } from './verdicts.ts';

/** What is remembered of a link from one look to the next; nothing in it is needed for being right in the end. */
export interface LinkHistory {
  readonly steadiness?: Steadiness | undefined;
  readonly trials: ServerTrials;
}

/** Nothing was seen of the link yet. */
export const noHistory: LinkHistory = { trials: noTrials };

/** At once: another cluster is to run the server. */
const electAgainMs = 1;

/** How a link does. */
export interface LinkHealth {
  readonly verdicts: readonly Verdict[];
  readonly history: LinkHistory;
  /** When time alone changes what is to be said. */
  readonly lookAfterMs: readonly number[];
}

/** Whether all of the link is as it should be at this moment. */
export function worksNow({ status }: Observation['shortcut'], sides: Sides): boolean {
  const before = findCondition(status?.conditions, 'Connected');
  const verdicts = [networkConfigured(sides), gatewaysReady(sides), keysExchanged(sides), connectedNow(sides, before)];
  return sides.every(({ leaf }) => leaf.unreachable === undefined) && verdicts.every((each) => each.status === 'True');
}

/** What of a decision the health of a link depends on. */
export interface LinkHealthInput {
  readonly accepted: Accepted;
  readonly sides: Sides;
  /** We have changed something of it just now. */
  readonly isDisturbed: boolean;
}

/** Judges the link itself, from its network to its packets. */
export function linkHealth(
  { shortcut, leaves, link, nowMs }: Observation,
  { accepted, sides, isDisturbed }: LinkHealthInput,
): LinkHealth {
  const unread = sides.find(({ leaf }) => !leaf.isRead);
  if (unread !== undefined) return { verdicts: notRead(unread.leaf.id), history: link, lookAfterMs: [] };
  const before = findCondition(shortcut.status?.conditions, 'Connected');
  const now = connectedNow(sides, before);
  const steadiness = lookAt(link.steadiness, { isGood: now.status === 'True', isDisturbed, nowMs });
  const prepared = [
    networkConfigured(sides),
    rolesClash(accepted, sides) ?? gatewaysReady(sides),
    keysExchanged(sides),
  ];
  const verdicts = [...prepared, connected(now, steadiness, sides, nowMs)];
  const situations = situationsOf(shortcut, leaves);
  // Nobody tries another server for a link that we do not change.
  const isOurs = accepted.mode === 'Keep' && !accepted.spec.paused;
  const symptom = isOurs ? symptomOf(sides, [...prepared, now]) : 'Unknown';
  const server = sides.find(({ role }) => role === 'Server')?.leaf.id ?? '';
  const trials = tryServer(link.trials, { server, symptom, situations, nowMs });
  const [unfit, unfitBefore] = [trials, link.trials].map((each) => unfitServers(each, situations).join());
  return {
    verdicts: verdicts.map((verdict) => withoutDirectPath(sides, verdict, trials)),
    history: { steadiness, trials },
    lookAfterMs: [
      ...sides.flatMap(({ connection }) => (connection === undefined ? [] : [staleAfterMs - connection.stampAgeMs])),
      unsteadyForMs(steadiness, nowMs),
      ...(now.reason === 'ProbeFailed' ? [steadiness.sinceMs + oneWayAfterMs - nowMs] : []),
      trialEndsAfterMs(trials, nowMs) ?? 0,
      unfit === unfitBefore ? 0 : electAgainMs,
    ].filter((ms) => ms > 0),
  };
}
