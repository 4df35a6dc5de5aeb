import { describe, expect, it } from 'vitest';
import { clusterIDOf, isPublicKey, ownKeySource, publicKeyFromSecret, readServerEndpoint } from './gateway.ts';

const object = (kind: string) => ({
  apiVersion: 'networking.liqo.io/v1beta1',
  kind,
  metadata: { name: 'milan', namespace: 'ns' },
});
const key = '0dg5oxpcEbO7hxy53tw+JbyIfKsoAudpwaASEI7Oyyg=';

describe('a gateway server', () => {
  it('has an endpoint once it announces an address and a port', () => {
    const status = { endpoint: { addresses: ['172.30.0.12', 'other'], port: 32_485 } };
    expect(readServerEndpoint({ ...object('GatewayServer'), status })).toEqual({
      address: '172.30.0.12',
      port: 32_485,
    });
  });

  it.each([[{}], [{ endpoint: { addresses: [''], port: 51_840 } }], [{ endpoint: { addresses: ['a'] } }]])(
    'has none while it says %j',
    (status) => {
      expect(readServerEndpoint({ ...object('GatewayServer'), status })).toBeUndefined();
    },
  );
});

describe("a gateway's own key", () => {
  it('is known where our agent announces it', () => {
    const gateway = object('GatewayClient');
    const announced = { ...gateway, metadata: { ...gateway.metadata, annotations: { 'leafway.dev/public-key': key } } };
    expect(ownKeySource(announced)).toEqual({ kind: 'known', publicKey: key });
  });

  it('is in a Secret where Liqo made it', () => {
    const gateway = { ...object('GatewayClient'), status: { secretRef: { name: 'gw-milan', namespace: 'ns' } } };
    expect(ownKeySource(gateway)).toEqual({ kind: 'secret', name: 'gw-milan', namespace: 'ns' });
  });

  it('is nowhere before it is made', () => {
    expect(ownKeySource(object('GatewayClient'))).toEqual({ kind: 'none', reason: 'its key is not made yet' });
  });

  it('is only taken when it is 32 bytes that are not all zero', () => {
    expect(isPublicKey(key)).toBe(true);
    for (const text of ['', 'abc', `${key}=`, btoa('x'.repeat(31)), btoa('\0'.repeat(32))])
      expect(isPublicKey(text)).toBe(false);
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, data: { publicKey: 'MASKED' } };
    expect(publicKeyFromSecret(secret)).toBeUndefined();
  });
});

describe("a cluster's ID", () => {
  const configMap = (labels: Record<string, string>, id: string) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'any-name', labels },
    data: { CLUSTER_ID: id },
  });
  const label = { 'app.kubernetes.io/name': 'clusterid-configmap' };

  it('is found by the label of its ConfigMap, not by the name', () => {
    expect(clusterIDOf(configMap(label, 'rome'))).toBe('rome');
    expect(clusterIDOf(configMap({}, 'rome'))).toBeUndefined();
  });

  it('must be one', () => {
    expect(clusterIDOf(configMap(label, 'Not_An_ID'))).toBeUndefined();
  });
});
