import { describe, expect, it } from 'vitest';
import { parseCommandLine } from './options.ts';

const complete = {
  '--cluster-id': 'rome',
  '--pod-cidr': '10.244.0.0/16',
  '--external-cidr': '10.70.0.0/16',
  '--service-cidr': '10.96.0.0/12',
  '--internal-cidr': '10.80.0.0/16',
  '--node-netns': 'node-rome',
  '--gateway-netns-prefix': 'gw-rome-',
  '--uplink-netns': 'inet',
  '--uplink-bridge': 'wan0br',
  '--uplink-addresses': '172.30.1.0/24',
  '--uplink-prefix-length': '16',
};

const argumentsWith = (change: Record<string, string | undefined> = {}): string[] =>
  Object.entries<string | undefined>({ ...complete, ...change }).flatMap(([flag, value]) =>
    value === undefined ? [] : [flag, value],
  );

describe('the command line', () => {
  it('says where everything is', () => {
    const parsed = parseCommandLine([
      ...argumentsWith(),
      '--kubeconfig',
      'k',
      '--pod-cidr',
      '10.1.0.0/16',
      '--reserved-cidr',
      '172.30.0.0/16',
      '--health-listen',
      '127.0.0.1:10271',
    ]);
    expect(parsed).toMatchObject({
      ok: true,
      value: {
        kubeconfig: 'k',
        healthListen: { host: '127.0.0.1', port: 10_271 },
        agent: {
          clusterID: 'rome',
          liqoNamespace: 'liqo',
          ranges: { pod: [{ text: '10.244.0.0/16' }, { text: '10.1.0.0/16' }], reserved: [{ text: '172.30.0.0/16' }] },
          site: { gatewayNamespacePrefix: 'gw-rome-', uplink: { kind: 'bridge', namespace: 'inet', prefixLength: 16 } },
        },
      },
    });
  });

  const onNode = {
    '--node-netns': undefined,
    '--gateway-netns-prefix': undefined,
    '--uplink-netns': undefined,
    '--uplink-bridge': undefined,
    '--uplink-addresses': undefined,
    '--uplink-prefix-length': undefined,
    '--node-address': '192.0.2.7',
  };

  it('needs only its address on a real node', () => {
    const site = { nodeNamespace: 'leafway-node', uplink: { kind: 'node', address: '192.0.2.7' } };
    expect(parseCommandLine(argumentsWith(onNode))).toMatchObject({
      ok: true,
      value: { agent: { site, uplinkAddresses: { text: '169.254.32.0/22' } } },
    });
  });

  it.each<[string, Record<string, string | undefined>, string]>([
    ['a missing flag', { '--cluster-id': undefined }, "required option '--cluster-id <id>' not specified"],
    ['an ID in capitals', { '--cluster-id': 'Rome' }, 'lower-case letters'],
    ['a malformed range', { '--pod-cidr': '10.244.0.1/16' }, 'host bits'],
    ['a port alone', { '--health-listen': '10271' }, 'Give host:port'],
    ['a port that is none', { '--health-listen': '127.0.0.1:65536' }, 'Give host:port'],
    ['an IPv6 range', { '--external-cidr': 'fd00::/64' }, 'IPv4'],
    ['a prefix length that is none', { '--uplink-prefix-length': '33' }, 'from 1 to 32'],
    ['half a lab', { '--uplink-bridge': undefined }, 'give --node-address on a real node; in a lab all of'],
    ['a real node that is in a lab', { '--node-address': '192.0.2.7' }, "cannot be used with option '--node-address"],
    ['an address that is none', { ...onNode, '--node-address': 'gw.example' }, 'gw.example'],
    ['an unknown flag', { '--mtu': '1' }, "unknown option '--mtu'"],
  ])('is refused in one line for %s', (_, change, message) => {
    const parsed = parseCommandLine(argumentsWith(change));
    expect(parsed).toMatchObject({ ok: false, message: expect.stringContaining(message) });
    expect(parsed.ok || parsed.message).not.toContain('\n');
  });
});
