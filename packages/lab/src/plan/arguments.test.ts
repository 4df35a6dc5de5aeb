import { describe, expect, it } from 'vitest';
import { parseLabArguments } from './arguments.ts';

const podCIDRs = (input: Parameters<typeof parseLabArguments>[0]): Record<string, string> =>
  Object.fromEntries(parseLabArguments(input).clusters.map(({ id, podCIDR }) => [id, podCIDR.text]));

describe('parseLabArguments', () => {
  it('gives three clusters with the same pod CIDR when nothing is said', () => {
    expect(podCIDRs({})).toEqual({ central: '10.244.0.0/16', rome: '10.244.0.0/16', milan: '10.244.0.0/16' });
  });

  it('takes any clusters, the centre first, and a pod CIDR for each that has one', () => {
    const chosen = podCIDRs({ clusters: 'hub,a,b-2', podCIDRs: ['a=10.1.0.0/20', 'hub=192.168.4.0/22'] });
    expect(chosen).toEqual({ hub: '192.168.4.0/22', a: '10.1.0.0/20', 'b-2': '10.244.0.0/16' });
    expect(Object.keys(chosen)).toEqual(['hub', 'a', 'b-2']);
  });

  it.each([
    ['a centre without a leaf', { clusters: 'central' }, /at least one leaf/],
    ['an ID twice', { clusters: 'central,rome,rome' }, /"rome" is named twice/],
    ['an ID that is no label', { clusters: 'central,Rome_1' }, /"Rome_1" is not a cluster ID/],
    ['an empty ID', { clusters: 'central,,rome' }, /"" is not a cluster ID/],
    ['an ID that no tenant namespace can carry', { clusters: `central,${'x'.repeat(52)}` }, /at most 51/],
    ['the name of a directory of the lab', { clusters: 'central,logs' }, /choose another ID/],
    ['a pod CIDR without a cluster', { podCIDRs: ['10.1.0.0/16'] }, /expected <cluster>=<cidr>/],
    ['a pod CIDR of an unknown cluster', { podCIDRs: ['oslo=10.1.0.0/16'] }, /there is no cluster "oslo"/],
    ['two pod CIDRs for one cluster', { podCIDRs: ['rome=10.1.0.0/16', 'rome=10.2.0.0/16'] }, /two pod CIDRs/],
    ['host bits', { podCIDRs: ['rome=10.1.0.1/16'] }, /--pod-cidr rome=10\.1\.0\.1\/16: /],
    ['a leading zero', { podCIDRs: ['rome=10.01.0.0/16'] }, /--pod-cidr rome=10\.01\.0\.0\/16: /],
    ['IPv6', { podCIDRs: ['rome=fd00::/64'] }, /IPv4 only/],
    ['a range without host number 11', { podCIDRs: ['rome=10.1.0.0/29'] }, /too small/],
    ["the tunnels' inner addresses", { podCIDRs: ['rome=169.254.0.0/17'] }, /tunnels/],
    ['a range around loopback', { podCIDRs: ['rome=126.0.0.0/7'] }, /never leave a host/],
    ['multicast', { podCIDRs: ['rome=224.0.0.0/8'] }, /multicast/],
  ])('refuses %s', (_, input, message) => {
    expect(() => parseLabArguments(input)).toThrow(message);
  });

  it('names all problems at once', () => {
    const attempt = (): unknown =>
      parseLabArguments({ clusters: 'central,central', podCIDRs: ['oslo=x', 'central=10.1.0.0/30'] });
    expect(attempt).toThrow(/named twice[\s\S]*no cluster "oslo"[\s\S]*too small/);
  });
});
