import type { Exec } from '../exec.ts';

/** A program that was started, as the test plays it. */
export interface FakeChild {
  readonly command: readonly string[];
  /** What it was told. */
  readonly heard: string[];
  readonly isKilled: () => boolean;
  print(line: string): void;
  end(how?: string): void;
}

/** Starts nothing and remembers everything; runs nothing. */
export function fakeExec(): { readonly exec: Exec; readonly children: FakeChild[] } {
  const children: FakeChild[] = [];
  const exec: Exec = {
    run: () => Promise.reject(new Error('not to be run')),
    start: (command, args, onLine) => {
      const ended = Promise.withResolvers<string>();
      const heard: string[] = [];
      let isKilled = false;
      const end = (how = 'SIGKILL'): void => ended.resolve(how);
      const kill = (): void => {
        isKilled = true;
        end();
      };
      children.push({ command: [command, ...args], heard, isKilled: () => isKilled, print: onLine, end });
      return { send: (line) => heard.push(line), stop: () => end('exit code 0'), kill, ended: ended.promise };
    },
  };
  return { exec, children };
}
