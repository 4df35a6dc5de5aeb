import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isCoreError } from '../errors.ts';
import { cidrs } from '../testing/arbitraries.ts';
import { cidrOf, lastAddressOf, parseCidr, safeParseCidr } from './cidr.ts';

describe('parseCidr', () => {
  it.each([
    ['10.244.0.0/16', 4, 0x0af40000n, 16, '10.244.0.0/16'],
    ['0.0.0.0/0', 4, 0n, 0, '0.0.0.0/0'],
    ['10.0.0.1/32', 4, 0x0a000001n, 32, '10.0.0.1/32'],
    ['FD00:0::/8', 6, 0xfdn << 120n, 8, 'fd00::/8'],
    ['::1/128', 6, 1n, 128, '::1/128'],
  ])('reads %s', (text, family, address, length, canonical) => {
    expect(parseCidr(text)).toMatchObject({ family, address, length, text: canonical });
  });

  it.each([
    ['10.244.0.0', 'CORE_CIDR_NO_LENGTH', 'add its prefix length, like 10.244.0.0/32'],
    ['10.244/16', 'CORE_ADDRESS_SHORT', 'write all, like 10.244.0.0'],
    ['10.244.0.0/', 'CORE_CIDR_SYNTAX', 'write a number of 0 to 32'],
    ['10.244.0.0/-1', 'CORE_CIDR_SYNTAX', 'write a number of 0 to 32'],
    ['10.244.0.0/255.255.0.0', 'CORE_CIDR_SYNTAX', 'write a number of 0 to 32'],
    ['10.244.0.0/16/8', 'CORE_CIDR_SYNTAX', 'more than one slash'],
    ['10.244.0.0/016', 'CORE_ADDRESS_LEADING_ZERO', 'leading zero in its prefix length "016": write 16'],
    ['10.244.0.0/33', 'CORE_CIDR_LENGTH_RANGE', 'that of IPv4 is 0 to 32'],
    ['fd00::/129', 'CORE_CIDR_LENGTH_RANGE', 'that of IPv6 is 0 to 128'],
    ['10.010.0.0/16', 'CORE_ADDRESS_LEADING_ZERO', 'write 10'],
    ['fe80::1%eth0/64', 'CORE_ADDRESS_ZONE', 'leave out'],
    ['::ffff:10.0.0.0/104', 'CORE_ADDRESS_MAPPED', 'write 10.0.0.0'],
  ])('refuses %s with %s and the reason', (text, code, reason) => {
    expect(safeParseCidr(text)).toMatchObject({ ok: false, code, message: expect.stringContaining(reason) });
  });

  it.each([
    ['10.244.1.0/16', '10.244.0.0/16', '10.244.1.0/24'],
    ['10.244.1.7/16', '10.244.0.0/16', '10.244.1.7/32'],
    ['10.0.0.0/4', '0.0.0.0/4', '10.0.0.0/8'],
    ['10.0.128.0/16', '10.0.0.0/16', '10.0.128.0/24'],
    ['fd00:1:2::/32', 'fd00:1::/32', 'fd00:1:2::/48'],
    ['fd00::1/64', 'fd00::/64', 'fd00::1/128'],
  ])('says for the host bits of %s what was probably meant', (text, network, other) => {
    expect(safeParseCidr(text)).toEqual({
      ok: false,
      code: 'CORE_CIDR_HOST_BITS',
      message: `"${text}" has host bits set: its network is ${network}, or was ${other} meant?`,
    });
  });

  it('throws what safeParseCidr returns', () => {
    const error = (() => {
      try {
        return parseCidr('10.0.0.1/8');
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(isCoreError(error) && error.code).toBe('CORE_CIDR_HOST_BITS');
  });

  it('is the inverse of writing', () => {
    fc.assert(
      fc.property(cidrs(), (cidr) => {
        expect(parseCidr(cidr.text)).toEqual(cidr);
      }),
    );
  });
});

it('a range cannot be made with host bits or an impossible length', () => {
  expect(() => cidrOf(4, 1n, 8)).toThrow('host bits');
  expect(() => cidrOf(4, 0n, 33)).toThrow('not a prefix length');
  expect(() => cidrOf(4, 0n, 1.5)).toThrow('not a prefix length');
});

it('the last address of a range has all host bits set', () => {
  expect(lastAddressOf(parseCidr('10.244.0.0/16'))).toBe(0x0af4ffffn);
});
