import { describe, expect, it } from 'vitest';
import { compareRights, type Exceptions } from './compare.ts';
import { grantsIn } from './roles.ts';
import type { Use } from './use.ts';

const grants = grantsIn(
  'roles/one.yaml',
  `
kind: ClusterRole
metadata: { name: leafway-one }
rules:
  - { apiGroups: [leafway.dev], resources: [leafclusters], verbs: [list, watch] }
---
kind: Role
metadata: { name: leafway-one, namespace: leafway-system }
rules:
  - { apiGroups: [""], resources: [secrets], resourceNames: [mine], verbs: [get] }
`,
);
const none: Exceptions = { unused: [], forbidden: [] };

function aUse(verb: string, over: Partial<Use> = {}): Use {
  const base = { account: 'leafway-one', group: 'leafway.dev', resource: 'leafclusters', namespace: '', name: '' };
  return { ...base, verb, role: 'ClusterRole leafway-one', count: 3, ...over };
}
const secret = { group: '', resource: 'secrets', namespace: 'leafway-system', name: 'mine', role: 'Role leafway-one' };
const all = [aUse('list'), aUse('watch'), aUse('get', secret)];

describe('granted and used rights', () => {
  it('are the same when each verb on each resource was used, and nothing else', () => {
    expect(compareRights(grants, all, none)).toEqual([]);
  });

  it('differ by a verb that nobody used, which is told with its file', () => {
    expect(compareRights(grants, [aUse('list'), aUse('get', secret)], none)).toEqual([
      'never used: watch leafclusters.leafway.dev, granted by ClusterRole leafway-one (roles/one.yaml)',
    ]);
  });

  it('are the same where a watch was used and its list was not: only some API servers need that', () => {
    expect(compareRights(grants, all.slice(1), none)).toEqual([]);
  });

  it('count a verb on a named object only for that object, and a role only in its own namespace', () => {
    const line = 'never used: get secrets "mine", granted by Role leafway-system/leafway-one (roles/one.yaml)';
    const others = [aUse('get', { ...secret, name: 'other' }), aUse('get', { ...secret, namespace: 'liqo' })];
    for (const other of others) {
      const lines = compareRights(grants, [...all.slice(0, 2), other], none);
      expect([lines.length, lines[0]]).toEqual([2, line]);
      expect(lines[1]).toMatch(/^by no role of a chart: leafway-one: get secrets .*, by Role leafway-one$/);
    }
  });

  it('let the chart put another namespace in the place of leafway-system', () => {
    const elsewhere = aUse('get', { ...secret, namespace: 'my-system' });
    expect(compareRights(grants, [...all.slice(0, 2), elsewhere], none)).toEqual([]);
  });

  it('differ by whatever was forbidden, unless it had to be', () => {
    const forbidden = aUse('delete', { role: '', name: 'rome' });
    expect(compareRights(grants, [...all, forbidden], none)).toEqual([
      'forbidden: leafway-one: delete leafclusters.leafway.dev rome (3 times)',
    ]);
    const exception = {
      ...{ group: 'leafway.dev', resource: '*', verb: 'delete', of: 'leafway-one' },
      reason: 'a test',
    };
    expect(compareRights(grants, [...all, forbidden], { ...none, forbidden: [exception] })).toEqual([]);
    const elsewhere = { ...exception, namespace: 'liqo' };
    expect(compareRights(grants, [...all, forbidden], { ...none, forbidden: [elsewhere] })).toHaveLength(2);
  });

  it('do not differ by what was forbidden although the role of that account grants it', () => {
    const atStart = aUse('watch', { role: '' });
    expect(compareRights(grants, [...all, atStart], none)).toEqual([]);
    const another = { ...atStart, account: 'leafway-two' };
    expect(compareRights(grants, [...all, another], none)).toHaveLength(1);
  });

  it('do not count what Kubernetes gives to everybody', () => {
    const review = aUse('create', { resource: 'selfsubjectreviews', role: 'ClusterRole system:basic-user' });
    expect(compareRights(grants, [...all, review], none)).toEqual([]);
  });

  it('differ by an exception that is none any more', () => {
    const exception = { ...{ group: '', resource: 'pods', verb: 'list', of: '*' }, reason: 'it was so' };
    expect(compareRights(grants, all, { unused: [exception], forbidden: [exception] })).toEqual([
      'an exception for nothing: *: list pods',
      'an exception for nothing: *: list pods',
    ]);
  });
});
