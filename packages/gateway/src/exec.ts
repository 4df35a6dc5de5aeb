import { type ChildProcess, spawn } from 'node:child_process';

/** How a command is run; one that takes longer than `timeoutMs` (15 s by default) is killed. */
export interface RunOptions {
  /** Written to the command's standard input: the place for secrets and for long input. */
  readonly input?: string | undefined;
  /** The command may leave a process behind, which then belongs to no session of ours and survives us. */
  readonly detached?: boolean | undefined;
  readonly timeoutMs?: number | undefined;
}

/** A command that goes on until its input ends, spoken to in lines. */
export interface LineProcess {
  /** Writes a line to the command's input; to one that is gone it is lost. */
  send(line: string): void;
  /** Ends the command's input, which tells it to end. */
  stop(): void;
  /** Ends the command also when it does not listen. */
  kill(): void;
  /** Resolves when the process is gone, with how it ended in words. */
  readonly ended: Promise<string>;
}

/** How this package starts processes. Arguments are always a list, never a shell's line. */
export interface Exec {
  /** Runs a command to its end and resolves with what it printed. Throws `ExecError` when it fails. */
  run(command: string, args: readonly string[], options?: RunOptions): Promise<string>;
  /** Starts a command and calls `onLine` for each line it prints; its complaints go to our own standard error. */
  start(command: string, args: readonly string[], onLine: (line: string) => void): LineProcess;
}

/** A command that could not be started, failed, or took too long. Never contains the command's input. */
export class ExecError extends Error {
  readonly command: string;
  /** What the command printed on standard error. */
  readonly complaint: string;

  constructor(command: string, complaint: string) {
    super(`${command}: ${complaint}`);
    this.name = 'ExecError';
    this.command = command;
    this.complaint = complaint;
  }
}

const defaultTimeoutMs = 15_000;

/** The one place of this package that starts processes. */
export function createExec(): Exec {
  return { run, start };
}

function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const { input = '', detached = false, timeoutMs = defaultTimeoutMs } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { detached, timeout: timeoutMs, killSignal: 'SIGKILL', stdio: 'pipe' });
    const printed = collect(child.stdout);
    const complained = collect(child.stderr);
    const fail = (why: string): void => reject(new ExecError([command, ...args].join(' '), why));
    // A command that ends without reading its input is judged by its exit code.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    child.once('error', (error) => fail(error.message));
    child.once('close', (code, signal) => {
      if (code === 0) resolve(printed());
      else fail(complained().trim() || (signal === null ? `exit code ${code}` : `ended by ${signal}`));
    });
  });
}

function collect(stream: NodeJS.ReadableStream): () => string {
  let text = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    text += chunk;
  });
  return () => text;
}

function start(command: string, args: readonly string[], onLine: (line: string) => void): LineProcess {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  splitLines(child, onLine);
  child.stdin.on('error', () => {});
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
  return {
    send: (line) => child.stdin.write(`${line}\n`),
    stop: () => child.stdin.end(),
    kill: () => child.kill('SIGKILL'),
    ended,
  };
}

function splitLines(child: ChildProcess, onLine: (line: string) => void): void {
  let rest = '';
  child.stdout?.setEncoding('utf8');
  child.stdout?.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  });
}
