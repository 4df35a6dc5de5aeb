import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from './failure.js';

const wanted = 24;

/** For these the workspace's manifest names a package that holds Node itself. */
const packaged = new Set(['linux-x64', 'linux-arm64']);

/** @param {string} version such as v24.21.0 */
const major = (version) => Number(/^v(\d+)\./.exec(version)?.[1] ?? 0);

/**
 * Finds a Node of version 24 or newer: the one that runs this, else the one that came with the workspace's
 * dependencies, which is asked for its version because npm skips a platform package silently.
 *
 * @param {string} root
 * @param {{ version: string, execPath: string, platform: string, arch: string }} running the Node that runs this
 * @returns {string} an absolute path
 */
export function findNode24(root, running = process) {
  if (major(running.version) >= wanted) return running.execPath;
  const platform = `${running.platform}-${running.arch}`;
  const name = `node-${platform}`;
  const path = join(root, 'node_modules', name, 'bin', 'node');
  const advice = `install Node ${wanted} or newer (https://nodejs.org) and put it first in PATH`;
  if (!existsSync(path)) {
    const why = packaged.has(platform) ? `the package ${name} is not installed` : `there is none for ${platform} here`;
    throw new Failure(`Node ${wanted} is needed, this is Node ${running.version}, and ${why}: ${advice}.`);
  }
  const answer = spawnSync(path, ['-v'], { encoding: 'utf8' });
  if (major(answer.stdout ?? '') < wanted) {
    throw new Failure(`Node ${wanted} is needed, and ${path} does not run on this machine (musl?): ${advice}.`);
  }
  return path;
}
