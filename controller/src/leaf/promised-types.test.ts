import { buildClusterIDConfigMap, buildConfiguration, buildGatewayServer, type LiqoObject } from '@leafway/liqo';
import { describe, expect, it } from 'vitest';
import { ofPromisedTypes } from './promised-types.ts';

const side = { remoteClusterID: 'milan', namespace: 'liqo-tenant-milan' };
const configuration = {
  ...buildConfiguration(side, { remotePod: ['10.1.0.0/16'], remoteExternal: ['10.70.0.0/16'] }),
  status: { remote: { cidr: { pod: ['10.71.0.0/16'], external: ['10.72.0.0/16'] } }, conditions: [] },
};
const template = { namespace: 'liqo' };
const server = {
  ...buildGatewayServer(side, { template, mtu: 1340, serviceType: 'NodePort', port: 51_840 }),
  status: { endpoint: { addresses: ['172.30.0.9'], port: 51_840, protocol: 'UDP' } },
};

/** The same with another value at that path; without one there is nothing. */
function withValue<T extends LiqoObject>(object: T, path: string, value: unknown): T {
  const copy = structuredClone(object);
  const names = path.split('.');
  const last = names.pop() ?? '';
  const place = names.reduce<Record<string, unknown>>(
    (inner, name) => inner[name] as Record<string, unknown>,
    copy as unknown as Record<string, unknown>,
  );
  if (value === undefined) delete place[last];
  else place[last] = value;
  return copy;
}

describe('an object of a leaf', () => {
  it.each<[string, LiqoObject]>([
    ['one of Liqo', configuration],
    ['one of Kubernetes', buildClusterIDConfigMap({ clusterID: 'rome', liqoNamespace: 'liqo' })],
    ['one with fields that nobody knows', withValue(server, 'status.more', { any: [1, 'thing'] })],
  ])('is taken as it is: %s', (_, object) => {
    expect(ofPromisedTypes(object)).toBe(object);
  });

  it.each<[string, LiqoObject, string, unknown]>([
    ['a number for a list', configuration, 'status.remote.cidr.pod', 5],
    ['a list with a number among ranges', configuration, 'status.remote.cidr.pod', ['10.71.0.0/16', 5]],
    ['an object for a list', configuration, 'status.conditions', {}],
    ['a list with nothing in it', configuration, 'status.conditions', [null]],
    ['a text for an object', server, 'status.endpoint', 'there'],
    ['a text for a number', server, 'status.endpoint.port', '51840'],
    ['a list for an object', server, 'spec', []],
    ['nothing for an object', server, 'status', null],
    ['a list for a text', server, 'metadata.labels', { 'liqo.io/remote-cluster-id': ['milan'] }],
  ])('loses %s', (_, object, path, value) => {
    const emptied = path === 'metadata.labels' ? {} : undefined;
    expect(ofPromisedTypes(withValue(object, path, value))).toEqual(withValue(object, path, emptied));
  });
});
