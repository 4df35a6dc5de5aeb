import type { KubeApi } from '../../api/kube-api.ts';
import type { Clock } from '../../ports/clock.ts';

/** One server, real or not, and the ways in which a test of the contract can break the path to it. */
export interface ContractSetup {
  /** Through the faults. */
  readonly api: KubeApi;
  /** Past them: as somebody else. */
  readonly direct: KubeApi;
  readonly clock: Clock;
  readonly faults: Faults;
  /** Lets time pass until `holds`. Throws when it does not within what is long for that server. */
  until(what: string, holds: () => boolean): Promise<void>;
}

export interface Faults {
  /** Every connection breaks; new ones are fine. */
  cut(): void;
  /** The next long answer breaks in its middle. */
  cutNextAnswer(): void;
  /** Nobody is there, until `heal`. */
  down(): void;
  /** Nobody answers, until `heal`. */
  hang(): void;
  /** Answers come slowly, until `heal`. */
  slow(): void;
  heal(): void;
  /** The server dies and comes back, and its history is gone: what is older than now cannot be read any more. */
  restart(): Promise<void>;
}

/** Gives the setup of the server that the contract is checked with. */
export type Connect = () => ContractSetup;
