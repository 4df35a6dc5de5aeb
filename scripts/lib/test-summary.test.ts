import { describe, expect, test } from 'vitest';
import { addOutcomes, failureOf, noTests, outcomeOf, summaryLines, type VitestReport } from './test-summary.ts';

type TestFile = VitestReport['testResults'][number];

function aReport(report: Partial<VitestReport>): VitestReport {
  return { numPassedTests: 0, numPendingTests: 0, numTodoTests: 0, testResults: [], ...report };
}

function aFile(name: string, file: Partial<TestFile>): TestFile {
  return { name: `/root/${name}`, status: 'failed', assertionResults: [], ...file };
}

const fails = (fullName: string, ...failureMessages: string[]) => ({ status: 'failed', fullName, failureMessages });

describe('the outcome of a run', () => {
  test('tests are counted by their outcome, and the failed ones are named with the beginning of the reason', () => {
    const passes = { status: 'passed', fullName: 'fine' };
    const testResults = [
      aFile('a.test.ts', { assertionResults: [passes, fails('adds', 'Error: 3\n at'), fails('x')] }),
    ];
    const report = aReport({ numPassedTests: 5, numPendingTests: 1, numTodoTests: 1, testResults });
    const failures = ['a.test.ts > adds: Error: 3', 'a.test.ts > x'];
    expect(outcomeOf(report, 1, '/root')).toEqual({ passed: 5, skipped: 2, failures });
  });

  test('a file that fails without a failed test is one failure', () => {
    const testResults = [
      aFile('loads-not.test.ts', { message: 'SyntaxError: here\n' }),
      aFile('b.test.ts', { assertionResults: [{ status: 'passed', fullName: 'fine' }, fails('adds')] }),
    ];
    const { failures } = outcomeOf(aReport({ numPassedTests: 1, testResults }), 1, '/root');
    expect(failures).toEqual(['loads-not.test.ts: SyntaxError: here', 'b.test.ts > adds']);
  });

  test('a run that fails without a name for it is one failure', () => {
    expect(outcomeOf(aReport({ numPassedTests: 3 }), 1, '/').failures).toHaveLength(1);
    expect(outcomeOf(aReport({ numPassedTests: 3 }), 0, '/').failures).toEqual([]);
  });

  test('a run without a report is one failure', () => {
    expect(outcomeOf(undefined, 0, '/')).toMatchObject({ passed: 0, skipped: 0, failures: [expect.any(String)] });
  });
});

test('failures are told again at the end, skipped tests only when there are some', () => {
  expect(summaryLines({ ...noTests, passed: 2 })).toEqual(['2 passed, 0 failed']);
  const outcome = addOutcomes({ ...noTests, passed: 2, skipped: 3 }, failureOf('check types'));
  expect(summaryLines(outcome)).toEqual(['✗ check types', '2 passed, 1 failed, 3 skipped']);
});
