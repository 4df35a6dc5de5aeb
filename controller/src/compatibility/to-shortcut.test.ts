import { describe, expect, test } from 'vitest';
import { aForeignClusterConnection, aVirtualNodeConnection } from '../testing/connections.ts';
import { shortcutNameOf } from './connection.ts';
import { newShortcut, wantedLink } from './to-shortcut.ts';

const options = { liqoNamespace: 'liqo' };
const gatewayOf = (networking: object, liqoNamespace = 'liqo') =>
  wantedLink(aForeignClusterConnection({ spec: { networking } }), { liqoNamespace }).gateway;
const bare = { server: 'milan', service: { type: 'LoadBalancer', port: 51840 }, mtu: 1340 };

describe('the link that a ForeignClusterConnection asks for', () => {
  test('has the server on the second cluster, as the Foreign Cluster Connector put it', () => {
    expect(wantedLink(aForeignClusterConnection(), options)).toEqual({
      clusters: ['rome', 'milan'],
      gateway: { server: 'milan', service: { type: 'NodePort', port: 51840 }, mtu: 1450 },
      withoutEffect: [
        'spec.networking.timeoutSeconds (the controller never gives up)',
        'spec.networking.wait (the status always tells whether packets pass)',
      ],
    });
  });

  test.each([
    ['nothing', undefined],
    ['an empty object', {}],
    ['what is empty, 0 or false', { mtu: 0, serverServiceType: '', serverServicePort: 0, serverTemplateName: '' }],
  ] as const)('is as Liqo makes one where %s is said', (_, networking) => {
    const connection = aForeignClusterConnection();
    const { networking: __, ...pair } = connection.spec;
    const spec = networking === undefined ? pair : { ...pair, networking };
    expect(wantedLink({ ...connection, spec }, options)).toMatchObject({ gateway: bare, withoutEffect: [] });
  });

  test.each([
    [{ mtu: 1280 }, { mtu: 1280 }],
    [{ serverServiceType: 'ClusterIP' }, { service: { type: 'ClusterIP', port: 51840 } }],
    [{ serverServicePort: 4500 }, { service: { type: 'LoadBalancer', port: 4500 } }],
    [{ serverTemplateName: 'own' }, { serverTemplateRef: { namespace: 'liqo', name: 'own' } }],
    [{ serverTemplateNamespace: 'ns' }, { serverTemplateRef: { namespace: 'ns', name: 'wireguard-server' } }],
    [{ clientTemplateName: 'own' }, { clientTemplateRef: { namespace: 'liqo', name: 'own' } }],
    [{ clientTemplateNamespace: 'ns' }, { clientTemplateRef: { namespace: 'ns', name: 'wireguard-client' } }],
  ])('takes %j over', (networking, wanted) => {
    expect(gatewayOf(networking)).toEqual({ ...bare, ...wanted });
  });

  test("names no template that is Liqo's own in the namespace of Liqo, and one of that name elsewhere", () => {
    const networking = { serverTemplateName: 'wireguard-server', serverTemplateNamespace: 'liqo' };
    expect(gatewayOf(networking)).toEqual(bare);
    expect(gatewayOf(networking, 'network')).toEqual({
      ...bare,
      serverTemplateRef: { namespace: 'liqo', name: 'wireguard-server' },
    });
  });
});

describe('the link that a VirtualNodeConnection asks for', () => {
  test('has a NodePort on the second cluster, and its kubeconfigs have no effect', () => {
    expect(wantedLink(aVirtualNodeConnection(), options)).toEqual({
      clusters: ['rome', 'milan'],
      gateway: { server: 'milan', service: { type: 'NodePort', port: 51840 }, mtu: 1340 },
      withoutEffect: [
        'spec.kubeconfigA (the LeafCluster names the kubeconfig)',
        'spec.kubeconfigB (the LeafCluster names the kubeconfig)',
      ],
    });
  });
});

describe('the shortcut of a connection', () => {
  test('leads back to it, and says nothing that the connection does not', () => {
    const connection = aForeignClusterConnection();
    const { metadata, spec } = newShortcut(connection, wantedLink(connection, options));
    expect(metadata.labels).toEqual({
      'leafway.dev/connection-uid': 'connection-uid',
      'leafway.dev/connection-kind': 'ForeignClusterConnection',
      'leafway.dev/connection-namespace': 'default',
    });
    expect(metadata.annotations).toEqual({ 'leafway.dev/connection-name': 'rome-milan' });
    expect(Object.keys(spec)).toEqual(['clusters', 'gateway']);
    expect(spec.clusters).toEqual([{ id: 'rome' }, { id: 'milan' }]);
  });

  const nameOf = (namespace: string, name: string): string =>
    shortcutNameOf(aForeignClusterConnection({ metadata: { namespace, name } }));

  test('has a name of its own, the same each time', () => {
    expect(nameOf('default', 'rome-milan')).toMatch(/^default-rome-milan-[0-9a-f]{10}$/);
    expect(nameOf('default', 'rome-milan')).toBe(nameOf('default', 'rome-milan'));
    expect(nameOf('a-b', 'c')).not.toBe(nameOf('a', 'b-c'));
    const twin = aVirtualNodeConnection();
    expect(shortcutNameOf(twin)).not.toBe(nameOf('default', twin.metadata.name));
  });

  test.each([
    ['n', 'x'.repeat(253)],
    ['n'.repeat(63), 'x'],
    ['default', `${'x'.repeat(43)}...y`],
    ['default', `${'x'.repeat(40)}.-.-.-.-.-y`.replace(/-\./g, 'a.')],
  ])('has a name that is a valid one, however long those of the connection are: %s/%s', (namespace, name) => {
    expect(nameOf(namespace, name)).toMatch(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/);
    expect(nameOf(namespace, name)).not.toMatch(/\.-|-\.|\.\./);
    expect(nameOf(namespace, name).length).toBeLessThanOrEqual(63);
  });
});
