import { describe, expect, it } from 'vitest';
import { parseAddress } from '../address/address.ts';
import { parseCidr } from '../address/cidr.ts';
import type { RemoteNames } from './range-mapping.ts';
import { type Hop, traceDirect, traceThroughCentre } from './trace.ts';

const named = (real: string, name: string): RemoteNames['pod'] => [{ real: parseCidr(real), name: parseCidr(name) }];
const readable = (hops: readonly Hop[] | undefined): unknown =>
  hops?.map(({ cluster, address, rewrittenBy }) => [cluster, address.text, rewrittenBy ?? 'dialled'].join(' | '));

const real = parseAddress('10.244.0.11');
const romeOnMilan: RemoteNames = { pod: named('10.244.0.0/16', '10.71.0.0/16'), external: [] };
const romeOnCentre: RemoteNames = { pod: [], external: named('10.70.0.0/16', '10.68.0.0/16') };
const centreOnMilan: RemoteNames = { pod: named('10.244.0.0/16', '10.69.0.0/16'), external: [] };

describe('a trace', () => {
  it('of the direct path has one rewriting', () => {
    expect(readable(traceDirect({ real, to: 'milan', from: { cluster: 'rome', names: romeOnMilan } }))).toEqual([
      'rome | 10.71.0.11 | dialled',
      "milan | 10.244.0.11 | rome's gateway to milan",
    ]);
  });

  it('of the path through the centre has three', () => {
    const hops = traceThroughCentre({
      real,
      to: 'milan',
      from: { cluster: 'rome', names: romeOnCentre },
      centre: { cluster: 'central', names: centreOnMilan, centreIP: parseAddress('10.70.0.5') },
    });
    expect(readable(hops)).toEqual([
      'rome | 10.68.0.5 | dialled',
      "central | 10.70.0.5 | rome's gateway to central",
      "central | 10.69.0.11 | central's IP mapping",
      "milan | 10.244.0.11 | central's gateway to milan",
    ]);
  });

  it('is missing when a cluster has no name for the next address', () => {
    const from = { cluster: 'rome', names: romeOnCentre };
    expect(traceDirect({ real, to: 'milan', from })).toBeUndefined();
    const centreIP = parseAddress('10.70.0.5');
    expect(
      traceThroughCentre({ real, to: 'milan', from, centre: { cluster: 'central', names: romeOnCentre, centreIP } }),
    ).toBeUndefined();
  });
});
