#!/usr/bin/env node
/**
 * Starts the command line. Installed from a registry it needs Node 24 and runs what was published; in a clone it first
 * finds Node 24 among the dependencies and builds what is missing. Plain JavaScript that runs on Node 20.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** @param {string} path relative to this file */
const locate = (path) => fileURLToPath(new URL(path, import.meta.url));

async function runFromClone() {
  const { setUp } = await import('../../../scripts/lib/set-up.js');
  const { runInForeground } = await import('../../../scripts/lib/child.js');
  const { exitWith } = await import('../../../scripts/lib/failure.js');
  await exitWith(async () => {
    const { node, env } = await setUp({ build: true });
    return await runInForeground(node, [locate('../dist/main.js'), ...process.argv.slice(2)], { env });
  });
}

// The settings of the compiler are not part of the published package.
if (existsSync(locate('../tsconfig.json'))) {
  await runFromClone();
} else if (Number.parseInt(process.versions.node, 10) < 24) {
  console.error(`leafway: Node 24 or newer is needed, this is Node ${process.versions.node}: see https://nodejs.org`);
  process.exitCode = 1;
} else {
  // A name that the compiler does not follow: the file exists only after the build.
  await import(new URL('../dist/main.js', import.meta.url).href);
}
