import { parseCidr } from '@leafway/core';
import { describe, expect, it } from 'vitest';
import { probeAddressOf, probeTargetOf } from './address.ts';

const mapping = (real: string, name: string) => ({ real: parseCidr(real), name: parseCidr(name) });

describe('the address at which a cluster is probed', () => {
  it('is the lowest of its pod ranges, in whatever order they are told', () => {
    expect(probeAddressOf(['10.244.0.0/16', '10.20.0.0/17'].map(parseCidr))).toBe('10.20.0.0');
  });

  it('is found by the other side under its own name for it', () => {
    const names = [mapping('10.244.0.0/16', '10.71.0.0/16'), mapping('10.20.0.0/17', '10.99.128.0/17')];
    expect(probeTargetOf(names)).toBe('10.99.128.0');
    expect(probeTargetOf(names.toReversed())).toBe('10.99.128.0');
  });

  it('is not known before it has a name', () => {
    expect(probeTargetOf([])).toBeUndefined();
  });
});
