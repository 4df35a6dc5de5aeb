import { describe, expect, it } from 'vitest';
import { auditLine, auditText } from '../testing/audit-lines.ts';
import { parseAuditLog } from './audit-log.ts';

describe('an audit log', () => {
  it('tells user, verb, resource, name and time of a request', () => {
    const text = auditText([
      auditLine({
        user: 'system:serviceaccount:leafway-system:leafway-controller',
        verb: 'patch',
        resource: 'virtualnodeshortcuts',
        subresource: 'status',
        name: 'rome-milan',
        at: '2026-01-02T03:04:05.000678Z',
      }),
    ]);
    expect(parseAuditLog(text)).toEqual([
      {
        auditID: expect.any(String),
        user: 'system:serviceaccount:leafway-system:leafway-controller',
        verb: 'patch',
        resource: 'virtualnodeshortcuts/status',
        name: 'rome-milan',
        receivedMs: Date.UTC(2026, 0, 2, 3, 4, 5) + 0.678,
      },
    ]);
  });

  it('counts a request once, however many stages of it are logged', () => {
    const request = { auditID: 'one', verb: 'watch', resource: 'leafclusters' };
    const text = auditText([
      auditLine({ ...request, stage: 'RequestReceived' }),
      auditLine({ ...request, stage: 'ResponseStarted' }),
      auditLine({ ...request, stage: 'ResponseComplete' }),
      auditLine({ ...request, auditID: 'another' }),
    ]);
    expect(parseAuditLog(text).map(({ auditID }) => auditID)).toEqual(['one', 'another']);
  });

  it('has requests about no object, which are named by their path', () => {
    const { objectRef: _, ...line } = auditLine({ verb: 'get' });
    expect(parseAuditLog(auditText([{ ...line, requestURI: '/version?timeout=5s' }]))).toMatchObject([
      { verb: 'get', resource: '/version', name: '' },
    ]);
  });

  it('may end in the middle of a line', () => {
    const text = auditText([auditLine({}), auditLine({})]);
    expect(parseAuditLog(text.slice(0, -10))).toHaveLength(1);
    expect(parseAuditLog(text.slice(0, 10))).toEqual([]);
  });

  it('with a time that is none is refused', () => {
    expect(() => parseAuditLog(auditText([auditLine({ at: 'yesterday' })]))).toThrow(/yesterday is not a time/);
  });
});
