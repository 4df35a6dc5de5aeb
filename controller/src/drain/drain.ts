import { kinds, type LeafCluster, type VirtualNodeShortcut } from '@leafway/core';
import { type ApiError, isApiError, removeFinalizer, sleep } from '@leafway/reconciler';
import { type Connection, connectionTypes } from '../compatibility/connection.ts';
import { isOwing } from '../leaf/facts.ts';
import { leafFinalizer } from '../leaf/reconciler.ts';
import { isHeld } from '../shortcut/finalizer.ts';
import { CentreView, type CentreViewDependencies, type CentreViewOptions } from './centre-view.ts';
import { type Obstacle, obstaclesOf, unansweredObstacle } from './obstacles.ts';

/** The ports of a drain. */
export interface DrainDependencies extends CentreViewDependencies {
  /** A line for people about how it is going. */
  readonly progress: (line: string) => void;
}

/** How long a drain may take, in milliseconds, and whose lead it takes at its end. */
export interface DrainOptions extends CentreViewOptions {
  readonly timeoutMs: number;
}

/** What a drain has come to. */
export interface DrainReport {
  /** Shortcuts that were deleted, by name. */
  readonly deleted: readonly string[];
  /** Of these, the ones whose `deletionPolicy` left their objects on the leaves, without our marks. */
  readonly orphaned: readonly string[];
  /** Of these, the ones that were there again after that: somebody else creates them. */
  readonly recreated: readonly string[];
  /** Empty when all is drained. */
  readonly obstacles: readonly Obstacle[];
}

/** What the last leader had sent before it lost the lease has landed by then. */
const lastWritesMs = 1_000;
/** How long to wait for somebody to come back where nothing that runs helps. */
const patienceMs = 30_000;
/** A fleet that goes changes all the time; nobody reads faster. */
const tellMs = 1_000;
const deletesAtOnce = 16;

/**
 * Deletes every shortcut, also those that are created meanwhile, and before them the connections, where these are carried
 * out. Waits until the controller has taken them down and every leaf is clean, then takes the lead from the controllers and
 * lets the LeafClusters go, so that nothing of ours is held by a finalizer that nobody would ever remove. For a minute after
 * that no controller leads. It ends early when nothing that runs can remove what is left, as when no controller leads. A
 * cluster without our kinds is drained. Throws `ApiError` when a right is missing, when the cluster cannot be read in time,
 * and when `signal` aborts.
 */
export function drain(deps: DrainDependencies, options: DrainOptions, signal: AbortSignal): Promise<DrainReport> {
  return new Drain(deps, options).run(signal);
}

class Drain {
  readonly #deps: DrainDependencies;
  readonly #view: CentreView;
  readonly #lease: DrainOptions['lease'];
  readonly #endMs: number;
  /** By UID: to delete it twice would be in vain. */
  readonly #deleted = new Map<string, VirtualNodeShortcut>();
  readonly #deletedConnections = new Set<string>();
  /** Why the last attempt to let everything go came to nothing. */
  #refusal: ApiError | undefined;
  #hopelessSinceMs: number | undefined;
  #told = { line: '', atMs: Number.NEGATIVE_INFINITY };

  constructor(deps: DrainDependencies, options: DrainOptions) {
    this.#deps = deps;
    this.#endMs = deps.clock.monotonicMs() + options.timeoutMs;
    this.#lease = options.lease;
    this.#view = new CentreView(deps, options);
  }

  async run(signal: AbortSignal): Promise<DrainReport> {
    const over = new AbortController();
    const running = this.#view.run(over.signal);
    try {
      await this.#untilCurrent(signal);
      // Of a drain that was interrupted while it led: the controllers have to go on first.
      await this.#view.lease.giveBack(signal);
      return this.#reportOf(await this.#untilDrained(signal));
    } finally {
      over.abort();
      await running;
    }
  }

