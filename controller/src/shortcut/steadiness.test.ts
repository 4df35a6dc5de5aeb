import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lookAt, type Steadiness, steadyLimits, unsteadyForMs } from './steadiness.ts';

/** A link that is looked at, and what is said of it: good only when it is, and steady. */
class Link {
  steadiness: Steadiness | undefined;
  nowMs = 0;
  readonly said: { readonly atMs: number; readonly isGood: boolean }[] = [];

  look(isGood: boolean, afterMs: number, isDisturbed = false): void {
    this.nowMs += afterMs;
    this.steadiness = lookAt(this.steadiness, { isGood, isDisturbed, nowMs: this.nowMs });
    const isSaid = isGood && unsteadyForMs(this.steadiness, this.nowMs) === 0;
    if (this.said.at(-1)?.isGood !== isSaid) this.said.push({ atMs: this.nowMs, isGood: isSaid });
  }

  get isGood(): boolean {
    return this.said.at(-1)?.isGood === true;
  }

  flap(times: number, isDisturbed = false): void {
    for (let time = 0; time < times; time += 1) {
      this.look(false, 1_000, isDisturbed);
      this.look(true, 1_000);
    }
  }
}

describe('a link that comes and goes', () => {
  it('is believed three times', () => {
    const link = new Link();
    link.look(true, 0);
    link.flap(steadyLimits.falls);
    expect(link.isGood).toBe(true);
    link.flap(1);
    expect(link.isGood).toBe(false);
  });

  it('counts again when it has held for two minutes', () => {
    const link = new Link();
    link.look(true, 0);
    link.flap(4);
    link.look(true, steadyLimits.holdMs - 1);
    expect(link.isGood).toBe(false);
    link.look(true, 1);
    expect(link.isGood).toBe(true);
  });

  it('is forgiven after ten minutes', () => {
    const link = new Link();
    link.look(true, 0);
    link.flap(4);
    link.look(true, steadyLimits.windowMs);
    link.flap(1);
    expect(link.isGood).toBe(true);
  });

  it('is not blamed for what we do to it', () => {
    const link = new Link();
    link.look(true, 0);
    link.flap(20, true);
    expect(link.isGood).toBe(true);
  });

  it('is bad at once whenever it is', () => {
    const steps = fc.array(fc.tuple(fc.boolean(), fc.nat({ max: 300_000 })));
    fc.assert(
      fc.property(steps, (taken) => {
        const link = new Link();
        for (const [isGood, afterMs] of taken) {
          link.look(isGood, afterMs);
          if (!isGood) expect(link.isGood).toBe(false);
        }
      }),
    );
  });

  it('changes in what is said of it at most sixteen times in ten minutes, however often it does', () => {
    const steps = fc.array(fc.tuple(fc.boolean(), fc.oneof(fc.nat({ max: 3_000 }), fc.nat({ max: 150_000 }))), {
      maxLength: 400,
    });
    fc.assert(
      fc.property(steps, (taken) => {
        const link = new Link();
        for (const [isGood, afterMs] of taken) link.look(isGood, afterMs);
        for (const { atMs } of link.said) {
          const within = link.said.filter((each) => each.atMs >= atMs && each.atMs < atMs + steadyLimits.windowMs);
          expect(within.length).toBeLessThanOrEqual(16);
        }
      }),
    );
  });
});
