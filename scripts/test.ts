/**
 * Runs all tests, or with arguments those that vitest selects by them: `npm test`, `npm test -- packages/core`.
 * Everything runs, also after a failure; the last lines name what failed and count it all, a failed check as one failure.
 */
import { globSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { prepareMachine } from '@leafway/lab';
import { allChecks } from './lib/checks.ts';
import { runInForeground } from './lib/child.js';
import { runCheck } from './lib/run-check.ts';
import { runVitest } from './lib/run-vitest.ts';
import { addOutcomes, failureOf, noTests, summaryLines, type TestOutcome } from './lib/test-summary.ts';

const root = join(import.meta.dirname, '..');
const noTools = failureOf('this machine cannot carry a lab');
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

async function runChecks(): Promise<TestOutcome> {
  let outcome = noTests;
  for (const check of allChecks(root)) {
    if (interrupted.signal.aborted) break;
    if (!(await runCheck(check, root))) outcome = addOutcomes(outcome, failureOf(check.name));
  }
  return outcome;
}

async function runTests(selection: readonly string[]): Promise<TestOutcome> {
  const directory = await prepareTools();
  const env = { ...process.env, ...(directory === undefined ? {} : { LEAFWAY_TOOLS: directory }) };
  if (selection.length > 0) return addOutcomes(await runVitest(selection, root, env), directory ? noTests : noTools);
  const unit = addOutcomes(await runChecks(), await runVitest(['--project', 'unit'], root, env));
  if (interrupted.signal.aborted) return unit;
  if (directory === undefined) {
    console.log('✗ end-to-end tests: not run');
    return addOutcomes(unit, noTools);
  }
  return addOutcomes(unit, await runEndToEnd(env));
}

/** The end-to-end tests, and then whether all that they used of our roles is all that these grant. */
async function runEndToEnd(env: NodeJS.ProcessEnv): Promise<TestOutcome> {
  const directory = mkdtempSync(join(tmpdir(), 'leafway-run-'));
  const [TMPDIR, used] = ['tmp', 'rights'].map((name) => join(directory, name)) as [string, string];
  for (const folder of [TMPDIR, used]) mkdirSync(folder);
  try {
    const outcome = await runVitest(['--project', 'e2e'], root, { ...env, TMPDIR, LEAFWAY_E2E_RIGHTS: used });
    if (interrupted.signal.aborted) return outcome;
    const command = ['--conditions=@leafway/source', 'e2e/rights/main-compare.ts', used];
    const rights = { name: 'granted rights = used rights', command };
    return (await runCheck(rights, root)) ? outcome : addOutcomes(outcome, failureOf(rights.name));
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

const outcome = await runTests(process.argv.slice(2));
console.log(summaryLines(outcome).join('\n'));
process.exitCode = interrupted.signal.aborted ? 130 : Math.min(outcome.failures.length, 1);
