import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import type { LabLayout } from '../plan/layout.ts';
import { fileNameOf } from './part.ts';
import type { StartProcess } from './supervisor.ts';

/** Starts real processes; each writes its own log file, with the supervisor out of the way. */
export function processStarter(layout: LabLayout, environment: NodeJS.ProcessEnv): StartProcess {
  return (part) => {
    const [executable = '', ...args] = part.command;
    const log = openSync(layout.log(fileNameOf(part)), 'a', 0o600);
    try {
      const child = spawn(executable, args, { stdio: ['ignore', log, log], env: environment });
      const ended = new Promise<string>((resolve) => {
        child.once('error', (error) => resolve(`could not be started: ${error.message}`));
        child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
      });
      return { pid: child.pid ?? null, ended, signal: (name) => child.kill(name) };
    } finally {
      closeSync(log);
    }
  };
}
