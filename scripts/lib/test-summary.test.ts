import { describe, expect, test } from 'vitest';
import { addCounts, countRun, noTests, summaryLine, type VitestReport } from './test-summary.ts';

function aReport(report: Partial<VitestReport>): VitestReport {
  return {
    numPassedTests: 0,
    numFailedTests: 0,
    numPendingTests: 0,
    numTodoTests: 0,
    testResults: [],
    ...report,
  };
}

describe('counting a run', () => {
  test('tests are counted by their outcome', () => {
    const report = aReport({ numPassedTests: 5, numFailedTests: 2, numPendingTests: 1, numTodoTests: 1 });
    expect(countRun(report, 1)).toEqual({ passed: 5, failed: 2, skipped: 2 });
  });

  test('a file that fails without a failed test is one failure', () => {
    const testResults = [
      { status: 'failed', assertionResults: [] },
      { status: 'failed', assertionResults: [{ status: 'passed' }, { status: 'failed' }] },
    ];
    expect(countRun(aReport({ numPassedTests: 1, numFailedTests: 1, testResults }), 1).failed).toBe(2);
  });

  test('a run that fails without a name for it is one failure', () => {
    expect(countRun(aReport({ numPassedTests: 3 }), 1).failed).toBe(1);
    expect(countRun(aReport({ numPassedTests: 3 }), 0).failed).toBe(0);
  });

  test('a run without a report is one failure', () => {
    expect(countRun(undefined, 0)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });
});

test('skipped tests are told only when there are some', () => {
  expect(summaryLine({ passed: 2, failed: 0, skipped: 0 })).toBe('2 passed, 0 failed');
  expect(summaryLine(addCounts({ passed: 2, failed: 1, skipped: 3 }, noTests))).toBe('2 passed, 1 failed, 3 skipped');
});
