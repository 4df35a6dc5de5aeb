/** A figure beside the bound that it should keep. */
export interface Aim {
  readonly what: string;
  readonly measured: number;
  /** It has one of these two. */
  readonly atMost?: number;
  readonly atLeast?: number;
  readonly met: boolean;
}

/** Judges a figure that should be small; the text says the unit. */
export function judgeAim(what: string, measured: number, atMost: number): Aim {
  return { what, measured, atMost, met: measured <= atMost };
}

/** Judges a figure that should be large. */
export function judgeAimAtLeast(what: string, measured: number, atLeast: number): Aim {
  return { what, measured, atLeast, met: measured >= atLeast };
}

/** One line for each aim. */
export function formatAims(aims: readonly Aim[]): string[] {
  return aims.map(({ what, measured, atMost, atLeast, met }) => {
    const bound = atLeast === undefined ? `at most ${round(atMost ?? 0)}` : `at least ${round(atLeast)}`;
    return `${met ? '✓ met   ' : '✗ missed'}  ${what}: ${round(measured)}, aim ${bound}`;
  });
}

const round = (value: number): string => String(Math.round(value * 100) / 100);
