import { buildTenantNamespace, type LiqoObject, type LiqoResource, resources } from '@leafway/liqo';
import { ApiError } from '@leafway/reconciler';
import { FakeClock, FakeKubeApi } from '@leafway/reconciler/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { removeForeignCluster } from './foreign-cluster.ts';

const { foreignClusters } = resources;
const tenants: LiqoResource = {
  ...{ group: 'authentication.liqo.io', version: 'v1beta1', plural: 'tenants', kind: 'Tenant' },
  namespaced: true,
};
const { signal } = new AbortController();

let clock: FakeClock;
let api: FakeKubeApi;
beforeEach(() => {
  clock = new FakeClock();
  api = new FakeKubeApi({ clock });
});

const makeNamespace = (): LiqoObject => api.seed(resources.namespaces, buildTenantNamespace('milan'));

/** As Liqo makes it, with the modules that it says are enabled. */
function makeForeignCluster(...enabled: string[]): void {
  const modules = Object.fromEntries(enabled.map((module) => [module, { enabled: true }]));
  api.seed<LiqoObject>(foreignClusters, {
    ...{ apiVersion: 'core.liqo.io/v1beta1', kind: 'ForeignCluster', metadata: { name: 'milan' } },
    ...{ spec: { clusterID: 'milan' }, status: { role: 'Unknown', modules } },
  });
}

function makeOther(resource: LiqoResource): void {
  const metadata = { namespace: 'elsewhere', name: 'milan', labels: { 'liqo.io/remote-cluster-id': 'milan' } };
  api.seed<LiqoObject>(resource, {
    apiVersion: `${resource.group}/${resource.version}`,
    kind: resource.kind,
    metadata,
  });
}

const isThere = (): boolean => api.object(foreignClusters, { name: 'milan' }) !== undefined;

describe('the ForeignCluster that Liqo made because of a link', () => {
  it('goes, although Liqo still counts the network', async () => {
    const namespace = makeNamespace();
    makeForeignCluster('networking');
    await removeForeignCluster(api, namespace, signal);
    expect(isThere()).toBe(false);
  });

  it('stays when it was there before the link', async () => {
    makeForeignCluster();
    await clock.advance(1_000);
    await removeForeignCluster(api, makeNamespace(), signal);
    expect(isThere()).toBe(true);
  });

  it.each(['authentication', 'offloading'])('stays when it has an %s', async (module) => {
    const namespace = makeNamespace();
    makeForeignCluster('networking', module);
    await removeForeignCluster(api, namespace, signal);
    expect(isThere()).toBe(true);
  });

  it.each([tenants, resources.identities, resources.configurations, resources.gatewayServers])(
    'stays when there is a $kind for the same cluster, wherever that is',
    async (resource) => {
      const namespace = makeNamespace();
      makeForeignCluster();
      makeOther(resource);
      await removeForeignCluster(api, namespace, signal);
      expect(isThere()).toBe(true);
    },
  );

  it.each(['get', 'delete'])('stays where we may not %s it, and holds up nothing', async (verb) => {
    const namespace = makeNamespace();
    makeForeignCluster();
    api.beforeRequest = (request) => {
      if (request.type !== foreignClusters || request.verb !== verb) return;
      throw new ApiError('not allowed', { code: 'Forbidden', status: 403, operation: verb });
    };
    await removeForeignCluster(api, namespace, signal);
    expect(isThere()).toBe(true);
  });

  it('costs one request where there is none', async () => {
    const namespace = makeNamespace();
    await removeForeignCluster(api, namespace, signal);
    expect(api.requests).toHaveLength(1);
  });
});
