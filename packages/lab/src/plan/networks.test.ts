import { overlaps, parseCidr } from '@leafway/core';
import { describe, expect, it } from 'vitest';
import { parseLabArguments } from './arguments.ts';
import { type ClusterNetworks, type LabNetworks, planNetworks } from './networks.ts';

const plan = (...podCIDRs: string[]): LabNetworks => planNetworks(parseLabArguments({ podCIDRs }));

const ownRanges = ({ pod, external, service, internal, reserved }: ClusterNetworks): string[] => [
  pod,
  external,
  service,
  internal,
  ...reserved,
];

function overlapsAmong(ranges: readonly string[]): string[] {
  return ranges.flatMap((a, index) =>
    ranges
      .slice(index + 1)
      .filter((b) => overlaps(parseCidr(a), parseCidr(b)))
      .map((b) => `${a} and ${b}`),
  );
}

describe('planNetworks', () => {
  it('gives every cluster the usual ranges and pods of the same addresses', () => {
    const { wan, clusters } = plan();
    expect(wan).toBe('172.30.0.0/16');
    expect(clusters.map(({ uplink }) => uplink)).toEqual(['172.30.1.0/24', '172.30.2.0/24', '172.30.3.0/24']);
    for (const cluster of clusters) {
      expect(cluster).toMatchObject({
        pod: '10.244.0.0/16',
        external: '10.70.0.0/16',
        internal: '10.80.0.0/16',
        service: '10.96.0.0/12',
        reserved: ['172.30.0.0/16', '169.254.0.0/16'],
        pods: { client: '10.244.0.10', web: '10.244.0.11' },
      });
    }
  });

  it.each([
    ['unequal ranges that are no /16', ['central=10.32.0.0/14', 'rome=10.33.128.0/17', 'milan=10.33.192.0/19']],
    ['the external range', ['rome=10.70.0.0/16']],
    ['the service range', ['rome=10.96.0.0/16', 'milan=10.111.255.0/24']],
    ['the internal range', ['central=10.80.128.0/20']],
    ['the WAN', ['rome=172.30.1.0/24']],
    ['all private ranges beginning with 172', ['milan=172.16.0.0/12']],
    ['a range outside all pools', ['rome=100.64.0.0/10']],
    ['large parts of the pools', ['central=10.128.0.0/10', 'rome=10.0.0.0/10']],
    ['the smallest range', ['rome=10.1.2.16/28']],
  ])("keeps a cluster's own ranges apart when the pods take %s", (_, podCIDRs) => {
    const { clusters, wan } = plan(...podCIDRs);
    for (const cluster of clusters) {
      expect(overlapsAmong(ownRanges(cluster))).toEqual([]);
      expect(overlapsAmong([wan, cluster.pod])).toEqual([]);
    }
  });

  it('leaves the ranges of the other clusters as they are', () => {
    const [central, rome] = plan('rome=10.70.0.0/16').clusters;
    expect(central?.external).toBe('10.70.0.0/16');
    expect(rome?.external).not.toBe('10.70.0.0/16');
    expect(rome?.service).toBe('10.96.0.0/12');
  });

  it('refuses pod CIDRs for which there is no block to remap them to', () => {
    expect(() => plan('central=10.0.0.0/8', 'rome=10.0.0.0/8')).toThrow(
      /central has no free block .* rome's pods 10\.0\.0\.0\/8/,
    );
  });

  it('refuses pod CIDRs that leave no room for the network between the clusters', () => {
    expect(() => plan('central=172.16.0.0/12', 'rome=192.168.0.0/16', 'milan=198.18.0.0/15')).toThrow(
      /between the clusters/,
    );
  });
});
