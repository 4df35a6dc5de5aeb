import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInForeground } from './child.js';
import { Failure } from './failure.js';

/** Seen in a lock file of npm: what stands at one path of node_modules. */
/** @typedef {{ version?: string, resolved?: string, link?: boolean, optional?: boolean, devOptional?: boolean }} LockEntry */

/**
 * Reads the entries of a lock file, undefined when it is absent or unreadable.
 *
 * @param {string} path
 * @returns {Record<string, LockEntry> | undefined}
 */
function readLock(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/**
 * Tells whether node_modules holds what the lock file asks for. npm writes a lock file of its own into node_modules
 * as its last step, so this is true after `npm ci` by hand too, and false after an interrupted one.
 * Optional packages are other platforms' binaries: they may be absent.
 *
 * @param {string} root
 */
export function areDependenciesCurrent(root) {
  const wanted = readLock(join(root, 'package-lock.json'));
  const installed = readLock(join(root, 'node_modules', '.package-lock.json'));
  if (wanted === undefined || installed === undefined) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '') return true;
    const found = installed[path];
    if (found === undefined) return entry.optional === true || entry.devOptional === true;
    return found.version === entry.version && found.link === entry.link;
  });
}

/**
 * The command that runs npm: the npm that started us when there is one, else the one in PATH.
 *
 * @returns {[string, ...string[]]}
 */
function npmCommand() {
  const started = process.env.npm_execpath;
  return started !== undefined && /npm-cli\.[cm]?js$/.test(started) ? [process.execPath, started] : ['npm'];
}

/**
 * Installs the workspace's dependencies unless they are there already. Writes to standard error only.
 *
 * @param {string} root
 */
export async function ensureDependencies(root) {
  if (areDependenciesCurrent(root)) return;
  console.error('leafway: installing the dependencies of the workspace (npm ci) …');
  const [command, ...args] = npmCommand();
  const flags = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const code = await runInForeground(command, [...args, ...flags], { cwd: root, stdio: ['ignore', 2, 2] });
  if (code !== 0) {
    throw new Failure(`\`npm ci\` failed with exit code ${code}; its message is above. Run the same command again.`);
  }
}
