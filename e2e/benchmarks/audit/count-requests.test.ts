import { describe, expect, it } from 'vitest';
import { auditLine, auditText } from '../testing/audit-lines.ts';
import { parseAuditLog } from './audit-log.ts';
import { actors, countRequests, createdMs, type FleetLog, readyWriteMs } from './count-requests.ts';

const { atCentre, atLeaf } = actors.controller;
const agent = actors.agents.atLeaf;
const second = (seconds: number): string => `2026-01-01T00:00:${seconds.toFixed(6).padStart(9, '0')}Z`;
const ms = (seconds: number): number => Date.UTC(2026, 0, 1) + seconds * 1_000;
const always = { fromMs: 0, toMs: Number.POSITIVE_INFINITY };

type Line = Parameters<typeof auditLine>[0];

function fleet(lines: Readonly<Record<string, readonly Line[]>>): FleetLog {
  const logs = Object.entries(lines).map(
    ([cluster, each]) => [cluster, parseAuditLog(auditText(each.map((line) => auditLine(line))))] as const,
  );
  return { centre: 'central', requests: new Map(logs) };
}

describe('the requests of an actor', () => {
  it('are its own: the controller is another user at the centre than on the leaves', () => {
    const log = fleet({
      central: [{ user: atCentre }, { user: atLeaf }, { user: agent }, { user: 'admin' }],
      rome: [{ user: atLeaf }, { user: atCentre }, { user: agent }, { user: 'system:apiserver' }],
      milan: [{ user: atLeaf }, { user: agent }],
    });
    expect(countRequests(log, actors.controller, always).total).toBe(3);
    expect(countRequests(log, actors.agents, always).total).toBe(3);
    expect(countRequests(log, actors.webhook, always).total).toBe(0);
  });

  it('are those that came in from the beginning of the window to before its end', () => {
    const log = fleet({
      central: [9.999999, 10, 11.999999, 12].map((at) => ({ user: atCentre, at: second(at) })),
    });
    expect(countRequests(log, actors.controller, { fromMs: ms(10), toMs: ms(12) }).total).toBe(2);
  });

  it('are counted by cluster, verb and resource', () => {
    const log = fleet({
      central: [
        { user: atCentre, verb: 'patch', resource: 'virtualnodeshortcuts', subresource: 'status' },
        { user: atCentre, verb: 'patch', resource: 'virtualnodeshortcuts', subresource: 'status' },
        { user: atCentre, verb: 'patch', resource: 'virtualnodeshortcuts' },
        { user: atCentre, verb: 'create', resource: 'events' },
      ],
      rome: [{ user: atLeaf, verb: 'get', resource: 'secrets' }],
    });
    expect(countRequests(log, actors.controller, always).rows).toEqual([
      { cluster: 'central', verb: 'create', resource: 'events', count: 1 },
      { cluster: 'central', verb: 'patch', resource: 'virtualnodeshortcuts', count: 1 },
      { cluster: 'central', verb: 'patch', resource: 'virtualnodeshortcuts/status', count: 2 },
      { cluster: 'rome', verb: 'get', resource: 'secrets', count: 1 },
    ]);
  });

  it('leave out watches and leases, and tell how many these were; a list before a watch counts', () => {
    const watch = { user: atCentre, verb: 'watch', resource: 'leafclusters', auditID: 'watch' };
    const log = fleet({
      central: [
        { user: atCentre, verb: 'list', resource: 'leafclusters' },
        { ...watch, stage: 'ResponseStarted' },
        { ...watch, stage: 'ResponseComplete' },
        { user: atCentre, verb: 'watch', resource: 'leases' },
        { user: atCentre, verb: 'update', resource: 'leases' },
        { user: atCentre, verb: 'get', resource: 'leases' },
      ],
    });
    expect(countRequests(log, actors.controller, always)).toMatchObject({ total: 1, watches: 2, leases: 2 });
  });

  it('are writes where they change something on a leaf, also when they are refused', () => {
    const verbs = ['create', 'update', 'patch', 'delete', 'deletecollection', 'get', 'list', 'watch'];
    const log = fleet({
      central: [{ user: atCentre, verb: 'patch' }],
      rome: verbs.map((verb) => ({ user: atLeaf, verb })),
      milan: [{ user: atLeaf, verb: 'create', code: 409 }],
    });
    expect(countRequests(log, actors.controller, always).writesOnLeaves).toBe(6);
  });
});

describe('the window of a connect', () => {
  const status = { user: atCentre, verb: 'patch', resource: 'virtualnodeshortcuts', subresource: 'status' };
  const log = fleet({
    central: [
      { verb: 'create', resource: 'virtualnodeshortcuts', name: 'rome-milan', at: second(5) },
      { verb: 'create', resource: 'virtualnodeshortcuts', name: 'rome-milan', at: second(10) },
      { verb: 'create', resource: 'virtualnodeshortcuts', name: 'rome-paris', at: second(11) },
      { ...status, name: 'rome-milan', at: second(10.2) },
      { ...status, name: 'rome-milan', at: second(10.4) },
      { ...status, name: 'rome-paris', at: second(10.5) },
      { ...status, name: 'rome-milan', at: second(10.6), user: 'admin' },
      { ...status, name: 'rome-milan', at: second(10.9) },
    ],
  });

  it('begins with the last request that created the shortcut', () => {
    expect(createdMs(log, 'rome-milan')).toBe(ms(10));
    expect(createdMs(log, 'milan-paris')).toBeUndefined();
  });

  it('ends with the last write of the controller to its status before it was seen Ready', () => {
    expect(readyWriteMs(log, 'rome-milan', ms(10.7))).toBe(ms(10.4));
    expect(readyWriteMs(log, 'rome-milan', ms(10.1))).toBeUndefined();
  });
});
