import { relative } from 'node:path';

/** How tests ended. */
export interface TestOutcome {
  readonly passed: number;
  readonly skipped: number;
  /** Each failure by its name, and in short why. */
  readonly failures: readonly string[];
}

/** What vitest's JSON report says, as far as it is read here. */
export interface VitestReport {
  readonly numPassedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    /** The absolute path of the file. */
    readonly name: string;
    readonly status: string;
    readonly message?: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages?: readonly string[] | null;
    }[];
  }[];
}

export const noTests: TestOutcome = { passed: 0, skipped: 0, failures: [] };

/** One failure, of something that is no test of vitest. */
export const failureOf = (name: string): TestOutcome => ({ ...noTests, failures: [name] });

/**
 * What a run of vitest came to, by its report and its exit code; files are named relative to `root`. A file that fails
 * outside its tests (it does not load, or a hook fails) is one failure, and so is a run that failed without naming a test
 * or left no report.
 */
export function outcomeOf(report: VitestReport | undefined, exitCode: number, root: string): TestOutcome {
  if (report === undefined) return failureOf(`vitest left no report, and exit code ${exitCode}`);
  const failures = report.testResults.flatMap((file) => failuresIn(file, root));
  return {
    passed: report.numPassedTests,
    skipped: report.numPendingTests + report.numTodoTests,
    failures: failures.length === 0 && exitCode !== 0 ? [`vitest ended with exit code ${exitCode}`] : failures,
  };
}

function failuresIn(file: VitestReport['testResults'][number], root: string): string[] {
  const path = relative(root, file.name);
  const failed = file.assertionResults.filter(({ status }) => status === 'failed');
  if (failed.length > 0)
    return failed.map(({ fullName, failureMessages }) => inShort(`${path} > ${fullName}`, failureMessages?.[0]));
  return file.status === 'failed' ? [inShort(path, file.message)] : [];
}

const longestReason = 300;

function inShort(name: string, reason = ''): string {
  const [firstLine = ''] = reason.trim().split('\n');
  return firstLine === '' ? name : `${name}: ${firstLine.slice(0, longestReason)}`;
}

/** Both together. */
export function addOutcomes(a: TestOutcome, b: TestOutcome): TestOutcome {
  return {
    passed: a.passed + b.passed,
    skipped: a.skipped + b.skipped,
    failures: [...a.failures, ...b.failures],
  };
}

/** The last lines of a test run: each failure again, and then such as `12 passed, 0 failed`. */
export function summaryLines({ passed, skipped, failures }: TestOutcome): string[] {
  const counts = `${passed} passed, ${failures.length} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`;
  return [...failures.map((failure) => `✗ ${failure}`), counts];
}
