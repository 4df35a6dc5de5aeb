import { describe, expect, it } from 'vitest';
import { decodeProbe, encodeProbe } from './probe.ts';

describe('the result of a probe', () => {
  it('survives its annotation', () => {
    const probe = { small: 'Passed', large: 'Failed', mtu: 1340 } as const;
    expect(decodeProbe(encodeProbe(probe))).toEqual(probe);
  });

  it.each([
    '',
    'true',
    'null',
    '{}',
    '{"small":"Passed","large":"Perhaps","mtu":1}',
    '{"small":"Passed","large":"Passed","mtu":"x"}',
  ])('is unknown when the text is %s', (text) => {
    expect(decodeProbe(text)).toBeUndefined();
  });
});
