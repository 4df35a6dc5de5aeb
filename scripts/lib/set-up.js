import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './build.js';
import { ensureDependencies } from './dependencies.js';
import { findNode24 } from './node-24.js';

/** The root of the clone. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Makes a clone ready to run its own code: dependencies, Node 24, and what the compiler finds stale.
 * The environment has that Node first in PATH, and the administration folders last: ordinary users of Debian do not
 * have them there, and `ip` and `nft` live in them. Throws `Failure` with one sentence on what to do.
 *
 * @param {{ build: boolean }} options
 * @returns {Promise<{ node: string, env: NodeJS.ProcessEnv }>}
 */
export async function setUp(options) {
  await ensureDependencies(root);
  const node = findNode24(root);
  const env = {
    ...process.env,
    PATH: [dirname(node), join(root, 'node_modules', '.bin'), process.env.PATH, '/usr/sbin', '/sbin'].join(delimiter),
  };
  if (options.build) await build(root, node, env);
  return { node, env };
}
