import { describe, expect, it } from 'vitest';
import { clusterIDOf, isClusterID, remoteClusterIDOf } from './cluster-id.ts';

const valid = ['rome', '1', 'a-b', 'x'.repeat(51)];
const invalid = ['', 'Not_An_ID', '-a', 'a-', 'a.b', 'a\n', 'é', 'x'.repeat(52)];

describe("a cluster's ID", () => {
  const configMap = (labels: Record<string, string>, id: string) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'any-name', labels },
    data: { CLUSTER_ID: id },
  });
  const label = { 'app.kubernetes.io/name': 'clusterid-configmap' };
  const about = (id: string) => ({
    apiVersion: 'networking.liqo.io/v1beta1',
    kind: 'Configuration',
    metadata: { name: 'any-name', labels: { 'liqo.io/remote-cluster-id': id } },
  });

  it('is found by the label of its ConfigMap, not by the name', () => {
    expect(clusterIDOf(configMap(label, 'rome'))).toBe('rome');
    expect(clusterIDOf(configMap({}, 'rome'))).toBeUndefined();
  });

  it('is found in the label of an object about that cluster', () => {
    expect(remoteClusterIDOf(about('milan'))).toBe('milan');
    expect(remoteClusterIDOf({ ...about('milan'), metadata: { name: 'milan' } })).toBeUndefined();
  });

  it.each(valid)('can be %j', (id) => {
    expect([isClusterID(id), clusterIDOf(configMap(label, id)), remoteClusterIDOf(about(id))]).toEqual([true, id, id]);
  });

  it.each(invalid)('cannot be %j', (id) => {
    const nothing = [false, undefined, undefined];
    expect([isClusterID(id), clusterIDOf(configMap(label, id)), remoteClusterIDOf(about(id))]).toEqual(nothing);
  });
});
