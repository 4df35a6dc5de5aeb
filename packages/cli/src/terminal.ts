import type { LabTools, NodeRuntime } from '@leafway/lab';
import type { Clock, ClusterConnection, KubeApi, Random } from '@leafway/reconciler';

/** Which cluster a command talks to: the options of kubectl with the same names. */
export interface CentralOptions {
  readonly kubeconfig?: string | undefined;
  readonly context?: string | undefined;
}

/** The API of one cluster, as long as a command needs it. */
export interface OpenApi {
  readonly api: KubeApi;
  /** The address of its API server, for messages. */
  readonly server: string;
  /** How it was reached. */
  readonly connection: ClusterConnection;
  close(): Promise<void>;
}

/** Everything of the process that a command may touch. */
export interface Terminal {
  /** Of this command line. */
  readonly version: string;
  /** A line of the command's result. */
  print(line: string): void;
  /** A line about how it is going; never mixed with the result. */
  progress(line: string): void;
  /** Sets the exit code of the process. */
  exitWith(code: number): void;
  /** A path as the user typed it → absolute. */
  resolve(path: string): string;
  /** The text of a file as the user named it; `-` is standard input. */
  readText(path: string): Promise<string>;
  /** Connects as kubectl does: the options, else KUBECONFIG, else ~/.kube/config. Throws when there is no way to. */
  connect(options: CentralOptions): OpenApi;
  /** Connects with a kubeconfig that somebody else may have written. Throws `KubeconfigRejected`. */
  connectStrictly(kubeconfig: string): OpenApi;
  /** Connects to a cluster whose kubeconfig was read already; `cluster` is what errors call it. */
  connectTo(connection: ClusterConnection, cluster: string): KubeApi & { close(): Promise<void> };
  /** Asks the user; `undefined` where nobody can answer. */
  confirm(question: string): Promise<boolean | undefined>;
  /** Finds, or gets, the binaries that a lab runs. */
  labTools(): Promise<LabTools>;
  monotonicMs(): number;
  readonly clock: Clock;
  readonly random: Random;
  readonly defaultLabDirectory: string;
  readonly demoDirectory: string;
  /** Whether what is printed goes to a terminal that shows colours. */
  readonly hasColour: boolean;
  readonly environment: NodeJS.ProcessEnv;
  readonly runtime: NodeRuntime;
  /** Aborts when the user interrupts. */
  readonly signal: AbortSignal;
}
