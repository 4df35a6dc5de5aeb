import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LabPrograms, ProgramCommand } from './plan/lab-plan.ts';

/** How this process runs Node, for others to be run alike. */
export interface NodeRuntime {
  readonly execPath: string;
  readonly execArgv: readonly string[];
}

/** The command for a module that is a program. */
function nodeProgram({ execPath, execArgv }: NodeRuntime, moduleURL: string): ProgramCommand {
  return [execPath, ...execArgv, fileURLToPath(moduleURL)];
}

/** The programs of a lab: its own two, and the mains of the packages whose processes it starts. */
export function labPrograms(
  runtime: NodeRuntime,
  mains: Record<'agent' | 'webhook' | 'controller', string>,
): LabPrograms {
  // From source (`.ts`) or built (`.js`): all modules of this package have the same ending.
  const own = (name: string): string =>
    new URL(`./${name}${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url).href;
  return {
    supervisor: nodeProgram(runtime, own('main-supervisor')),
    web: nodeProgram(runtime, own('main-web')),
    agent: nodeProgram(runtime, mains.agent),
    webhook: nodeProgram(runtime, mains.webhook),
    controller: nodeProgram(runtime, mains.controller),
  };
}

/** The charts whose files a lab installs: in a clone the repository's, in the published package its copy of their files. */
export function repositoryCharts(): string {
  const inClone = fileURLToPath(new URL('../../../charts', import.meta.url));
  return existsSync(join(inClone, 'leafway', 'Chart.yaml'))
    ? inClone
    : fileURLToPath(new URL('../charts', import.meta.url));
}
