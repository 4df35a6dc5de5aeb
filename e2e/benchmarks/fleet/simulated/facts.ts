import type { FleetSize } from '../shape.ts';

/** What one shortcut costs beside all others, as medians; requests are those of the operator, without watches. */
export interface OperationFacts {
  readonly readyMs: number;
  readonly goneMs: number;
  readonly requestsToReady: number;
  readonly requestsToGone: number;
}

/** The time to Ready of shortcuts between healthy leaves. */
export interface IsolationFacts {
  readonly aloneMs: readonly number[];
  /** While one leaf of ten is out of order, and new shortcuts want it. */
  readonly besideMs: readonly number[];
  /** The most that one such leaf was asked within a second, watches included. */
  readonly requestsInOneSecond: number;
}

/** A controller that starts anew beside a fleet, until a new shortcut is Ready. */
export interface ColdFacts {
  readonly seconds: number;
  readonly requests: number;
  /** In its caches. */
  readonly objects: number;
}

/** What is held in memory, and by how many objects in caches. */
export interface MemoryFacts {
  readonly mib: number;
  readonly objects: number;
}

/** What the programs that measure are told. */
export interface FleetArguments {
  readonly size: FleetSize;
  /** The path of the file with the fleet when it has all shortcuts. */
  readonly saved: string;
}

/** What the program that measures memory is told. */
export interface MemoryArguments extends FleetArguments {
  /** What is to be in memory: the objects of all leaves in caches, or a whole controller that leads. */
  readonly what: 'caches' | 'operator';
}

/** What was measured in one fleet in memory; the time of what stands for the clusters is in it. */
export interface SimulatedFacts {
  readonly size: FleetSize;
  /** All shortcuts of the fleet, applied at once. */
  readonly build: { readonly seconds: number; readonly requestsPerShortcut: number };
  readonly operations: OperationFacts;
  readonly steady: {
    readonly seconds: number;
    readonly requests: number;
    readonly idleCpuPercent: number;
    /** For each Connection that says anew that it lives, in microseconds. */
    readonly renewalUs: number;
  };
  readonly cold: ColdFacts;
  readonly memory: {
    /** Of the objects of the leaves, in one cache for each kind. */
    readonly cachesMibPer10k: number;
    /** Of a controller that leads and has nothing to do: its code, its caches, and what it remembers of each link. */
    readonly operatorMib: number;
  };
  readonly isolation: { readonly hung: IsolationFacts; readonly failing: IsolationFacts };
}
