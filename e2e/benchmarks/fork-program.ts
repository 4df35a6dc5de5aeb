import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface ForkOptions {
  /** Its only argument, as JSON. */
  readonly argument: object;
  /** Beyond what it needs: at its end the process dies. */
  readonly heapMib: number;
  /** Several times what its longest answer takes. */
  readonly answerWithinMs: number;
  /** Ends it. */
  readonly signal?: AbortSignal;
}

/** A program that measures, alone in its memory; tasks and answers are messages. */
export interface ForkedProgram {
  send(task: string): void;
  /** Its next message. Throws with what it printed when it ends before. */
  answer(): Promise<unknown>;
  stop(): void;
}

export function forkProgram(program: URL, options: ForkOptions): ForkedProgram {
  const { argument, heapMib, answerWithinMs, signal } = options;
  const child = fork(fileURLToPath(program), [JSON.stringify(argument)], {
    execArgv: ['--expose-gc', `--max-old-space-size=${heapMib}`],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const stop = (): void => {
    signal?.removeEventListener('abort', stop);
    child.kill();
  };
  signal?.addEventListener('abort', stop, { once: true });
  let printed = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
  });
  const ended = once(child, 'close').then(() => {
    throw new Error(`the process with the fleet ended: ${printed.slice(-2_000)}`);
  });
  ended.catch(() => {});
  return {
    send: (task) => {
      child.send(task);
    },
    answer: async () => {
      const timer = setTimeout(stop, answerWithinMs);
      const [message] = await Promise.race([once(child, 'message'), ended]).finally(() => clearTimeout(timer));
      return message;
    },
    stop,
  };
}
