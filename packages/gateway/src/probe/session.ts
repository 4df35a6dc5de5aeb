import type { ProbeResult } from '@leafway/liqo';

/** What is known of the way to one peer by probing it with two sizes of packets; times are of one monotonic clock. */
export interface ProbeSession {
  readonly tracks: Readonly<Record<ProbeSize, Track>>;
  readonly nextSendMs: number;
  /** Between probes of which one is not answered yet. */
  readonly gapMs: number;
  readonly reported?: ProbeResults | undefined;
}

export const probeSizes = ['small', 'large'] as const;
export type ProbeSize = (typeof probeSizes)[number];
export type ProbeResults = Readonly<Record<ProbeSize, ProbeResult>>;

/** One size. */
interface Track {
  /** Absent before the first answer or failure. */
  readonly value?: ProbeResult;
  /** A failed way answered once, and the next answer is awaited. */
  readonly isConfirming: boolean;
  /** Probes that may still be answered, oldest first. */
  readonly pending: readonly { readonly token: string; readonly sentMs: number }[];
}

export type ProbeEvent =
  | { readonly kind: 'tick' }
  /** The probe of that size and token came back. */
  | { readonly kind: 'answer'; readonly size: ProbeSize; readonly token: string };

export interface ProbeStep {
  readonly session: ProbeSession;
  /** Send a probe of each size, with the token that was given. */
  readonly send: boolean;
  /** Present when it differs from the last report. */
  readonly report?: ProbeResults;
}

const intervalMs = 2_000;
/** At first probes come quickly: each side may learn of the other a moment later, and somebody waits for the result. */
const firstGapMs = 50;
const gapGrowth = 2;
/** How long a probe has before the next one is sent; a later answer counts all the same. */
const maxGapMs = 1_000;
const lostInARow = 3;
/** With the interval, the time in which a broken way is found out. */
const failureMs = lostInARow * maxGapMs;
/** More are not sent before a failure. */
const maxPending = 8;

const unknown: Track = { isConfirming: false, pending: [] };

/** A way of which nothing is known yet. */
export function startSession(nowMs: number): ProbeSession {
  return { tracks: { small: unknown, large: unknown }, nextSendMs: nowMs, gapMs: firstGapMs };
}

/** Large packets have another size from now on: what was found with the former one says nothing. */
export function restartLarge({ tracks }: ProbeSession, nowMs: number): ProbeSession {
  return { ...startSession(nowMs), tracks: { ...tracks, large: unknown } };
}

/** When the session wants its next `tick`. */
export function nextTickMs({ tracks, nextSendMs }: ProbeSession): number {
  return Math.min(nextSendMs, ...probeSizes.map((size) => failsAtMs(tracks[size])));
}

/** One step of a session: pure. Only a `tick` sends, with `token` as the name of its probes: an answer cannot cause a storm. */
export function stepSession(
  session: ProbeSession,
  event: ProbeEvent,
  at: { readonly nowMs: number; readonly token: string },
): ProbeStep {
  if (event.kind === 'tick') return tick(session, at);
  const track = session.tracks[event.size];
  const index = track.pending.findIndex(({ token }) => token === event.token);
  return report({ session: index < 0 ? session : hear(session, event.size, { index, nowMs: at.nowMs }), send: false });
}

function tick(before: ProbeSession, at: { readonly nowMs: number; readonly token: string }): ProbeStep {
  const session = mapTracks(before, (track) =>
    at.nowMs >= failsAtMs(track) ? { ...track, value: 'Failed', isConfirming: false } : track,
  );
  return report(at.nowMs >= session.nextSendMs ? send(session, at) : { session, send: false });
}

/** A failed way passes only with its second answer in a row, soon asked for: one packet of many may find its way. */
function hear(
  before: ProbeSession,
  size: ProbeSize,
  { index, nowMs }: { readonly index: number; readonly nowMs: number },
): ProbeSession {
  const { value, isConfirming, pending } = before.tracks[size];
  const isFirst = value === 'Failed' && !isConfirming;
  const heard: Track = isFirst
    ? { value: 'Failed', isConfirming: true, pending: [] }
    : { value: 'Passed', isConfirming: false, pending: pending.slice(index + 1) };
  const session = { ...before, tracks: { ...before.tracks, [size]: heard } };
  if (isFirst) return { ...session, nextSendMs: Math.min(before.nextSendMs, nowMs + firstGapMs) };
  const isQuiet = probeSizes.every(
    (each) => !isHopeful(session.tracks[each]) || session.tracks[each].pending.length === 0,
  );
  const sentMs = pending[index]?.sentMs ?? nowMs;
  return isQuiet ? { ...session, nextSendMs: sentMs + intervalMs } : session;
}

function send(session: ProbeSession, { nowMs, token }: { readonly nowMs: number; readonly token: string }): ProbeStep {
  const sent = mapTracks(session, (track) => ({
    ...track,
    isConfirming: track.isConfirming && track.pending.length === 0,
    pending: [...track.pending, { token, sentMs: nowMs }].slice(-maxPending),
  }));
  const isUrgent = probeSizes.some((size) => isHopeful(sent.tracks[size]));
  const nextSendMs = nowMs + (isUrgent ? session.gapMs : intervalMs);
  return { session: { ...sent, nextSendMs, gapMs: Math.min(session.gapMs * gapGrowth, maxGapMs) }, send: true };
}

/** Its next probe matters: somebody waits for the answer, or for the news that there is none. */
function isHopeful({ value, isConfirming }: Track): boolean {
  return value !== 'Failed' || isConfirming;
}

/** The first unanswered probe of a way that is not known to have failed tells when it has. */
function failsAtMs({ value, pending: [oldest] }: Track): number {
  return value === 'Failed' || oldest === undefined ? Number.POSITIVE_INFINITY : oldest.sentMs + failureMs;
}

/** Both sizes are told together, so a result waits until the other one is certain too. */
function report(step: ProbeStep): ProbeStep {
  const { small, large } = step.session.tracks;
  const { reported } = step.session;
  if (small.value === undefined || large.value === undefined || small.isConfirming || large.isConfirming) return step;
  if (reported?.small === small.value && reported.large === large.value) return step;
  const results = { small: small.value, large: large.value };
  return { ...step, session: { ...step.session, reported: results }, report: results };
}

function mapTracks(session: ProbeSession, change: (track: Track) => Track): ProbeSession {
  return { ...session, tracks: { small: change(session.tracks.small), large: change(session.tracks.large) } };
}
