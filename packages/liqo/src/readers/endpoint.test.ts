import { describe, expect, it } from 'vitest';
import type { GatewayClient, GatewayServer } from '../api/types.ts';
import { formatEndpoint, readClientEndpoint, readServerEndpoint } from './endpoint.ts';

const object = (kind: string) => ({
  apiVersion: 'networking.liqo.io/v1beta1',
  kind,
  metadata: { name: 'milan', namespace: 'ns' },
});
const both = (endpoint: unknown) => [
  readServerEndpoint({ ...object('GatewayServer'), status: { endpoint } } as GatewayServer),
  readClientEndpoint({ ...object('GatewayClient'), spec: { endpoint } } as GatewayClient),
];
const port = 51_840;
const noPorts = [undefined, null, 0, -1, 65_536, 1.5, '51840'];
const noAddresses = [
  ...['', '10.0.0.256', '010.0.0.1', '10.0.0', 'fe80::1%eth0', '[fd00::1]', 'a b', 'a\nb', 'a_b', '-a', 'a..b', 'a:1'],
  ...['10.0.0.1/8', 'é.example', 'x'.repeat(64), `${'x.'.repeat(127)}x`, 7, null],
];
const malformed: [unknown][] = [
  [undefined],
  [{}],
  [{ addresses: [], port }],
  ...noPorts.map((noPort): [unknown] => [{ addresses: ['a'], port: noPort }]),
  ...noAddresses.map((noAddress): [unknown] => [{ addresses: [noAddress], port }]),
];

describe('an endpoint', () => {
  it.each(['172.30.0.12', 'fd00::12', 'localhost', 'vpn.example.org', 'Node-1.Example.org', '1.2.3.4.example'])(
    'is the first address, %s, with its port',
    (address) => {
      const endpoint = { address, port: 32_485 };
      expect(both({ addresses: [address, 'other'], port: 32_485 })).toEqual([endpoint, endpoint]);
    },
  );

  it.each(malformed)('is not read from %j', (endpoint) => {
    expect(both(endpoint)).toEqual([undefined, undefined]);
  });

  it('has brackets in its text when it is IPv6', () => {
    expect(formatEndpoint({ address: '172.30.0.12', port: 1 })).toBe('172.30.0.12:1');
    expect(formatEndpoint({ address: 'vpn.example.org', port: 65_535 })).toBe('vpn.example.org:65535');
    expect(formatEndpoint({ address: 'fd00::12', port: 51_840 })).toBe('[fd00::12]:51840');
  });
});
