import { execFile } from 'node:child_process';
import { LabError } from '../errors.ts';

/** Runs one command to its end and returns what it printed; `input` goes to its standard input. */
export type Run = (command: readonly string[], input?: string) => Promise<string>;

/** Where `ip`, `nft` and `wg` are; an ordinary user's PATH often leaves these out. */
const systemDirectories = '/usr/local/sbin:/usr/sbin:/sbin';

/** The environment in which the machine's network tools are found, with `first` before everything else in PATH. */
export function withSystemTools(environment: NodeJS.ProcessEnv, first?: string): NodeJS.ProcessEnv {
  const path = [first, environment.PATH, systemDirectories]
    .filter((part) => part !== undefined && part !== '')
    .join(':');
  return { ...environment, PATH: path };
}

/**
 * Runs commands on this machine, in the namespaces of this process.
 * @throws LabError `LAB_COMMAND` with the command and what it complained about.
 */
export const runCommand: Run = (command, input = '') =>
  new Promise((resolve, reject) => {
    const [executable = '', ...args] = command;
    const child = execFile(
      executable,
      args,
      { maxBuffer: 16 * 1024 * 1024, env: withSystemTools(process.env) },
      (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else
          reject(
            new LabError('LAB_COMMAND', `${command.join(' ')}: ${stderr.trim() || error.message}`, { cause: error }),
          );
      },
    );
    // A command that ends without reading its input is judged by its exit code.
    child.stdin?.on('error', () => {});
    child.stdin?.end(input);
  });
