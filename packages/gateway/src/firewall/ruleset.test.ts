import { parseCidr } from '@leafway/core';
import { describe, expect, it } from 'vitest';
import { gatewayRuleset, nodeRuleset } from './ruleset.ts';

const range = (real: string, name: string) => ({ real: parseCidr(real), name: parseCidr(name) });

describe('the rules of a gateway', () => {
  it('map names to real ranges on the way out and back on the way in, each range that is renamed', () => {
    const rules = gatewayRuleset({
      mtu: 1340,
      ranges: [
        range('10.244.0.0/14', '10.72.0.0/14'),
        range('10.1.0.0/17', '10.1.0.0/17'),
        range('10.70.0.0/19', '10.68.0.0/19'),
      ],
      addresses: [],
    });
    expect(rules).toContain('elements = { 10.72.0.0/14 : 10.244.0.0/14, 10.68.0.0/19 : 10.70.0.0/19 }');
    expect(rules).toContain('elements = { 10.244.0.0/14 : 10.72.0.0/14, 10.70.0.0/19 : 10.68.0.0/19 }');
  });

  it('let only the ranges of the remote speak from the tunnel, renamed or not', () => {
    const rules = gatewayRuleset({
      mtu: 1340,
      ranges: [range('10.244.0.0/16', '10.71.0.0/16'), range('10.1.0.0/16', '10.1.0.0/16')],
      addresses: [],
    });
    expect(rules).toContain('iifname "liqo-tunnel" ip saddr != { 10.244.0.0/16, 10.1.0.0/16 } drop');
  });

  it('let nothing pass while the remote has no names', () => {
    const rules = gatewayRuleset({ mtu: 1340, ranges: [], addresses: [{ external: '10.70.0.1', real: '10.69.1.5' }] });
    expect(rules).toContain('hook forward priority filter; policy drop;');
    expect(rules).not.toContain('nat');
  });

  it('lead addresses of the own external range to where they belong, and write no empty element list', () => {
    const ranges = [range('10.244.0.0/16', '10.244.0.0/16')];
    expect(gatewayRuleset({ mtu: 1340, ranges, addresses: [{ external: '10.70.0.1', real: '10.69.1.5' }] })).toContain(
      'elements = { 10.70.0.1 : 10.69.1.5 }',
    );
    expect(gatewayRuleset({ mtu: 1340, ranges, addresses: [] })).not.toContain('elements = { }');
  });

  it('clamp segments to what the tunnel carries', () => {
    expect(gatewayRuleset({ mtu: 1400, ranges: [range('10.1.0.0/16', '10.1.0.0/16')], addresses: [] })).toContain(
      'maxseg size set 1360',
    );
  });
});

describe('the rules of the node', () => {
  const podCIDRs = ['10.244.0.0/16', '10.3.0.0/20'];
  const rules = nodeRuleset({ podCIDRs, unknownSource: '10.70.0.0', probeAddress: '10.3.0.0' });

  it('give everything but the own pods the unknown source, towards all gateways alike', () => {
    expect(rules).toContain('ip saddr != { 10.244.0.0/16, 10.3.0.0/20 } oifname "gw-*" snat to 10.70.0.0');
  });

  it('let nothing but probes in at the probe address', () => {
    expect(rules).toContain('ip daddr 10.3.0.0 meta l4proto != udp drop');
    expect(rules).toContain('ip daddr 10.3.0.0 udp dport != 12346 ct state != established drop');
  });
});
