import { parseCidr } from '@leafway/core';
import { describe, expect, it } from 'vitest';
import { nextExternalAddress, unknownSourceOf } from './external-addresses.ts';
import { chooseNodePort } from './node-ports.ts';
import { createUplinkAddresses } from './uplink-addresses.ts';

describe('the address of a gateway', () => {
  it('is the same in another life of the agent, and never another one of the same life', () => {
    const [a, b] = [
      createUplinkAddresses(parseCidr('172.30.1.0/24')),
      createUplinkAddresses(parseCidr('172.30.1.0/24')),
    ];
    expect(a.assign('milan', [])).toBe(b.assign('milan', []));
    expect(a.assign('milan', [])).toBe(a.assign('milan', []));
  });

  it('is one that nobody else has, down to the last one, and never one that is not for hosts', () => {
    const addresses = createUplinkAddresses(parseCidr('172.30.1.0/29'));
    const given = ['a', 'b', 'c', 'd', 'e'].map((remote) => addresses.assign(remote, []));
    expect(given.sort()).toEqual(['172.30.1.2', '172.30.1.3', '172.30.1.4', '172.30.1.5', '172.30.1.6']);
    expect(() => addresses.assign('f', [])).toThrow('172.30.1.0/29 has no free address for the gateway to f');
    addresses.release('c');
    expect(() => addresses.assign('f', [])).not.toThrow();
  });

  it('is the wished one where that is in the range and free', () => {
    const addresses = createUplinkAddresses(parseCidr('172.30.1.0/24'));
    expect(addresses.assign('milan', [undefined, '10.0.0.1', '172.30.1.9'])).toBe('172.30.1.9');
    expect(addresses.assign('paris', ['172.30.1.9'])).not.toBe('172.30.1.9');
  });

  it.each([
    ['10.0.0.1', "is not one of this cluster's gateways, which have those from 172.30.1.2 to 172.30.1.254"],
    ['172.30.1.255', "is not one of this cluster's gateways, which have those from 172.30.1.2 to 172.30.1.254"],
    ['::1', "is not one of this cluster's gateways, which have those from 172.30.1.2 to 172.30.1.254"],
    ['172.30.1.9', 'has the gateway to paris already'],
    ['gw.example', expect.stringContaining('is no address: ')],
    ['172.30.1.10', undefined],
  ])('cannot be any other: %s', (address, problem) => {
    const addresses = createUplinkAddresses(parseCidr('172.30.1.0/24'));
    addresses.keep('paris', '172.30.1.9');
    expect(addresses.problemWith('milan', address)).toEqual(problem);
  });

  it('is the one it has', () => {
    const addresses = createUplinkAddresses(parseCidr('172.30.1.0/24'));
    addresses.keep('milan', '172.30.1.77');
    expect(addresses.assign('milan', [])).toBe('172.30.1.77');
  });
});

describe('a node port', () => {
  it('is in the range of node ports, stays the same, and gives way to one that is taken', () => {
    const port = chooseNodePort('milan', new Set());
    expect(port).toBeGreaterThanOrEqual(30_000);
    expect(port).toBeLessThanOrEqual(32_767);
    expect(chooseNodePort('milan', new Set())).toBe(port);
    expect(chooseNodePort('milan', new Set([port]))).not.toBe(port);
  });
});

describe('the external range', () => {
  it('keeps its first address for unknown sources and gives the others in their order', () => {
    const external = parseCidr('10.70.0.0/30');
    expect(unknownSourceOf(external)).toBe('10.70.0.0');
    expect(nextExternalAddress(external, new Set())).toBe('10.70.0.1');
    expect(nextExternalAddress(external, new Set(['10.70.0.1', '10.70.0.3']))).toBe('10.70.0.2');
    expect(nextExternalAddress(external, new Set(['10.70.0.1', '10.70.0.2', '10.70.0.3']))).toBeUndefined();
  });
});
