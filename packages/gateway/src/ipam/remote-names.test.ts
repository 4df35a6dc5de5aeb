import { parseCidr } from '@leafway/core';
import { annotationKeys, type Configuration } from '@leafway/liqo';
import { describe, expect, it } from 'vitest';
import { decideNames, namesCondition, type TakenRange } from './remote-names.ts';

const own: TakenRange[] = [
  ['10.244.0.0/16', 'pod CIDR'],
  ['10.96.0.0/12', 'service CIDR'],
  ['10.70.0.0/16', 'external CIDR'],
  ['10.80.0.0/16', 'internal CIDR'],
].map(([cidr = '', owner = '']) => ({ cidr: parseCidr(cidr), owner }));

function aConfiguration(input: {
  pod?: string[];
  external?: string[];
  names?: { pod: string[]; external: string[] };
  observedGeneration?: number;
  wanted?: string;
}): Configuration {
  const { pod = ['10.244.0.0/16'], external = ['10.70.0.0/16'], names, observedGeneration, wanted } = input;
  const condition = { type: namesCondition, status: 'True' as const, reason: 'x', message: '', lastTransitionTime: '' };
  return {
    apiVersion: 'networking.liqo.io/v1beta1',
    kind: 'Configuration',
    metadata: {
      name: 'milan',
      generation: 2,
      ...(wanted === undefined ? {} : { annotations: { [annotationKeys.wantedCIDRs]: wanted } }),
    },
    spec: { remote: { cidr: { pod, external } } },
    status: {
      ...(names === undefined ? {} : { remote: { cidr: names } }),
      ...(observedGeneration === undefined ? {} : { conditions: [{ ...condition, observedGeneration }] }),
    },
  };
}

describe('the names of a remote', () => {
  it("follow the allocation rule of Liqo's IPAM", () => {
    expect(decideNames(aConfiguration({}), own)).toEqual({
      ok: true,
      pod: ['10.71.0.0/16'],
      external: ['10.68.0.0/16'],
    });
  });

  it('are index-aligned, of equal length, and apart from each other', () => {
    const decision = decideNames(aConfiguration({ pod: ['10.244.0.0/17', '10.20.0.0/14', '10.244.128.0/19'] }), own);
    expect(decision).toMatchObject({
      ok: true,
      pod: [expect.stringMatching(/\/17$/), '10.20.0.0/14', expect.stringMatching(/\/19$/)],
    });
  });

  it('stay when they were given for this very spec, also where the real range has become free', () => {
    const names = { pod: ['10.9.0.0/16'], external: ['10.68.0.0/16'] };
    expect(decideNames(aConfiguration({ pod: ['10.1.0.0/16'], names, observedGeneration: 2 }), own)).toEqual({
      ok: true,
      ...names,
    });
  });

  it('stay over a change of the spec where they still fit and the real range is not free', () => {
    const names = { pod: ['10.9.0.0/16'], external: ['10.68.0.0/16'] };
    expect(decideNames(aConfiguration({ names, observedGeneration: 1 }), own)).toEqual({ ok: true, ...names });
    expect(decideNames(aConfiguration({ pod: ['10.1.0.0/16'], names, observedGeneration: 1 }), own)).toMatchObject({
      pod: ['10.1.0.0/16'],
    });
  });

  it('are given anew when they clash with what is taken by now, or are of another length', () => {
    const clash = { pod: ['10.80.0.0/16'], external: ['10.68.0.0/16'] };
    expect(decideNames(aConfiguration({ names: clash, observedGeneration: 2 }), own)).toMatchObject({
      ok: true,
      pod: ['10.71.0.0/16'],
    });
    const longer = { pod: ['10.71.0.0/17'], external: ['10.68.0.0/16'] };
    expect(decideNames(aConfiguration({ names: longer, observedGeneration: 2 }), own)).toMatchObject({
      ok: true,
      pod: ['10.71.0.0/16'],
    });
  });

  it('are the wanted ones, also outside the pools', () => {
    const wanted = JSON.stringify({ pod: ['100.64.0.0/16'], external: ['10.90.0.0/16'] });
    expect(decideNames(aConfiguration({ wanted }), own)).toEqual({
      ok: true,
      pod: ['100.64.0.0/16'],
      external: ['10.90.0.0/16'],
    });
  });

  it.each<[string, Parameters<typeof aConfiguration>[0], string, string]>([
    ['no pod range', { pod: [] }, 'CIDRsMissing', 'spec.remote.cidr.pod is empty'],
    ['a leading zero', { pod: ['10.044.0.0/16'] }, 'CIDRsMalformed', 'spec.remote.cidr.pod[0]: '],
    ['host bits', { external: ['10.70.0.1/16'] }, 'CIDRsMalformed', 'host bits'],
    ['IPv6', { pod: ['fd00::/48'] }, 'CIDRsMalformed', 'IPv6'],
    [
      'overlapping ranges',
      { external: ['10.244.4.0/24'] },
      'CIDRsOverlap',
      '10.244.0.0/16 and the external range 10.244.4.0/24 overlap',
    ],
    ['no room', { pod: ['10.0.0.0/7'], external: ['192.168.0.0/16'] }, 'NoFreeCIDR', 'no /7 is free'],
    ['an unreadable wish', { wanted: '{}' }, 'WantedCIDRsMalformed', annotationKeys.wantedCIDRs],
    [
      'a wish of another length',
      { wanted: '{"pod":["10.1.0.0/17"],"external":["10.2.0.0/16"]}' },
      'WantedCIDRsMalformed',
      'not of the same length',
    ],
    [
      'a wish for too few',
      { wanted: '{"pod":[],"external":["10.2.0.0/16"]}' },
      'WantedCIDRsMalformed',
      '0 pod ranges for the 1',
    ],
    [
      'a taken wish',
      { wanted: '{"pod":["10.100.0.0/16"],"external":["10.2.0.0/16"]}' },
      'WantedCIDRsTaken',
      'overlaps the service CIDR 10.96.0.0/12',
    ],
    [
      'a wish that clashes with itself',
      { wanted: '{"pod":["10.2.0.0/16"],"external":["10.2.0.0/16"]}' },
      'WantedCIDRsTaken',
      'other wanted range',
    ],
  ])('are refused for %s, with the reason', (_, input, reason, message) => {
    expect(decideNames(aConfiguration(input), own)).toMatchObject({
      ok: false,
      reason,
      message: expect.stringContaining(message),
    });
  });
});
