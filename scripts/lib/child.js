import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { Failure } from './failure.js';

/** @type {readonly NodeJS.Signals[]} */
const passedOn = ['SIGTERM', 'SIGHUP', 'SIGINT'];

/**
 * Runs a command in the foreground and resolves to its exit code (128 + n when signal n ended it).
 * Signals that reach this process go on to the child, and this process ends only after it. A terminal
 * sends Ctrl-C to both by itself, so that one is then not passed on a second time.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, cwd?: string, stdio?: import('node:child_process').StdioOptions }} [options]
 * @returns {Promise<number>}
 */
export function runInForeground(command, args, { env = process.env, cwd, stdio = 'inherit' } = {}) {
  return new Promise((resolve, reject) => {
    // Before the child runs, which may cause a signal at once. A signal that comes while it is started is handled after.
    const handlers = passedOn.map((signal) => {
      const handler = () => {
        if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
      };
      process.on(signal, handler);
      return { signal, handler };
    });
    const child = spawn(command, args, { env, cwd, stdio });
    const settle = () => {
      for (const { signal, handler } of handlers) process.off(signal, handler);
    };
    child.on('error', (error) => {
      settle();
      reject(new Failure(`cannot start ${command}: ${error.message}`));
    });
    child.on('exit', (code, signal) => {
      settle();
      resolve(signal === null ? (code ?? 1) : 128 + constants.signals[signal]);
    });
  });
}
