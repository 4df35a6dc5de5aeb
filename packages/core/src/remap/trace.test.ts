import { describe, expect, it } from 'vitest';
import { parseAddress } from '../address/address.ts';
import { parseCidr } from '../address/cidr.ts';
import type { RangeMapping } from './range-mapping.ts';
import { type Trace, type TracedCluster, type TracedRemote, trace } from './trace.ts';
import { addressesFor } from './trace-addresses.ts';
import { printSource } from './trace-packet.ts';

const named = (real: string, name: string): RangeMapping => ({ real: parseCidr(real), name: parseCidr(name) });

const unchanged = (pod: string): TracedRemote['names'] => ({ pod: [named(pod, pod)], external: [] });

/** All pods in 10.244/16, all external ranges 10.70/16, and what each calls the others'. */
function remote(cluster: string, pod: string, external = '10.68.0.0/16', hasGateway = true): TracedRemote {
  return {
    cluster,
    names: { pod: [named('10.244.0.0/16', pod)], external: [named('10.70.0.0/16', external)] },
    hasGateway,
  };
}

function cluster(id: string, remotes: TracedRemote[], published: [string, string][] = []): TracedCluster {
  return {
    id,
    pod: [parseCidr('10.244.0.0/16')],
    external: [parseCidr('10.70.0.0/16')],
    remotes,
    published: published.map(([external, real]) => ({ external: parseAddress(external), real: parseAddress(real) })),
  };
}

const fleet = [
  cluster('central', [remote('rome', '10.71.0.0/16'), remote('milan', '10.69.0.0/16')], [['10.70.0.1', '10.69.1.5']]),
  cluster('rome', [remote('central', '10.71.0.0/16'), remote('milan', '10.69.0.0/16', '10.72.0.0/16')]),
  cluster('milan', [remote('central', '10.73.0.0/16'), remote('rome', '10.74.0.0/16', '10.75.0.0/16')]),
];

function go(destination: string, clusters = fleet, source = '10.244.1.6/32'): Trace {
  return trace({ clusters, from: 'rome', source: parseCidr(source), destination: parseAddress(destination) });
}

/** One line for each hop: where, the packet that leaves it, and what was rewritten. */
const readable = ({ hops }: Trace): string[] =>
  hops.map(({ cluster: at, place, remote: to, source, destination, rewrites }) =>
    [
      `${at} ${place}${to === undefined ? '' : ` to ${to}`}`,
      `${printSource(source)} > ${destination.text}`,
      ...rewrites.map(({ field, from, to: into }) => `${field} ${from} > ${into}`),
    ].join(' | '),
  );

