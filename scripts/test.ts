/**
 * Runs all tests, or with arguments those that vitest selects by them: `npm test`, `npm test -- packages/core`.
 * Everything runs, also after a failure; the last line counts it all, a failed check as one failure.
 */
import { globSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { prepareMachine } from '@leafway/lab';
import { allChecks } from './lib/checks.ts';
import { runInForeground } from './lib/child.js';
import { runCheck } from './lib/run-check.ts';
import { runVitest } from './lib/run-vitest.ts';
import { addCounts, noTests, summaryLine, type TestCounts } from './lib/test-summary.ts';

const root = join(import.meta.dirname, '..');
const failure: TestCounts = { ...noTests, failed: 1 };
const interrupted = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => interrupted.abort());

/** The directory of the lab's tools, undefined with the reason printed when this machine cannot carry a lab. */
async function prepareTools(): Promise<string | undefined> {
  try {
    const options = { environment: process.env, output: process.stderr, signal: interrupted.signal };
    return (await prepareMachine(options)).directory;
  } catch (error) {
    console.log(`✗ tools\n${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

async function runChecks(): Promise<TestCounts> {
  let counts = noTests;
  for (const check of allChecks(root)) {
    if (interrupted.signal.aborted) break;
    if (!(await runCheck(check, root))) counts = addCounts(counts, failure);
  }
  return counts;
}

async function runTests(selection: readonly string[]): Promise<TestCounts> {
  const directory = await prepareTools();
  const env = { ...process.env, ...(directory === undefined ? {} : { LEAFWAY_TOOLS: directory }) };
  if (selection.length > 0) return addCounts(await runVitest(selection, root, env), directory ? noTests : failure);
  const unit = addCounts(await runChecks(), await runVitest(['--project', 'unit'], root, env));
  if (interrupted.signal.aborted) return unit;
  if (directory === undefined) {
    console.log('✗ end-to-end tests: not run, because this machine cannot carry a lab');
    return addCounts(unit, failure);
  }
  return addCounts(unit, await runEndToEnd(env));
}

/** The end-to-end tests, and then whether all that they used of our roles is all that these grant. */
async function runEndToEnd(env: NodeJS.ProcessEnv): Promise<TestCounts> {
  const directory = mkdtempSync(join(tmpdir(), 'leafway-run-'));
  const [TMPDIR, used] = ['tmp', 'rights'].map((name) => join(directory, name)) as [string, string];
  for (const folder of [TMPDIR, used]) mkdirSync(folder);
  try {
    const counts = await runVitest(['--project', 'e2e'], root, { ...env, TMPDIR, LEAFWAY_E2E_RIGHTS: used });
    if (interrupted.signal.aborted) return counts;
    const command = ['--conditions=@leafway/source', 'e2e/rights/main-compare.ts', used];
    return (await runCheck({ name: 'granted rights = used rights', command }, root))
      ? counts
      : addCounts(counts, failure);
  } finally {
    await takeDownLabs(TMPDIR, env);
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Labs are processes of their own: those of a test that was interrupted go on. */
async function takeDownLabs(directory: string, env: NodeJS.ProcessEnv): Promise<void> {
  for (const lab of globSync('*/*/lab.json', { cwd: directory })) {
    const command = [join(root, 'packages/cli/dist/main.js'), 'lab', 'down', '--dir', join(directory, dirname(lab))];
    await runInForeground(process.execPath, command, { env });
  }
}

const counts = await runTests(process.argv.slice(2));
console.log(summaryLine(counts));
process.exitCode = interrupted.signal.aborted ? 130 : Math.min(counts.failed, 1);
