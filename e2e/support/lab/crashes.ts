import type { FaultPlan, ProxiedWrite } from './fault-proxy.ts';
import type { OwnController, OwnControllers } from './own-controllers.ts';

/**
 * - `answer lost`: the API server has carried the write out, and the controller never hears of it;
 * - `request lost`: it dies when it is about to write, having heard of all writes before.
 */
export type CrashPoint = 'answer lost' | 'request lost';

/** Whether the controller dies at this write: the n-th of this request since the last start of counting. */
export type Strike = (write: string, point: CrashPoint) => boolean;

export const neverStrike: Strike = () => false;

/** Keeps one controller running, kills it with SIGKILL at chosen writes, and starts it again. */
export interface Crashes extends FaultPlan {
  /** From now on these strikes; counts writes anew. */
  begin(strike: Strike): void;
  /** The writes that were carried out since then, in their order: cluster, verb, path, and which of its kind it is. */
  readonly writes: readonly string[];
  /** How often the controller was killed since then. */
  readonly kills: number;
  /** Starts the controller; `beforeStart` runs before each start. */
  keepRunning(controllers: OwnControllers, beforeStart: () => Promise<void>): Promise<void>;
  /** Ends it for good. */
  end(): Promise<void>;
  /** What the last lives printed. */
  log(): string;
}

export function createCrashes(): Crashes {
  let strike = neverStrike;
  let seen = new Map<string, number>();
  let writes: string[] = [];
  let kills = 0;
  let isWanted = true;
  let current: OwnController | undefined;
  let previous: OwnController | undefined;
  let isAlive = false;
  let keeping = Promise.resolve();

  const nameOf = ({ cluster, request }: ProxiedWrite, add: number): string => {
    const name = `${cluster} ${request}`;
    return `${name} #${(seen.get(name) ?? 0) + add}`;
  };
  const kill = (): false => {
    current?.child.kill('SIGKILL');
    isAlive = false;
    kills += 1;
    return false;
  };
  return {
    begin: (next) => {
      strike = next;
      seen = new Map();
      writes = [];
      kills = 0;
    },
    get writes() {
      return writes;
    },
    get kills() {
      return kills;
    },
    // What the dead one still had on its way never arrives.
    beforeWrite: (write) => isAlive && (strike(nameOf(write, 1), 'request lost') ? kill() : true),
    afterWrite: (write) => {
      const name = nameOf(write, 1);
      seen.set(name.replace(/ #\d+$/, ''), Number(/\d+$/.exec(name)?.[0]));
      writes.push(name);
      return isAlive && (strike(name, 'answer lost') ? kill() : true);
    },
    keepRunning: async (controllers, beforeStart) => {
      const start = async (): Promise<void> => {
        await beforeStart();
        previous = current;
        current = await controllers.start('controller');
        isAlive = true;
      };
      await start();
      keeping = (async () => {
        while (isWanted) {
          await current?.ended;
          isAlive = false;
          if (isWanted) await start();
        }
      })();
    },
    end: async () => {
      isWanted = false;
      current?.child.kill('SIGKILL');
      await keeping;
    },
    log: () => `${previous?.log() ?? ''}\n--- restarted ---\n${current?.log() ?? ''}`,
  };
}
