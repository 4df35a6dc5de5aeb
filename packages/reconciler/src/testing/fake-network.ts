import type { Clock } from '../ports/clock.ts';
import { sleep } from '../ports/clock.ts';

/** Which part of an answer passes: a whole one, or one event of a watch. */
export type Passing = 'answer' | 'event';

/** As a client's own limits: on a whole request, and on the silence of a watch. */
const patienceMs = { answer: 30_000, event: 90_000 };
const slowMs = { answer: 500, event: 20 };

/** The way between one client and the fake server, which a test can break in the ways in which real ones break. */
export class FakeNetwork {
  readonly #clock: Clock;
  readonly #breakWatches: () => void;
  #state: 'good' | 'down' | 'hanging' | 'slow' = 'good';
  #healed = new AbortController();
  #connections = new AbortController();
  #cutAfter: number | undefined;

  /** `breakWatches` ends every open watch as a broken connection does. */
  constructor(clock: Clock, breakWatches: () => void) {
    this.#clock = clock;
    this.#breakWatches = breakWatches;
  }

  /** Every connection breaks, also those that wait for an answer. New ones are fine. */
  cut(): void {
    this.#connections.abort(new Error('connection reset'));
    this.#connections = new AbortController();
    this.#breakWatches();
  }

  /** The next list or watch breaks in its middle: after so many more answers and events. */
  cutAfter(answersAndEvents: number): void {
    this.#cutAfter = answersAndEvents;
  }

  /** Nobody is there, until `heal`. */
  down(): void {
    this.#enter('down');
    this.cut();
  }

  /** Requests are taken and not answered, watches say nothing, until `heal` or until the client gives up. */
  hang(): void {
    this.#enter('hanging');
    const { signal } = this.#healed;
    void sleep(this.#clock, patienceMs.event, signal).then(() => signal.aborted || this.cut());
  }

  /** Answers and events come late, until `heal`. */
  slow(): void {
    this.#enter('slow');
  }

  /** All is well again; what was broken stays broken. */
  heal(): void {
    this.#enter('good');
  }

  /** Lets something through: at once, late or never. Throws when the connection breaks; nothing is waited for when all is well. */
  pass(what: Passing, signal: AbortSignal | undefined): Promise<void> | undefined {
    if (this.#cutAfter !== undefined) {
      this.#cutAfter -= 1;
      if (this.#cutAfter < 0) {
        this.#cutAfter = undefined;
        this.cut();
        return Promise.reject(new Error('connection reset'));
      }
    }
    return this.#state === 'good' ? undefined : this.#obstruct(what, signal);
  }

  async #obstruct(what: Passing, signal: AbortSignal | undefined): Promise<void> {
    if (this.#state === 'down') throw new Error('connect ECONNREFUSED');
    const ends = [this.#connections.signal, this.#healed.signal, ...(signal ? [signal] : [])];
    const { signal: healed } = this.#healed;
    const { signal: connection } = this.#connections;
    const isHanging = this.#state === 'hanging';
    await sleep(this.#clock, isHanging ? patienceMs[what] : slowMs[what], AbortSignal.any(ends));
    connection.throwIfAborted();
    if (isHanging && !healed.aborted) throw new Error(`no complete answer within ${patienceMs[what] / 1000} s`);
  }

  #enter(state: 'good' | 'down' | 'hanging' | 'slow'): void {
    this.#healed.abort();
    this.#healed = new AbortController();
    this.#state = state;
  }
}
