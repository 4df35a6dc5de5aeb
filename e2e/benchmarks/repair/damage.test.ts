import { buildPublicKey, buildTenantNamespace, type LiqoObject } from '@leafway/liqo';
import { describe, expect, it } from 'vitest';
import { createRepairDetector, editOf, isWritten } from './damage.ts';

const gateway = { apiVersion: 'v1', kind: 'GatewayServer', metadata: { name: 'milan', uid: 'gateway' } };
const side = { remoteClusterID: 'milan', namespace: 'liqo-tenant-milan' };
const build = (publicKey: string, uid: string): LiqoObject => {
  const key = buildPublicKey(side, { publicKey, gateway });
  return { ...key, metadata: { ...key.metadata, uid } };
};
const before = build('ours', 'first');

describe('the repair of an edited object', () => {
  it('is seen when it is as before, not while it still is', () => {
    const isRepaired = createRepairDetector(before, 'edited');
    expect(isRepaired({ type: 'MODIFIED', object: before })).toBe(false);
    expect(isRepaired({ type: 'MODIFIED', object: build('theirs', 'first') })).toBe(false);
    expect(isRepaired({ type: 'MODIFIED', object: build('ours', 'first') })).toBe(true);
  });

  it('of which only a label was edited is seen too', () => {
    const namespace = buildTenantNamespace('milan');
    const edited = { ...namespace, metadata: { ...namespace.metadata, labels: {} } };
    const isRepaired = createRepairDetector(namespace, 'edited');
    expect(isRepaired({ type: 'MODIFIED', object: edited })).toBe(false);
    expect(isRepaired({ type: 'MODIFIED', object: namespace })).toBe(true);
  });
});

describe('the repair of a deleted object', () => {
  it('is seen when another one with the same content is there', () => {
    const isRepaired = createRepairDetector(before, 'deleted');
    expect(isRepaired({ type: 'MODIFIED', object: before })).toBe(false);
    expect(isRepaired({ type: 'DELETED', object: before })).toBe(false);
    expect(isRepaired({ type: 'ADDED', object: build('theirs', 'second') })).toBe(false);
    expect(isRepaired({ type: 'MODIFIED', object: build('ours', 'second') })).toBe(true);
  });
});

describe('the damages', () => {
  it('are done to what the controller writes, not to what the agent derives', () => {
    expect(['Configuration', 'GatewayServer', 'GatewayClient', 'PublicKey', 'Namespace'].every(isWritten)).toBe(true);
    expect(['Connection', 'Secret'].some(isWritten)).toBe(false);
    expect(() => editOf({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'gw-milan' } })).toThrow(TypeError);
  });

  it('keep the other labels of a namespace', () => {
    const [edit] = editOf(buildTenantNamespace('milan'));
    expect(edit).toMatchObject({ value: { 'liqo.io/remote-cluster-id': 'milan' } });
  });
});
