import { expect, it } from 'vitest';
import { UseCount, useIn } from './use.ts';

const reason = 'RBAC: allowed by ClusterRoleBinding "b" of ClusterRole "leafway-agent" to ServiceAccount "a/ns"';

function aLine(over: object = {}, annotations: object = {}): string {
  return JSON.stringify({
    auditID: '1',
    stage: 'ResponseComplete',
    verb: 'patch',
    user: { username: 'system:serviceaccount:leafway-system:leafway-agent' },
    objectRef: { apiGroup: 'ipam.liqo.io', resource: 'ips', subresource: 'status', namespace: 'liqo', name: 'a' },
    annotations: { 'authorization.k8s.io/decision': 'allow', 'authorization.k8s.io/reason': reason, ...annotations },
    ...over,
  });
}

const forbidden = { 'authorization.k8s.io/decision': 'forbid', 'authorization.k8s.io/reason': '' };
const expected = {
  ...{ account: 'leafway-agent', group: 'ipam.liqo.io', resource: 'ips/status', verb: 'patch' },
  ...{ namespace: 'liqo', name: 'a', role: 'ClusterRole leafway-agent', count: 1 },
};

it('a line of an audit log tells who used which right by which role', () => {
  expect(useIn(aLine())).toEqual(expected);
});

it('a request that was refused is by no role', () => {
  expect(useIn(aLine({}, forbidden))).toEqual({ ...expected, role: '' });
  const watch = { verb: 'watch', stage: 'ResponseComplete' };
  expect(useIn(aLine(watch, forbidden))).toMatchObject({ verb: 'watch', role: '' });
});

it('a server that has not read its roles yet refuses nothing that counts', () => {
  const notYet = 'RBAC: clusterrole.rbac.authorization.k8s.io "leafway-agent" not found';
  expect(useIn(aLine({}, { ...forbidden, 'authorization.k8s.io/reason': notYet }))).toBeUndefined();
});

it('a watch counts once, when it begins', () => {
  expect(useIn(aLine({ verb: 'watch', stage: 'ResponseStarted' }))).toMatchObject({ verb: 'watch' });
  expect(useIn(aLine({ verb: 'watch' }))).toBeUndefined();
  expect(useIn(aLine({ stage: 'ResponseStarted' }))).toBeUndefined();
});

it('requests of others, and about no object, do not count', () => {
  expect(useIn(aLine({ user: { username: 'admin' } }))).toBeUndefined();
  expect(useIn(aLine({ user: { username: 'system:serviceaccount:default:leafway' } }))).toBeUndefined();
  const pretended = { username: 'system:serviceaccount:leafway-system:leafway-controller' };
  expect(useIn(aLine({ user: { username: 'admin' }, impersonatedUser: pretended }))).toBeUndefined();
  expect(useIn(aLine({ objectRef: undefined }))).toBeUndefined();
});

it('uses that differ in nothing are added up', () => {
  const count = new UseCount();
  for (const line of [aLine(), aLine(), aLine({ verb: 'get' })]) {
    const use = useIn(line);
    if (use !== undefined) count.add(use);
  }
  expect(count.uses).toEqual([
    { ...expected, count: 2 },
    { ...expected, verb: 'get' },
  ]);
});
