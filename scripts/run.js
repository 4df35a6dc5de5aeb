#!/usr/bin/env node
/**
 * Runs a task of the workspace in a clone, set-up included: `node scripts/run.js <task> [arguments]`.
 * Plain JavaScript without dependencies, because it runs first, on any Node from 20 on.
 */
import { join } from 'node:path';
import { runInForeground } from './lib/child.js';
import { exitWith, Failure } from './lib/failure.js';
import { root, setUp } from './lib/set-up.js';

/** @typedef {{ build: boolean, needsLinux?: boolean, program?: readonly string[] }} Task */

const sources = '--conditions=@leafway/source';

/** @type {Readonly<Record<string, Task>>} */
const tasks = {
  demo: { build: true, needsLinux: true, program: ['packages/cli/dist/main.js', 'demo'] },
  // It says by itself what it needs; the launcher of the command line builds that when it comes to it.
  'e2e:kind': { build: false, program: [sources, 'e2e/kind/main.ts'] },
  bench: { build: true, needsLinux: true, program: ['e2e/benchmarks/main.ts'] },
  test: { build: true, needsLinux: true, program: [sources, 'scripts/test.ts'] },
  build: { build: true },
  lint: { build: false, program: [sources, 'scripts/lint.ts'] },
  generate: { build: false, program: [sources, 'scripts/generate.ts'] },
};

async function main() {
  const [name = '', ...args] = process.argv.slice(2);
  const task = Object.hasOwn(tasks, name) ? tasks[name] : undefined;
  if (task === undefined) {
    throw new Failure(`there is no task '${name}': use one of ${Object.keys(tasks).join(', ')}.`);
  }
  if (task.needsLinux && process.platform !== 'linux') {
    throw new Failure(`\`${name}\` needs Linux (network namespaces, WireGuard): run it on a Linux machine or in a VM.`);
  }
  const { node, env } = await setUp(task);
  if (task.program === undefined) return 0;
  const program = task.program.map((part) => (part.startsWith('-') || !part.includes('/') ? part : join(root, part)));
  return await runInForeground(node, [...program, ...args], { env });
}

await exitWith(main);
