import { kinds, type VirtualNodeShortcut } from '@leafway/core';
import type { RunningLab } from '@leafway/lab';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { killPart } from '../support/lab/parts.ts';
import { type ReplicatedCentre, replicateCentre } from '../support/lab/replicated-centre.ts';
import { sharedLab } from '../support/lab/shared-lab.ts';
import {
  type Contender,
  type Contest,
  contenderName,
  followContest,
  namesIn,
  type Outcome,
} from '../support/objects/contest.ts';
import { conditionOf } from '../support/objects/wait.ts';

const contenders = 64;
/** How often each race is run with webhooks; `LEAFWAY_RACE_ROUNDS` asks for more. */
const rounds = Number(process.env.LEAFWAY_RACE_ROUNDS ?? 2);
const patienceMs = 60_000;
/** Far more than it takes: what it took is printed. */
const toldWithinMs = 10_000;

type Spec = VirtualNodeShortcut['spec'];
/** What happens beside a race, and when it is decided. */
interface Beside {
  readonly meanwhile?: () => Promise<void>;
  readonly afterwards?: (winner: VirtualNodeShortcut) => Promise<void>;
}
const nothing = async (): Promise<void> => undefined;
type Stored = Extract<Outcome, { stored: true }>;
const pair = (a: string, b: string): Spec['clusters'] => [{ id: a }, { id: b }];
const pairs = [pair('rome', 'milan'), pair('rome', 'paris'), pair('milan', 'rome'), pair('paris', 'rome')];
const pairOf = (index: number): Spec['clusters'] => pairs[index % pairs.length] as Spec['clusters'];
const peerOf = (index: number): string => (index % 2 === 0 ? 'milan' : 'paris');

/** What all want to have alone: at most one of them can. */
const races: readonly (readonly [string, string, (index: number) => Spec])[] = [
  [
    'the same pair in both orders',
    'pair',
    (index) => ({ clusters: index % 2 === 0 ? pair('rome', 'milan') : pair('milan', 'rome') }),
  ],
  [
    'the same node port on one server',
    'port',
    (index) => ({
      clusters: pairOf(index),
      gateway: { server: 'rome', service: { type: 'NodePort', nodePort: 31_840 } },
    }),
  ],
  [
    'the same range as the name of different peers on one leaf',
    'range',
    (index) => ({
      clusters: pairOf(index),
      ipMapping: { policy: 'Explicit', explicit: [{ cluster: peerOf(index), pod: ['10.200.0.0/16'] }] },
    }),
  ],
];

