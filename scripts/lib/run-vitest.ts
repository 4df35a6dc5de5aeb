import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInForeground } from './child.js';
import { outcomeOf, type TestOutcome, type VitestReport } from './test-summary.ts';

/** Runs vitest in the foreground with the arguments given and tells the outcome. */
export async function runVitest(args: readonly string[], root: string, env: NodeJS.ProcessEnv): Promise<TestOutcome> {
  const directory = mkdtempSync(join(tmpdir(), 'leafway-tests-'));
  const report = join(directory, 'report.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  try {
    const command = [join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run', '--root', root, ...reporters, ...args];
    const code = await runInForeground(process.execPath, command, { env });
    return outcomeOf(readReport(report), code, root);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function readReport(path: string): VitestReport | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as VitestReport;
  } catch {
    return undefined;
  }
}
