import { describe, expect, it } from 'vitest';
import { parseForwardCounter, parseTunnelCounter } from './counters.ts';

describe('the readers of counters', () => {
  it('read what nft prints', () => {
    const text =
      '{"nftables": [{"metainfo": {"version": "1.0.6"}}, {"counter": {"family": "ip", "name": "between_gateways", "packets": 3, "bytes": 180}}]}';
    expect(parseForwardCounter(text)).toEqual({ packets: 3, bytes: 180 });
  });

  it('read what ip prints', () => {
    const text = '[{"ifname":"liqo-tunnel","stats64":{"rx":{"bytes":10,"packets":1},"tx":{"bytes":20,"packets":2}}}]';
    expect(parseTunnelCounter(text)).toEqual({ receivedBytes: 10, sentBytes: 20 });
  });

  it('do not take a missing counter for zero', () => {
    expect(() => parseForwardCounter('{"nftables": []}')).toThrow(/no counter/);
    expect(() => parseTunnelCounter('[]')).toThrow(/no link/);
  });
});
