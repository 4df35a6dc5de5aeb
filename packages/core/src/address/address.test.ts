import { isIP, SocketAddress } from 'node:net';
import fc from 'fast-check';
import { Address6 } from 'ip-address';
import { describe, expect, it } from 'vitest';
import { addresses } from '../testing/arbitraries.ts';
import { addressOf, formatAddress, parseAddress, safeParseAddress } from './address.ts';

describe('parseAddress', () => {
  it.each([
    ['0.0.0.0', 0n],
    ['10.0.0.1', 0x0a000001n],
    ['255.255.255.255', 0xffffffffn],
    ['::', 0n],
    ['::1', 1n],
    ['1::', 1n << 112n],
    ['2001:DB8::8:800:200C:417A', 0x20010db80000000000080800200c417an],
    ['1:2:3:4:5:6:7::', 0x00010002000300040005000600070000n],
    ['64:ff9b::192.0.2.33', 0x0064ff9b0000000000000000c0000221n],
  ])('reads %s', (text, value) => {
    expect(parseAddress(text).value).toBe(value);
  });

  it.each([
    ['', 'CORE_ADDRESS_SYNTAX', 'is not an IP address'],
    ['rome', 'CORE_ADDRESS_SYNTAX', 'is not an IP address'],
    [' 10.0.0.1', 'CORE_ADDRESS_SYNTAX', 'is not an IP address'],
    ['10.0.0.0x1', 'CORE_ADDRESS_SYNTAX', 'is not an IP address'],
    ['10.0..1', 'CORE_ADDRESS_SYNTAX', 'is not an IP address'],
    ['10.0.0.1.2', 'CORE_ADDRESS_SYNTAX', 'has 5 parts'],
    ['10.244', 'CORE_ADDRESS_SHORT', 'has 2 of the four parts of an IPv4 address: write all, like 10.244.0.0'],
    ['167772161', 'CORE_ADDRESS_OUT_OF_RANGE', 'part 167772161'],
    ['10.0.0.256', 'CORE_ADDRESS_OUT_OF_RANGE', 'has the part 256: each of the four parts is 0 to 255'],
    ['010.0.0.1', 'CORE_ADDRESS_LEADING_ZERO', 'leading zero in "010", which some programs read as octal: write 10'],
    ['10.0.0.00', 'CORE_ADDRESS_LEADING_ZERO', 'leading zero in "00", which some programs read as octal: write 0'],
    ['fe80::1%eth0', 'CORE_ADDRESS_ZONE', 'leave out "%eth0"'],
    ['::ffff:10.0.0.1', 'CORE_ADDRESS_MAPPED', 'write 10.0.0.1'],
    ['::ffff:a00:1', 'CORE_ADDRESS_MAPPED', 'write 10.0.0.1'],
    ['1::2::3', 'CORE_ADDRESS_SYNTAX', 'more than once'],
    ['1:2:3', 'CORE_ADDRESS_SYNTAX', 'has 3 groups'],
    ['1:2:3:4:5:6:7:8:9', 'CORE_ADDRESS_SYNTAX', 'has 9 groups'],
    ['1:2:3:4::5:6:7:8', 'CORE_ADDRESS_SYNTAX', 'at most seven'],
    [':1:2:3:4:5:6:7', 'CORE_ADDRESS_SYNTAX', 'is not a group'],
    ['fd00::12345', 'CORE_ADDRESS_OUT_OF_RANGE', 'at most four hexadecimal digits'],
    ['fd00::g', 'CORE_ADDRESS_SYNTAX', '"g" is not a group'],
    ['::1.2.3', 'CORE_ADDRESS_SHORT', 'has 3 of the four parts'],
  ])('refuses %j with %s and the reason', (text, code, reason) => {
    expect(safeParseAddress(text)).toMatchObject({ ok: false, code, message: expect.stringContaining(reason) });
  });

  it('accepts no text that node:net refuses', () => {
    const texts = fc.oneof(
      fc.stringMatching(/^[0-9]{1,4}(\.[0-9]{1,3}){2,4}$/),
      fc.stringMatching(/^(::)?[0-9a-f]{0,5}(:{1,2}[0-9a-f]{0,5}){1,8}(\.[0-9]{1,3}){0,3}$/),
    );
    fc.assert(
      fc.property(texts, (text) => !(safeParseAddress(text).ok && isIP(text) === 0)),
      { numRuns: 2000 },
    );
  });

  it('refuses a text that node:net accepts only for a reason of its own', () => {
    const texts = fc.stringMatching(/^(::)?[0-9a-f]{1,4}(:{1,2}[0-9a-f]{1,4}){1,7}(::)?$/);
    fc.assert(
      fc.property(texts, (text) => {
        const parsed = safeParseAddress(text);
        if (isIP(text) !== 0 && !parsed.ok) expect(parsed.code).toBe('CORE_ADDRESS_MAPPED');
      }),
      { numRuns: 2000 },
    );
  });
});

describe('formatAddress', () => {
  it.each([
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:0db8:0000:0001:0001:0001:0001:0001', '2001:db8:0:1:1:1:1:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['0:0:0:0:0:0:0:0', '::'],
    ['FD00:0:0:0:0:0:0:0', 'fd00::'],
  ])('writes %s as RFC 5952 wants it', (text, canonical) => {
    expect(parseAddress(text).text).toBe(canonical);
  });

  it('shows the IPv4 address in a mapped one', () => {
    expect(formatAddress(6, (0xffffn << 32n) | 0x0a000001n)).toBe('::ffff:10.0.0.1');
  });

  it('is undone by parsing', () => {
    fc.assert(
      fc.property(addresses(), (address) => {
        expect(parseAddress(address.text)).toEqual(address);
      }),
    );
  });

  it('agrees with two independent libraries on the canonical form', () => {
    fc.assert(
      fc.property(addresses(fc.constant(6)), ({ value, text }) => {
        expect(Address6.fromBigInt(value).correctForm()).toBe(text);
        expect(isIP(text)).toBe(6);
        expect(parseAddress(new SocketAddress({ address: text, family: 'ipv6' }).address).value).toBe(value);
      }),
    );
  });

  it('refuses a number that is no address', () => {
    expect(() => addressOf(4, 1n << 32n)).toThrow('not the number of an IPv4 address');
    expect(() => addressOf(6, -1n)).toThrow('not the number of an IPv6 address');
  });
});

it('an address is its text in JSON', () => {
  expect(JSON.stringify({ address: parseAddress('10.0.0.1') })).toBe('{"address":"10.0.0.1"}');
});
