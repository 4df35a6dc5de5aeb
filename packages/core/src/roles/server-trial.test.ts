import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { someFacts } from '../testing/builders.ts';
import { electServer } from './elect-server.ts';
import {
  noTrials,
  type ServerSymptom,
  type ServerTrials,
  trialEndsAfterMs,
  trialMs,
  tryServer,
  unfitServers,
} from './server-trial.ts';

const minuteMs = 60_000;

/** A link whose server is elected, tried and elected again, as the controller does. */
class Link {
  trials: ServerTrials = noTrials;
  server = 'milan';
  nowMs = 0;
  /** When the server moved. */
  readonly movesMs: number[] = [];
  situations = new Map([
    ['rome', 'as it was'],
    ['milan', 'as it was'],
  ]);

  look(symptom: ServerSymptom, afterMs: number): void {
    this.nowMs += afterMs;
    const look = { server: this.server, symptom, situations: this.situations, nowMs: this.nowMs };
    this.trials = tryServer(this.trials, look);
    const unfit = unfitServers(this.trials, this.situations);
    const election = electServer({
      facts: [someFacts('rome'), someFacts('milan')],
      currentServer: this.server,
      unfit,
    });
    if (!election.ok) throw new Error(election.problem.message);
    if (election.value.server !== this.server) this.movesMs.push(this.nowMs);
    this.server = election.value.server;
  }

  /** Looks every minute. */
  pass(symptom: ServerSymptom, minutes: number): void {
    for (let minute = 0; minute < minutes; minute += 1) this.look(symptom, minuteMs);
  }
}

describe('a gateway server that cannot work', () => {
  it.each(['NoAddress', 'NotReached'] as const)('is given up for the other after five minutes of %s', (symptom) => {
    const link = new Link();
    link.look(symptom, 0);
    expect(trialEndsAfterMs(link.trials, link.nowMs)).toBe(trialMs.unproven);
    link.pass(symptom, 4);
    expect(link.server).toBe('milan');
    link.pass(symptom, 1);
    expect(link.server).toBe('rome');
    expect(link.trials.failed.get('milan')).toMatchObject({ failure: symptom });
  });

  it('has more time when it worked before, and is the one that goes on when the other is no better', () => {
    const link = new Link();
    link.pass('Works', 3);
    link.pass('NotReached', 60);
    expect(link.server).toBe('milan');
    link.pass('NotReached', 1);
    expect(link.server).toBe('rome');
    link.pass('NotReached', 6);
    expect(link.server).toBe('milan');
    link.pass('NotReached', 500);
    expect([link.server, link.movesMs.length]).toEqual(['milan', 2]);
    expect(trialEndsAfterMs(link.trials, link.nowMs)).toBeUndefined();
  });

  it('is not judged while nothing can be seen of it, and begins anew then', () => {
    const link = new Link();
    link.pass('NotReached', 5);
    link.pass('Unknown', 1);
    link.pass('NotReached', 5);
    expect(link.server).toBe('milan');
  });

  it('gets another turn when its situation changes, and only then', () => {
    const link = new Link();
    link.pass('NotReached', 60);
    expect(link.server).toBe('rome');
    link.situations = new Map([...link.situations, ['milan', 'with an address']]);
    link.pass('NotReached', 1);
    expect(link.server).toBe('milan');
  });

  it('is forgiven when all was well for ten minutes', () => {
    const link = new Link();
    link.pass('NotReached', 6);
    link.pass('Works', 5);
    expect(link.trials.failed.size).toBe(1);
    link.pass('Works', 6);
    expect(link.trials.failed.size).toBe(0);
  });
});

describe('whatever happens to a link', () => {
  const looks = fc.array(
    fc.tuple(
      fc.constantFrom<ServerSymptom>('Works', 'NoAddress', 'NotReached', 'Unknown'),
      fc.integer({ min: 0, max: 12 * minuteMs }),
    ),
    { maxLength: 200 },
  );

  it('its server moves at most twice unless a server works for ten minutes', () => {
    fc.assert(
      fc.property(looks, (steps) => {
        const link = new Link();
        for (const [symptom, afterMs] of steps) {
          link.look(symptom, symptom === 'Works' ? Math.min(afterMs, minuteMs / 2) : afterMs);
          const { worksSinceMs = link.nowMs } = link.trials;
          fc.pre(link.nowMs - worksSinceMs < trialMs.forgiven);
        }
        expect(link.movesMs.length).toBeLessThanOrEqual(2);
      }),
    );
  });

  it('its server never moves while it works, nor twice within five minutes', () => {
    fc.assert(
      fc.property(looks, (steps) => {
        const link = new Link();
        for (const [symptom, afterMs] of steps) {
          const before = link.server;
          link.look(symptom, afterMs);
          if (symptom === 'Works' || symptom === 'Unknown') expect(link.server).toBe(before);
        }
        const gaps = link.movesMs.slice(1).map((atMs, index) => atMs - (link.movesMs[index] ?? 0));
        expect(Math.min(...gaps, Number.POSITIVE_INFINITY)).toBeGreaterThanOrEqual(trialMs.unproven);
      }),
    );
  });
});
