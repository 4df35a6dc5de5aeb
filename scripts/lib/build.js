import { join } from 'node:path';
import { runInForeground } from './child.js';

/**
 * Builds what is stale in the workspace and resolves to the compiler's exit code. Writes to standard error only.
 *
 * The compiler is asked directly: it knows which of the packages are stale and answers in a fraction of the time that
 * starting one npm script per package takes. `npx turbo run build` does the same with a cache that can be shared.
 *
 * @param {string} root
 * @param {string} node
 * @param {NodeJS.ProcessEnv} env
 */
export function build(root, node, env) {
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  return runInForeground(node, [compiler, '-b', root], { cwd: root, env, stdio: ['ignore', 2, 2] });
}
