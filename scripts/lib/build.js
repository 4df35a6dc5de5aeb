import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { Failure } from './failure.js';

/** A build that takes longer than this is announced. */
const noticeAfterMs = 1_500;

/**
 * Builds the packages that are stale. Turbo finds them by content, in a fraction of a second when there are none.
 * Quiet unless the build fails: then what the compiler said goes to standard error, and a `Failure` is thrown.
 *
 * @param {string} root
 * @param {string} node
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<void>}
 */
export function build(root, node, env) {
  const turbo = join(root, 'node_modules', 'turbo', 'bin', 'turbo');
  const flags = ['--ui=stream', '--output-logs=errors-only', '--log-prefix=none'];
  return new Promise((resolve, reject) => {
    const child = spawn(node, [turbo, 'run', 'build', ...flags], {
      cwd: root,
      env: { ...env, TURBO_TELEMETRY_DISABLED: '1', TURBO_NO_UPDATE_NOTIFIER: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const notice = setTimeout(() => console.error('leafway: building the packages …'), noticeAfterMs);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output += text;
      });
    }
    child.on('error', (error) => {
      clearTimeout(notice);
      reject(new Failure(`cannot start the build: ${error.message}`));
    });
    child.on('close', (code) => {
      clearTimeout(notice);
      if (code === 0) return resolve();
      console.error(output.trim());
      reject(new Failure('the build failed; the errors are above.'));
    });
  });
}
