/** A figure beside what it should be at most. */
export interface Aim {
  readonly what: string;
  readonly measured: number;
  readonly atMost: number;
  readonly met: boolean;
}

/** Judges a figure; the text says the unit. */
export function judgeAim(what: string, measured: number, atMost: number): Aim {
  return { what, measured, atMost, met: measured <= atMost };
}

/** One line for each aim. */
export function formatAims(aims: readonly Aim[]): string[] {
  return aims.map(
    ({ what, measured, atMost, met }) =>
      `${met ? '✓ met   ' : '✗ missed'}  ${what}: ${round(measured)}, aim at most ${round(atMost)}`,
  );
}

const round = (value: number): string => String(Math.round(value * 100) / 100);