describe('a trace', () => {
  it('of the direct path has one tunnel, and the server sees the pod under its name', () => {
    expect(readable(go('10.69.1.5'))).toEqual([
      'rome Sender | 10.244.1.6 > 10.69.1.5',
      'rome Gateway to milan | 10.244.1.6 > 10.244.1.5 | destination 10.69.0.0/16 > 10.244.0.0/16',
      'milan Gateway to rome | 10.74.1.6 > 10.244.1.5 | source 10.244.0.0/16 > 10.74.0.0/16',
      'milan Receiver | 10.74.1.6 > 10.244.1.5',
    ]);
  });

  it('of the path through the centre has two, and the server sees the unknown source of the centre', () => {
    expect(readable(go('10.68.0.1'))).toEqual([
      'rome Sender | 10.244.1.6 > 10.68.0.1',
      'rome Gateway to central | 10.244.1.6 > 10.70.0.1 | destination 10.68.0.0/16 > 10.70.0.0/16',
      'central Gateway to rome | 10.71.1.6 > 10.69.1.5 | destination 10.70.0.1 > 10.69.1.5 | source 10.244.0.0/16 > 10.71.0.0/16',
      'central Node | 10.70.0.0 > 10.69.1.5 | source 10.71.1.6 > 10.70.0.0',
      'central Gateway to milan | 10.70.0.0 > 10.244.1.5 | destination 10.69.0.0/16 > 10.244.0.0/16',
      'milan Gateway to central | 10.68.0.0 > 10.244.1.5 | source 10.70.0.0/16 > 10.68.0.0/16',
      'milan Receiver | 10.68.0.0 > 10.244.1.5',
    ]);
  });

  it('to a pod of the centre ends there', () => {
    expect(readable(go('10.71.1.5')).at(-1)).toBe('central Receiver | 10.71.1.6 > 10.244.1.5');
  });

  it('keeps a range for a sender whose address nobody says', () => {
    expect(readable(go('10.69.1.5', fleet, '10.244.0.0/16')).at(-1)).toBe('milan Receiver | 10.74.0.0/16 > 10.244.1.5');
  });

  it('shows no rewriting where a range keeps its name', () => {
    const clusters = [
      cluster('rome', [{ cluster: 'milan', hasGateway: true, names: unchanged('10.1.0.0/16') }]),
      {
        ...cluster('milan', [{ cluster: 'rome', hasGateway: true, names: unchanged('10.244.0.0/16') }]),
        pod: [parseCidr('10.1.0.0/16')],
      },
    ];
    const { hops, stuck } = go('10.1.0.9', clusters);
    expect(hops.map(({ place }) => place)).toEqual(['Sender', 'Gateway', 'Gateway', 'Receiver']);
    expect(hops.flatMap(({ rewrites }) => rewrites)).toEqual([]);
    expect(stuck).toBeUndefined();
  });

  it('within the own cluster needs no gateway', () => {
    expect(readable(go('10.244.1.9'))).toHaveLength(2);
  });
});

it('finds every address under which a pod can be dialled', () => {
  const sender = { clusters: fleet, from: 'rome', source: parseCidr('10.244.0.0/16') };
  const ways = addressesFor(sender, { cluster: 'milan', address: parseAddress('10.244.1.5') });
  expect(ways.map(({ address, path }) => `${address.text} ${path.join(' ')}`)).toEqual([
    '10.68.0.1 rome central milan',
    '10.69.1.5 rome milan',
  ]);
  expect(addressesFor(sender, { cluster: 'milan', address: parseAddress('10.244.1.7') })).toHaveLength(1);
});

describe('a trace says why a packet does not arrive:', () => {
  it.each([
    ['no cluster has that name', '10.99.0.1', /neither a pod of rome nor a name/],
    ['it is an address of the own external range', '10.70.0.1', /is for other clusters/],
    ['nobody published that address', '10.68.0.9', /no IP object on central has the address 10\.70\.0\.9/],
  ])('%s', (_, destination, reason) => {
    expect(go(destination).stuck).toMatch(reason);
  });

  it('there are names, but no gateway', () => {
    const clusters = fleet.map((each) =>
      each.id === 'rome' ? cluster('rome', [remote('milan', '10.69.0.0/16', '10.72.0.0/16', false)]) : each,
    );
    expect(go('10.69.1.5', clusters).stuck).toContain('there is no tunnel');
  });

  it('the other side does not know the sender', () => {
    expect(go('10.69.1.5', fleet, '10.96.0.1/32').stuck).toBeUndefined();
    const strange = fleet.map((each) => ({ ...each, external: [] }));
    expect(go('10.69.1.5', strange, '10.96.0.1/32').stuck).toContain('milan drops it');
  });

  it('the ranges of the next cluster are not known', () => {
    expect(go('10.69.1.5', fleet.slice(0, 2)).stuck).toBe('what milan calls the ranges of rome is not known');
  });

  it('the IP objects of the centre are not known', () => {
    const blind = fleet.map(({ id, pod, external, remotes }) => ({ id, pod, external, remotes }));
    expect(go('10.68.0.1', blind).stuck).toContain('cannot be read');
  });

  it('it goes round in circles', () => {
    const clusters = [
      cluster('central', [remote('rome', '10.71.0.0/16', '10.72.0.0/16')], [['10.70.0.1', '10.72.0.1']]),
      cluster('rome', [remote('central', '10.71.0.0/16')], [['10.70.0.1', '10.68.0.1']]),
    ];
    expect(go('10.68.0.1', clusters).stuck).toBe('it goes round in circles');
  });
});
