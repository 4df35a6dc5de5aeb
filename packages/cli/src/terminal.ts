import type { LabTools, NodeRuntime } from '@leafway/lab';

/** Everything of the process that a command may touch. */
export interface Terminal {
  /** A line of the command's result. */
  print(line: string): void;
  /** A line about how it is going; never mixed with the result. */
  progress(line: string): void;
  /** Sets the exit code of the process. */
  exitWith(code: number): void;
  /** A path as the user typed it → absolute. */
  resolve(path: string): string;
  /** Finds, or gets, the binaries that a lab runs. */
  labTools(): Promise<LabTools>;
  monotonicMs(): number;
  readonly defaultLabDirectory: string;
  readonly demoDirectory: string;
  /** Whether what is printed goes to a terminal that shows colours. */
  readonly hasColour: boolean;
  readonly environment: NodeJS.ProcessEnv;
  readonly runtime: NodeRuntime;
  /** Aborts when the user interrupts. */
  readonly signal: AbortSignal;
}
