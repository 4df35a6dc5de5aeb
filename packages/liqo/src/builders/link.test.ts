import { describe, expect, it } from 'vitest';
import { buildConfiguration, buildConnection, buildGatewayClient, buildGatewayServer, buildPublicKey } from './link.ts';

const side = { remoteClusterID: 'milan', namespace: 'liqo-tenant-milan' };
const server = {
  apiVersion: 'networking.liqo.io/v1beta1',
  kind: 'GatewayServer',
  metadata: { name: 'milan', namespace: 'liqo-tenant-milan', uid: 'u-1' },
};

describe('objects of a link', () => {
  it('carry the name and the label of the other cluster, as liqoctl sets them', () => {
    const objects = [
      buildConfiguration(side, { remotePod: ['10.244.0.0/16'], remoteExternal: ['10.70.0.0/16'] }),
      buildGatewayServer(side, {
        template: { namespace: 'liqo' },
        mtu: 1340,
        serviceType: 'LoadBalancer',
        port: 51840,
      }),
      buildGatewayClient(side, { template: { namespace: 'liqo' }, mtu: 1340, address: '172.30.0.9', port: 51840 }),
      buildPublicKey(side, { publicKey: 'x', gateway: server }),
    ];
    for (const { metadata } of objects) {
      expect(metadata.name).toBe('milan');
      expect(metadata.namespace).toBe('liqo-tenant-milan');
      expect(metadata.labels?.['liqo.io/remote-cluster-id']).toBe('milan');
    }
  });

  it('keep what the caller adds beside the names that the centre wants', () => {
    const extra = { labels: { mine: 'yes' }, annotations: { note: 'kept' } };
    const wanted = { pod: ['10.71.0.0/16'], external: ['10.68.0.0/16'] };
    const { metadata } = buildConfiguration({ ...side, extra }, { remotePod: [], remoteExternal: [], wanted });
    expect(metadata.labels?.mine).toBe('yes');
    expect(metadata.annotations).toEqual({
      note: 'kept',
      'leafway.dev/wanted-cidrs': '{"pod":["10.71.0.0/16"],"external":["10.68.0.0/16"]}',
    });
  });

  it('leave out the fields that are not asked for', () => {
    const { spec } = buildGatewayServer(side, {
      template: { namespace: 'liqo' },
      mtu: 1340,
      serviceType: 'NodePort',
      port: 51840,
    });
    expect(spec?.endpoint).toEqual({ serviceType: 'NodePort', port: 51840 });
    expect(spec).not.toHaveProperty('serviceAnnotations');
  });

  it('are owned by the gateway where they shall go with it', () => {
    const owner = { apiVersion: server.apiVersion, kind: 'GatewayServer', name: 'milan', uid: 'u-1' };
    expect(buildPublicKey(side, { publicKey: 'x', gateway: server }).metadata.ownerReferences).toEqual([owner]);
    const connection = buildConnection(side, { role: 'Server', gateway: server });
    expect(connection.metadata.name).toBe('gw-milan');
    expect(connection.metadata.ownerReferences).toEqual([owner]);
    expect(connection.spec?.gatewayRef).toMatchObject({ kind: 'WgGatewayServer', uid: 'u-1' });
  });

  it('cannot be owned by a gateway that no server knows', () => {
    const unborn = { ...server, metadata: { name: 'milan' } };
    expect(() => buildPublicKey(side, { publicKey: 'x', gateway: unborn })).toThrow('GatewayServer milan has no UID');
  });
});
