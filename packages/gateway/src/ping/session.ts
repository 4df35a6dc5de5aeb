import { pingIntervalMs, pingLossThreshold } from '@leafway/liqo';

/** What a gateway knows of its tunnel by pinging; times are of one monotonic clock. */
export interface PingSession {
  readonly value: 'Connecting' | 'Connected' | 'Error';
  /** Since when nothing was heard: the last PONG, or the start. */
  readonly heardMs: number;
  readonly nextSendMs: number;
  /** Between the PINGs before the first PONG. */
  readonly gapMs: number;
  /** The first PONG came, and one more is awaited; see `hear`. */
  readonly isConfirming: boolean;
  /** PINGs that may still be answered, oldest first. */
  readonly pending: readonly { readonly stamp: string; readonly sentMs: number }[];
  readonly reportedMs?: number | undefined;
}

export type PingEvent =
  | { readonly kind: 'tick' }
  /** The PING with that stamp came back. */
  | { readonly kind: 'pong'; readonly stamp: string }
  /** The other side pinged, so the tunnel carries packets in that direction at least. */
  | { readonly kind: 'ping' };

/** What the agent is told. */
export interface PingReport {
  readonly value: 'Connected' | 'Error';
  readonly latencyMs?: number;
}

export interface PingResult {
  readonly session: PingSession;
  /** Send a PING with the stamp that was given. */
  readonly send: boolean;
  readonly report?: PingReport;
}

/** How long a tunnel may be silent (as in Liqo 1.2). */
const lossMs = pingIntervalMs * pingLossThreshold;
/** A tunnel that stays silent is reported again after this time: what was mended meanwhile may have broken again. */
const errorReportIntervalMs = 60_000;
/** A live latency is reported no more often than this (as in Liqo 1.2). */
const reportIntervalMs = 10_000;
/** A side that cannot send before it was spoken to comes up with the first packet; so the first ones come quickly. */
const firstGapMs = 100;
const gapGrowth = 1.5;

/** A tunnel of which nothing is known yet. */
export function startSession(nowMs: number): PingSession {
  return {
    value: 'Connecting',
    heardMs: nowMs,
    nextSendMs: nowMs,
    gapMs: firstGapMs,
    isConfirming: false,
    pending: [],
  };
}

/** When the session wants its next `tick`. */
export function nextTickMs(session: PingSession): number {
  const lossAtMs = session.value === 'Error' ? Number.POSITIVE_INFINITY : session.heardMs + lossMs;
  return Math.min(session.nextSendMs, lossAtMs);
}

/** One step of a session: pure. `stamp` names the PING that this step may send. */
export function stepSession(
  session: PingSession,
  event: PingEvent,
  at: { readonly nowMs: number; readonly stamp: string },
): PingResult {
  switch (event.kind) {
    case 'tick':
      return tick(session, at);
    case 'pong':
      return hear(session, event.stamp, at);
    case 'ping':
      return session.value === 'Connected' ? { session, send: false } : pingBack(session, at);
  }
}

function tick(before: PingSession, at: { readonly nowMs: number; readonly stamp: string }): PingResult {
  const lostForMs = at.nowMs - before.heardMs - lossMs;
  const isNews = before.value !== 'Error' || at.nowMs - (before.reportedMs ?? 0) >= errorReportIntervalMs;
  const isReported = lostForMs >= 0 && isNews;
  const session: PingSession = isReported
    ? { ...before, value: 'Error', isConfirming: false, reportedMs: at.nowMs }
    : before;
  const result = at.nowMs >= session.nextSendMs ? send(session, at) : { session, send: false };
  return isReported ? { ...result, report: { value: 'Error' } } : result;
}

/** At once, but never faster than the first PINGs: two sides that hear each other badly must not wind each other up. */
function pingBack(session: PingSession, at: { readonly nowMs: number; readonly stamp: string }): PingResult {
  const dueMs = (session.pending.at(-1)?.sentMs ?? Number.NEGATIVE_INFINITY) + firstGapMs;
  if (at.nowMs >= dueMs) return send(session, at);
  return { session: { ...session, nextSendMs: Math.min(session.nextSendMs, dueMs) }, send: false };
}

function send(session: PingSession, { nowMs, stamp }: { readonly nowMs: number; readonly stamp: string }): PingResult {
  const waitMs = session.value === 'Connecting' ? session.gapMs : pingIntervalMs;
  return {
    session: {
      ...session,
      nextSendMs: nowMs + waitMs,
      gapMs: Math.min(session.gapMs * gapGrowth, pingIntervalMs),
      pending: [...session.pending, { stamp, sentMs: nowMs }].slice(-pingLossThreshold),
    },
    send: true,
  };
}

/**
 * A PONG that is not awaited, or older than one already seen, says nothing. The first one of a silent tunnel is only
 * a reason to ask again: WireGuard kept its PING until hands were shaken, so its time is not that of the tunnel.
 */
function hear(before: PingSession, stamp: string, at: { readonly nowMs: number; readonly stamp: string }): PingResult {
  const { nowMs } = at;
  const index = before.pending.findIndex((ping) => ping.stamp === stamp);
  const answered = before.pending[index];
  if (answered === undefined) return { session: before, send: false };
  const heard = { ...before, heardMs: nowMs };
  if (before.value === 'Connected')
    return confirm({ ...heard, pending: before.pending.slice(index + 1) }, nowMs - answered.sentMs, nowMs);
  if (!before.isConfirming) return send({ ...heard, isConfirming: true, pending: [] }, at);
  const connected = {
    ...heard,
    value: 'Connected' as const,
    isConfirming: false,
    nextSendMs: nowMs + pingIntervalMs,
    pending: [],
  };
  return confirm({ ...connected, reportedMs: undefined }, nowMs - answered.sentMs, nowMs);
}

function confirm(session: PingSession, latencyMs: number, nowMs: number): PingResult {
  if (nowMs - (session.reportedMs ?? Number.NEGATIVE_INFINITY) < reportIntervalMs) return { session, send: false };
  return { session: { ...session, reportedMs: nowMs }, send: false, report: { value: 'Connected', latencyMs } };
}
