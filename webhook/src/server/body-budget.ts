import { limits } from './limits.ts';

/** The limits of a budget, all in bytes; see `limits`. */
export interface BodyLimits {
  readonly smallBodyBytes: number;
  readonly smallBodiesBytes: number;
  readonly largeBodiesBytes: number;
}

/**
 * How many bytes of bodies are in memory at once, in two purses: what each body takes first comes from one, what it
 * takes beyond that from the other, so that large bodies never keep small ones waiting. Bytes count when they have
 * come, not when they are announced: nobody holds what he never sends.
 */
export class BodyBudget {
  readonly #limits: BodyLimits;
  #bodies = 0;
  #small = 0;
  #large = 0;

  constructor(bodyLimits: BodyLimits = limits) {
    this.#limits = bodyLimits;
  }

  /** How many requests hold something, or may. */
  get bodies(): number {
    return this.#bodies;
  }

  /** What is held now. */
  get bytes(): number {
    return this.#small + this.#large;
  }

  /** A body begins, with no byte yet. */
  open(): void {
    this.#bodies += 1;
  }

  /** A body ends that holds so many bytes. */
  close(bytes: number): void {
    this.#bodies -= 1;
    this.resize(bytes, 0);
  }

  /** Lets a body that holds `from` bytes hold `to`; `false`, and nothing changed, when a purse has no more. */
  resize(from: number, to: number): boolean {
    const { smallBodyBytes, smallBodiesBytes, largeBodiesBytes } = this.#limits;
    const small = this.#small + Math.min(to, smallBodyBytes) - Math.min(from, smallBodyBytes);
    const large = this.#large + Math.max(to - smallBodyBytes, 0) - Math.max(from - smallBodyBytes, 0);
    if (to > from && (small > smallBodiesBytes || large > largeBodiesBytes)) return false;
    this.#small = small;
    this.#large = large;
    return true;
  }
}
