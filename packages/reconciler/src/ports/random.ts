/** Randomness, injected: a seeded source makes a run repeatable. */
export interface Random {
  /** A number in [0, 1). */
  next(): number;
}
