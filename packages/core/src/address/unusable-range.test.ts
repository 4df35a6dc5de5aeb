import { describe, expect, it } from 'vitest';
import { parseCidr } from './cidr.ts';
import { unusableRange } from './unusable-range.ts';

describe('a range', () => {
  it.each([
    ['127.0.0.0/16', 'never leave a host'],
    ['0.0.0.0/16', 'this host'],
    ['169.254.18.0/24', 'the tunnels'],
    ['239.0.0.0/8', 'multicast'],
    ['0.0.0.0/0', 'this host'],
    ['::/64', 'never leave a host'],
    ['fe80::/64', 'never leave a link'],
    ['ff00::/8', 'multicast'],
  ])('%s cannot stand for pods, and the reason is said', (text, why) => {
    expect(unusableRange(parseCidr(text))).toContain(why);
  });

  it.each(['10.0.0.0/8', '100.64.0.0/10', '203.0.113.0/24', 'fd00::/48'])('%s can', (text) => {
    expect(unusableRange(parseCidr(text))).toBeUndefined();
  });
});