describe(`${contenders} creates at once, on two API servers with three webhooks`, () => {
  let lab: RunningLab;
  let centre: ReplicatedCentre;
  let contest: Contest;
  beforeAll(async () => {
    lab = await sharedLab();
    centre = await replicateCentre(lab);
    contest = await followContest(lab);
  });
  afterAll(async () => {
    await contest?.close();
    await centre?.stop();
  });

  const isAccepted = (shortcut: VirtualNodeShortcut): boolean => conditionOf(shortcut, 'Accepted')?.status === 'True';

  /** The one that is carried out, when there is exactly one and every other one was told so by its name. */
  function winnerOf(): VirtualNodeShortcut | undefined {
    const [winner, ...more] = contest.shortcuts().filter(isAccepted);
    if (winner === undefined || more.length > 0) return undefined;
    const losers = contest.shortcuts().filter((shortcut) => shortcut !== winner);
    return losers.every(({ metadata }) => contest.toldMs(metadata.name, winner.metadata.name) !== undefined)
      ? winner
      : undefined;
  }

  /** Waits until one has won, and something exists on the leaves for it alone. */
  async function settledWinner(): Promise<VirtualNodeShortcut> {
    const verdicts = (): string[] =>
      contest.shortcuts().map((each) => `${each.metadata.name} ${conditionOf(each, 'Accepted')?.message}`);
    await expect
      .poll(() => (winnerOf() === undefined ? verdicts() : []), { timeout: patienceMs, interval: 50 })
      .toEqual([]);
    const winner = winnerOf() as VirtualNodeShortcut;
    await expect
      .poll(() => [...contest.programmed()], { timeout: patienceMs, interval: 50 })
      .toEqual([winner.metadata.uid]);
    return winner;
  }

  async function removeAll(): Promise<void> {
    const remaining = contest.shortcuts();
    await Promise.all(remaining.map(({ metadata }) => centre.apis[0].delete(kinds.shortcuts, metadata)));
    await expect
      .poll(() => [...contest.shortcuts(), ...contest.programmed()], { timeout: patienceMs, interval: 50 })
      .toEqual([]);
  }

  /** From the answer to its create until a loser was told who won. */
  function longestWaitMs(stored: readonly Stored[], winner: VirtualNodeShortcut): number {
    const losers = stored.filter(({ uid }) => uid !== winner.metadata.uid);
    const waits = losers.map(
      ({ name, answeredMs }) => (contest.toldMs(name, winner.metadata.name) ?? Number.NaN) - answeredMs,
    );
    return Math.max(0, ...waits);
  }

  /** One race from the start to an empty field; prints what happened. */
  async function race(
    title: string,
    specOf: (index: number) => Spec,
    { meanwhile = nothing, afterwards = nothing }: Beside = {},
  ): Promise<void> {
    contest.forget();
    const field = Array.from(
      { length: contenders },
      (_, index): Contender => ({ name: contenderName(title, index), spec: specOf(index) }),
    );
    const [outcomes] = await Promise.all([contest.create(centre.apis, field), meanwhile()]);
    const stored = outcomes.filter((outcome) => outcome.stored);
    const refused = outcomes.filter((outcome) => !outcome.stored);
    expect(stored.length).toBeGreaterThan(0);
    for (const { name, message } of refused) expect([name, namesIn(message).length > 0]).toEqual([name, true]);
    const first = await settledWinner();
    expect([...contest.everProgrammed()]).toEqual([first.metadata.uid]);
    const waitedMs = longestWaitMs(stored, first);
    expect(waitedMs).toBeLessThan(toldWithinMs);
    const atOnce = refused.filter(({ message }) => namesIn(message).includes(first.metadata.name)).length;
    console.log(
      `${title}: ${stored.length} of ${contenders} stored; each loser among them was told the winner within ` +
        `${Math.round(waitedMs)} ms; ${refused.length} refused, ${atOnce} of them by the name of the winner`,
    );
    await afterwards(first);
    await takeOver(first);
    await removeAll();
  }

  /** Whoever comes when all is decided is told at once, and by the name of the winner, though losers are stored too. */
  async function expectNewcomersAreTold(winner: VirtualNodeShortcut, specOf: (index: number) => Spec): Promise<void> {
    const field = centre.apis.map((_, index): Contender => ({ name: `late-${index}`, spec: specOf(index) }));
    for (const [index, api] of centre.apis.entries()) {
      const isTold = async (): Promise<string[]> => {
        const [outcome] = await contest.create([api], field.slice(index, index + 1));
        return outcome?.stored === false ? namesIn(outcome.message) : ['nobody'];
      };
      await expect.poll(isTold, { timeout: patienceMs }).toContain(winner.metadata.name);
    }
  }

  /** When the winner goes, exactly one of the others takes its place, and the rest are told so. */
  async function takeOver(first: VirtualNodeShortcut): Promise<void> {
    if (contest.shortcuts().length === 1) return;
    await centre.apis[0].delete(kinds.shortcuts, first.metadata);
    const isGone = (): boolean => contest.shortcuts().every(({ metadata }) => metadata.uid !== first.metadata.uid);
    await expect.poll(isGone, { timeout: patienceMs, interval: 50 }).toBe(true);
    const second = await settledWinner();
    expect([...contest.everProgrammed()]).toEqual([first.metadata.uid, second.metadata.uid]);
  }

  describe.each(races)('that want %s', (_, title, specOf) => {
    it.each(Array.from({ length: rounds }, (__, round) => round + 1))(
      'end with exactly one of them on the leaves, and each other told of it, round %i',
      async (round) => {
        const before = [...centre.webhookConnections];
        const afterwards = (winner: VirtualNodeShortcut) => expectNewcomersAreTold(winner, specOf);
        await race(`${title}${round}`, specOf, { afterwards });
        console.log(
          `connections to the webhooks: ${centre.webhookConnections.map((count, index) => count - (before[index] ?? 0)).join(', ')}`,
        );
      },
      180_000,
    );

    it('end so although the controller is killed when it has begun', async () => {
      const killed = async (): Promise<void> => {
        await vi.waitUntil(() => contest.everProgrammed().size > 0, { timeout: patienceMs, interval: 1 });
        await killPart(lab, 'controller');
      };
      await centre.withoutWebhooks(() => race(`${title}k`, specOf, { meanwhile: killed }));
    }, 180_000);

    it('end so without any webhook too', () => centre.withoutWebhooks(() => race(`${title}x`, specOf)), 180_000);
  });

  it('were reviewed by each of the three webhooks', () => {
    expect(centre.webhookConnections.filter((count) => count > 0)).toHaveLength(3);
  });
});
