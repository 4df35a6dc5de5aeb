/** Numbers in brief, in the unit of the samples. */
export interface Summary {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  /** The quartiles; the distance between them is the spread. */
  readonly q1: number;
  readonly q3: number;
  readonly count: number;
}

/** Throws RangeError without samples: there is no number that could stand for none. */
export function summarize(samples: readonly number[]): Summary {
  const sorted = [...samples].sort((a, b) => a - b);
  return {
    median: quantileOf(sorted, 0.5),
    min: quantileOf(sorted, 0),
    max: quantileOf(sorted, 1),
    q1: quantileOf(sorted, 0.25),
    q3: quantileOf(sorted, 0.75),
    count: sorted.length,
  };
}

/** The middle of the samples, or of the two in the middle. Throws RangeError without samples. */
export function median(samples: readonly number[]): number {
  return quantile(samples, 0.5);
}

/** The value below which a share of the samples lies, from 0 to 1; between two samples in proportion. */
export function quantile(samples: readonly number[], share: number): number {
  return quantileOf(
    [...samples].sort((a, b) => a - b),
    share,
  );
}

function quantileOf(sorted: readonly number[], share: number): number {
  const position = (sorted.length - 1) * share;
  const below = sorted[Math.floor(position)];
  const above = sorted[Math.ceil(position)];
  if (below === undefined || above === undefined) throw new RangeError('no samples');
  return below + (above - below) * (position - Math.floor(position));
}
