/** What a process with a fleet has loaded. */
export interface LoadFacts {
  /** Until everything was known, from the first object on. */
  readonly loadMs: number;
  /** Heap after garbage collection: what the leaves take, and what the shortcuts take beyond that. */
  readonly leavesMib: number;
  readonly shortcutsMib: number;
}

/** What it can be asked to measure. */
export type FleetTask = 'decisions' | 'prefixes' | 'changes';

export interface DecisionFacts {
  readonly meanUs: number;
  readonly p99Us: number;
  /** Answers that were not the right ones. */
  readonly wrong: number;
}

/** For one range against everything on its leaf. */
export interface PrefixFacts {
  /** With as many of them for one leaf as a list of a shortcut may have. */
  readonly meanNs: number;
  /** With each of them for another leaf, of which nothing is in a cache of the processor. */
  readonly farNs: number;
}

/** Means for one shortcut, from its watch event until the next one is asked for. */
export interface ChangeFacts {
  readonly addUs: number;
  readonly updateUs: number;
  readonly removeUs: number;
}

/** The answers by task. */
export interface FleetAnswers {
  readonly decisions: DecisionFacts;
  readonly prefixes: PrefixFacts;
  readonly changes: ChangeFacts;
}
