import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAddress } from '../address/address.ts';
import { parseCidr } from '../address/cidr.ts';
import { remaps } from '../testing/arbitraries.ts';
import { type RemoteNames, toName, toReal } from './range-mapping.ts';

const names: RemoteNames = {
  pod: [
    { real: parseCidr('10.244.0.0/20'), name: parseCidr('10.72.0.0/20') },
    { real: parseCidr('10.1.0.0/24'), name: parseCidr('10.1.0.0/24') },
    { real: parseCidr('fd00:244::/64'), name: parseCidr('fd00:71::/64') },
  ],
  external: [{ real: parseCidr('10.70.0.0/16'), name: parseCidr('10.68.0.0/16') }],
};

describe('names of a remote cluster', () => {
  it.each([
    ['10.244.3.7', '10.72.3.7'],
    ['10.1.0.9', '10.1.0.9'],
    ['fd00:244::a', 'fd00:71::a'],
    ['10.70.200.1', '10.68.200.1'],
  ])('call its %s %s, and the way back leads to it', (real, name) => {
    expect(toName(names, parseAddress(real))?.text).toBe(name);
    expect(toReal(names, parseAddress(name))?.text).toBe(real);
  });

  it('say nothing about an address outside all ranges', () => {
    expect(toName(names, parseAddress('10.72.0.1'))).toBeUndefined();
    expect(toReal(names, parseAddress('10.244.0.1'))).toBeUndefined();
  });

  it('lead back to every address', () => {
    fc.assert(
      fc.property(remaps, ({ address, from, to }) => {
        const some: RemoteNames = { pod: [{ real: from, name: to }], external: [] };
        const name = toName(some, address);
        expect(name && toReal(some, name)).toEqual(address);
      }),
    );
  });
});
