/** What a finished command left behind. A command that does not exist ends with code 127, as in a shell. */
export interface RunResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a command is run; the environment given is added to this process's own. */
export interface RunOptions {
  readonly directory?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/** The head of an HTTP answer, and its body as it arrives. */
export interface FetchAnswer {
  readonly status: number;
  readonly length?: number | undefined;
  readonly body: AsyncIterable<Uint8Array>;
}

/** The few file operations that fetching tools needs. Paths are absolute. */
export interface Files {
  makeDirectory(path: string): Promise<void>;
  /** Makes a new empty directory whose name begins with `prefix`. */
  makeTemporaryDirectory(prefix: string): Promise<string>;
  exists(path: string): Promise<boolean>;
  isExecutable(path: string): Promise<boolean>;
  isReadableAndWritable(path: string): Promise<boolean>;
  /** Undefined when there is no such file. */
  readText(path: string): Promise<string | undefined>;
  write(path: string, chunks: AsyncIterable<Uint8Array>): Promise<void>;
  makeExecutable(path: string): Promise<void>;
  /** Replaces what stands at `to`, atomically. */
  rename(from: string, to: string): Promise<void>;
  /** Makes `path` a symbolic link to `target`, atomically. */
  link(target: string, path: string): Promise<void>;
  /** Removes a file or a whole directory; absent is fine. */
  remove(path: string): Promise<void>;
  /** What may still be written where `path` is, or where it would be. */
  freeBytes(path: string): Promise<number>;
}

/** The machine as the tools' code sees it: everything with an effect goes through here. */
export interface Machine {
  /** As `process.platform` names it. */
  readonly platform: string;
  /** As `process.arch` names it. */
  readonly architecture: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly homeDirectory: string;
  readonly userID: number;
  readonly files: Files;
  /** Takes the lock of a directory and returns how to give it back; undefined while anybody holds it. */
  tryLock(directory: string): Promise<(() => Promise<void>) | undefined>;
  /** Never rejects because of the command; rejects when the signal aborts. */
  run(command: string, args: readonly string[], options?: RunOptions): Promise<RunResult>;
  fetch(url: string, signal: AbortSignal): Promise<FetchAnswer>;
  monotonicMs(): number;
  /** Calls back once after the time; the answer cancels it. */
  setTimer(ms: number, callback: () => void): () => void;
}
