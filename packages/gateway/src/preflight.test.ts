import { buildClusterIDConfigMap, resources } from '@leafway/liqo';
import { FakeKubeApi } from '@leafway/reconciler/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { lookAround, whyNotHere } from './preflight.ts';

const cluster = { clusterID: 'rome', liqoNamespace: 'liqo' };
const nodes = { group: '', version: 'v1', plural: 'nodes', kind: 'Node', namespaced: false };
const deployments = { group: 'apps', version: 'v1', plural: 'deployments', kind: 'Deployment', namespaced: true };

let api: FakeKubeApi;
beforeEach(() => {
  api = new FakeKubeApi({ cluster: 'rome' });
  api.seed(nodes, { apiVersion: 'v1', kind: 'Node', metadata: { name: 'one' } });
});

const why = async (): Promise<string | undefined> =>
  whyNotHere(await lookAround(api, cluster, new AbortController().signal));

describe('the agent on a real node', () => {
  it('runs where there is one node, and again where it was before', async () => {
    expect(await why()).toBeUndefined();
    api.seed(resources.configMaps, buildClusterIDConfigMap(cluster));
    expect(await why()).toBeUndefined();
  });

  it('runs nowhere with a second node', async () => {
    api.seed(nodes, { apiVersion: 'v1', kind: 'Node', metadata: { name: 'another' } });
    expect(await why()).toBe(
      'this cluster has 2 nodes (another, one), and the agent would connect the pods of one: install Liqo instead',
    );
  });

  it.each([
    ['its Deployment', { 'app.kubernetes.io/part-of': 'liqo' }, true],
    ['a Deployment of something else', { 'app.kubernetes.io/part-of': 'shop' }, false],
  ])('runs not beside Liqo, known by %s', async (_, labels, isRefused) => {
    const metadata = { namespace: 'liqo', name: 'liqo-controller-manager', labels };
    api.seed(deployments, { apiVersion: 'apps/v1', kind: 'Deployment', metadata });
    const said = await why();
    if (isRefused) expect(said).toContain('Liqo runs this cluster (Deployment liqo/liqo-controller-manager)');
    else expect(said).toBeUndefined();
  });

  it("runs not beside Liqo, known by its cluster's ID", async () => {
    const configMap = buildClusterIDConfigMap(cluster);
    delete configMap.metadata.annotations;
    api.seed(resources.configMaps, configMap);
    expect(await why()).toContain('Liqo runs this cluster (ConfigMap liqo/liqo-clusterid-configmap)');
  });
});
