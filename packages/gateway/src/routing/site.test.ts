import { describe, expect, it } from 'vitest';
import { gatewayNames, type Site } from './site.ts';

const site: Site = {
  clusterID: 'rome',
  nodeNamespace: 'node-rome',
  gatewayNamespacePrefix: 'gw-rome.',
  uplink: { kind: 'bridge', namespace: 'inet', bridge: 'wan0br', prefixLength: 16 },
};

describe('the names of a gateway', () => {
  it('are readable where the ID is short', () => {
    expect(gatewayNames(site, 'milan')).toMatchObject({ namespace: 'gw-rome.milan', nodeDevice: 'gw-milan' });
  });

  it.each(['milan', '7f3c9e2a-15b8-4c0d-9a6e-2f1b8d4c7e90', 'a'.repeat(63)])('fit into a device name for %s', (id) => {
    const { nodeDevice, uplinkDevice } = gatewayNames(site, id);
    expect(Math.max(nodeDevice.length, uplinkDevice.length)).toBeLessThanOrEqual(15);
  });

  it('differ between remotes that begin alike, and between clusters on the same bridge', () => {
    const [a, b] = ['production-cluster-one', 'production-cluster-two'].map((id) => gatewayNames(site, id));
    expect(a?.nodeDevice).not.toBe(b?.nodeDevice);
    expect(gatewayNames({ ...site, clusterID: 'paris' }, 'milan').uplinkDevice).not.toBe(
      gatewayNames(site, 'milan').uplinkDevice,
    );
  });
});