  async #untilCurrent(signal: AbortSignal): Promise<void> {
    for (;;) {
      const nextChange = this.#view.nextChange();
      if (this.#view.isCurrent) return;
      if (this.#isOver) throw this.#view.shortcuts.problem ?? new Error('the central cluster does not answer in time');
      await nextChange(signal);
    }
  }

  /** Returns what is left: nothing, or what nobody removes in time. */
  async #untilDrained(signal: AbortSignal): Promise<readonly Obstacle[]> {
    for (;;) {
      const nextChange = this.#view.nextChange();
      await this.#deleteAll(signal);
      const obstacles = this.#look();
      this.#tell(obstacles);
      const isClear = obstacles.length === 0 && this.#view.isCurrent;
      if (isClear && (await this.#triedToLetGo(signal))) return [];
      if (this.#isOver) return this.#leftAtTheEnd();
      if (this.#isHopeless(obstacles)) return obstacles;
      await nextChange(signal);
    }
  }

  /** At least one obstacle: where nothing is in the way of what was last seen, the server is. */
  #leftAtTheEnd(): readonly Obstacle[] {
    const obstacles = this.#look();
    if (obstacles.length > 0) return obstacles;
    const { shortcuts, leaves } = this.#view;
    const problem = shortcuts.problem ?? leaves.problem ?? this.#refusal;
    return [unansweredObstacle(leaves.list().filter(isHeldLeaf), problem)];
  }

  #look(): Obstacle[] {
    const { shortcuts, leaves, lease } = this.#view;
    const seen = {
      connections: this.#connections,
      shortcuts: shortcuts.list(),
      leaves: leaves.list(),
      isLed: lease.isLed,
    };
    return obstaclesOf({ ...seen, lease: this.#lease });
  }

  get #connections(): Connection[] {
    return this.#view.connections.flatMap((cache) => cache.list());
  }

  /** Connections go first: a shortcut that one of them wants would be made again. */
  async #deleteAll(signal: AbortSignal): Promise<void> {
    for (const connection of this.#connections) {
      const { deletionTimestamp, uid = '' } = connection.metadata;
      if (deletionTimestamp === undefined && !this.#deletedConnections.has(uid))
        await this.#deleteConnection(connection, signal);
    }
    const found = this.#view.shortcuts
      .list()
      .filter(({ metadata }) => metadata.deletionTimestamp === undefined && !this.#deleted.has(metadata.uid ?? ''));
    for (let start = 0; start < found.length; start += deletesAtOnce) {
      await Promise.all(found.slice(start, start + deletesAtOnce).map((shortcut) => this.#delete(shortcut, signal)));
    }
  }

  async #delete(shortcut: VirtualNodeShortcut, signal: AbortSignal): Promise<void> {
    const { name, uid = '' } = shortcut.metadata;
    try {
      await this.#deps.central.delete(kinds.shortcuts, { name }, { uid, signal });
      this.#deleted.set(uid, shortcut);
    } catch (error) {
      if (!isPassing(error)) throw error;
    }
  }

  async #deleteConnection({ kind, metadata }: Connection, signal: AbortSignal): Promise<void> {
    const { uid = '' } = metadata;
    const type = connectionTypes.find((one) => one.kind === kind);
    if (type === undefined) return;
    try {
      await this.#deps.central.delete(type, metadata, { uid, signal });
      this.#deletedConnections.add(uid);
    } catch (error) {
      if (!isPassing(error)) throw error;
    }
  }

  async #triedToLetGo(signal: AbortSignal): Promise<boolean> {
    this.#refusal = undefined;
    try {
      return await this.#letGo(signal);
    } catch (error) {
      if (!isPassing(error)) throw error;
      this.#refusal = error;
      return false;
    }
  }

  /**
   * Nothing is left that needs a controller: from here on none leads. What one of them began at the last moment has to be
   * finished first. Returns whether everything was let go. Throws `ApiError`.
   */
  async #letGo(signal: AbortSignal): Promise<boolean> {
    const { shortcuts, leaves, lease } = this.#view;
    if (lease.isLed) {
      await lease.take(signal);
      await sleep(this.#deps.clock, lastWritesMs, signal);
    }
    if (this.#connections.length > 0 || shortcuts.list().some(isHeld) || leaves.list().some(isOwing)) {
      await lease.giveBack(signal);
      return false;
    }
    const held = leaves.list().filter(isHeldLeaf);
    const { central } = this.#deps;
    await Promise.all(held.map((leaf) => removeFinalizer(central, kinds.leafClusters, leaf, leafFinalizer, signal)));
    return shortcuts.list().length === 0 && this.#connections.length === 0;
  }

  /** Nothing but a person could change anything, for so long that nobody is expected to come back. */
  #isHopeless(obstacles: readonly Obstacle[]): boolean {
    const nowMs = this.#deps.clock.monotonicMs();
    const isHopeless = obstacles.length > 0 && obstacles.every((obstacle) => obstacle.isHopeless);
    this.#hopelessSinceMs = isHopeless ? (this.#hopelessSinceMs ?? nowMs) : undefined;
    return this.#hopelessSinceMs !== undefined && nowMs - this.#hopelessSinceMs >= patienceMs;
  }

  #tell(obstacles: readonly Obstacle[]): void {
    const [first] = obstacles;
    const more = obstacles.length > 1 ? ` (and ${obstacles.length - 1} more)` : '';
    const line = first === undefined ? '' : `${first.object}${more}: ${first.why}`;
    const nowMs = this.#deps.clock.monotonicMs();
    if (line === '' || line === this.#told.line || nowMs - this.#told.atMs < tellMs) return;
    this.#deps.progress(line);
    this.#told = { line, atMs: nowMs };
  }

  get #isOver(): boolean {
    return this.#deps.clock.monotonicMs() >= this.#endMs;
  }

  #reportOf(obstacles: readonly Obstacle[]): DrainReport {
    const deleted = [...this.#deleted.values()];
    const names = namesOf(deleted);
    return {
      deleted: unique(names),
      orphaned: unique(namesOf(deleted.filter(({ spec }) => spec.deletionPolicy === 'Orphan'))),
      recreated: unique(names.filter((name, index) => names.indexOf(name) !== index)),
      obstacles,
    };
  }
}

const namesOf = (shortcuts: readonly VirtualNodeShortcut[]): string[] => shortcuts.map(({ metadata }) => metadata.name);

const unique = (names: readonly string[]): string[] => [...new Set(names)].sort();

const isHeldLeaf = ({ metadata }: LeafCluster): boolean => metadata.finalizers?.includes(leafFinalizer) === true;

/** The object, or the server, is not as it was: the next look tries again. */
const isPassing = (error: unknown): error is ApiError =>
  isApiError(error, 'Conflict') || isApiError(error, 'Unavailable') || isApiError(error, 'Throttled');
