import { describe, expect, it } from 'vitest';
import { decodeReport, encodeReport } from './report.ts';

describe('a report of the ping process', () => {
  it.each([{ value: 'Connected', latencyMs: 1.5 }, { value: 'Error' }] as const)(
    'comes through as it was: %o',
    (report) => {
      expect(decodeReport(encodeReport(report).trimEnd())).toEqual(report);
    },
  );

  it.each(['', '{', 'null', '{"value":"Connected"}', '{"value":"Other","latencyMs":1}'])(
    'is not any other line: %s',
    (line) => {
      expect(decodeReport(line)).toBeUndefined();
    },
  );
});
