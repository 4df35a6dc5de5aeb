import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LeafFacts } from '../facts/leaf-facts.ts';
import { someFacts } from '../testing/builders.ts';
import { electServer } from './elect-server.ts';

type Says = Partial<Pick<LeafFacts, 'mayServe' | 'address' | 'servers' | 'serversWithoutAddress'>>;

const pair = (rome: Says, milan: Says): [LeafFacts, LeafFacts] => [someFacts('rome', rome), someFacts('milan', milan)];

describe('electServer', () => {
  it.each<[string, Says, Says, { wish?: string; currentServer?: string; unfit?: string[] }, string, string]>([
    [
      'the one that is wished for',
      {},
      { address: 'milan.example.org' },
      { wish: 'rome' },
      'rome',
      'spec.gateway.server says so',
    ],
    [
      'the wished one, against the current',
      {},
      {},
      { wish: 'rome', currentServer: 'milan' },
      'rome',
      'spec.gateway.server says so',
    ],
    ['the only one that may', {}, { mayServe: false }, {}, 'rome', 'milan may not run gateway servers'],
    [
      'the only one that may, against the current',
      {},
      { mayServe: false },
      { currentServer: 'milan' },
      'rome',
      'milan may not run gateway servers',
    ],
    [
      'the only one with an address',
      { address: '203.0.113.7' },
      {},
      {},
      'rome',
      'only rome has an address to announce',
    ],
    ['the current one', {}, {}, { currentServer: 'rome' }, 'rome', 'rome is the server already'],
    [
      'the current one, although it has more',
      { servers: 9 },
      {},
      { currentServer: 'rome' },
      'rome',
      'rome is the server already',
    ],
    [
      'the current one, although only the other has an address',
      {},
      { address: '203.0.113.7' },
      { currentServer: 'rome' },
      'rome',
      'rome is the server already',
    ],
    [
      'the current one, for the reason that it has',
      { address: '203.0.113.7' },
      {},
      { currentServer: 'rome' },
      'rome',
      'only rome has an address to announce',
    ],
    ['the one with fewer servers', { servers: 1 }, { servers: 2 }, {}, 'rome', 'rome runs fewer gateway servers'],
    ['the first by name', {}, {}, {}, 'milan', 'both can, and milan is first by name'],
    [
      'the only one with an address that the other can dial',
      { address: '10.70.3.4' },
      { address: '203.0.113.7' },
      {},
      'milan',
      'milan cannot dial 10.70.3.4, which has another meaning there',
    ],
    [
      'no account of an address that the other cannot dial',
      { address: '10.244.3.4' },
      { servers: 1 },
      {},
      'rome',
      'rome runs fewer gateway servers',
    ],
    [
      'the only one with a public address',
      { address: 'rome.example.org' },
      { address: '192.168.7.7' },
      {},
      'rome',
      'only rome announces a public address',
    ],
    [
      'the one whose other servers are reached',
      { servers: 2, serversWithoutAddress: 1 },
      { servers: 1, serversWithoutAddress: 1 },
      {},
      'rome',
      'the gateway servers of milan get no address',
    ],
    [
      'the other one when the current was tried in vain',
      {},
      {},
      { currentServer: 'rome', unfit: ['rome'] },
      'milan',
      'the gateway server of rome could not be reached',
    ],
    [
      'the current one when both were tried in vain',
      {},
      {},
      { currentServer: 'rome', unfit: ['rome', 'milan'] },
      'rome',
      'rome is the server already',
    ],
    [
      'the wished one, though it was tried in vain',
      {},
      {},
      { wish: 'rome', unfit: ['rome'] },
      'rome',
      'spec.gateway.server says so',
    ],
    [
      'the only one that may, though it was tried in vain',
      {},
      { mayServe: false },
      { currentServer: 'rome', unfit: ['rome'] },
      'rome',
      'milan may not run gateway servers',
    ],
    [
      'the first by name when both have addresses',
      { address: 'a' },
      { address: 'b' },
      {},
      'milan',
      'both can, and milan is first by name',
    ],
    [
      'the first by name when somebody else is current',
      {},
      {},
      { currentServer: 'paris' },
      'milan',
      'both can, and milan is first by name',
    ],
  ])('takes %s', (_, rome, milan, rest, server, reason) => {
    expect(electServer({ facts: pair(rome, milan), ...rest })).toEqual({ ok: true, value: { server, reason } });
  });

  it('says a way out when neither may serve', () => {
    const outcome = electServer({ facts: pair({ mayServe: false }, { mayServe: false }) });
    expect(outcome).toMatchObject({
      ok: false,
      problem: {
        path: 'spec.clusters',
        code: 'CORE_NO_SERVER',
        message: expect.stringContaining('set spec.gateway.mayServe'),
      },
    });
  });

  it('refuses a wish for one that may not serve, and names the other only if that one may', () => {
    const refused = (milan: Says) => electServer({ facts: pair({ mayServe: false }, milan), wish: 'rome' });
    expect(refused({})).toMatchObject({
      ok: false,
      problem: {
        path: 'spec.gateway.server',
        code: 'CORE_SERVER_MAY_NOT_SERVE',
        message:
          'LeafCluster rome says that it may not run gateway servers: use Auto or milan, or set spec.gateway.mayServe of LeafCluster rome to true',
      },
    });
    expect(refused({ mayServe: false })).toMatchObject({ problem: { message: expect.not.stringContaining('milan') } });
  });

  it('refuses a wish for a cluster outside the pair', () => {
    expect(electServer({ facts: pair({}, {}), wish: 'paris' })).toMatchObject({
      ok: false,
      problem: { path: 'spec.gateway.server', code: 'CORE_SERVER_NOT_IN_PAIR' },
    });
  });

  const says = fc.record(
    { mayServe: fc.boolean(), servers: fc.nat({ max: 2 }), address: fc.constant('203.0.113.7') },
    { requiredKeys: ['mayServe', 'servers'] },
  );
  const wishes = fc.constantFrom('Auto', 'rome', 'milan');

  it('answers the same for both orders of the clusters', () => {
    const currents = fc.constantFrom(undefined, 'rome', 'milan');
    fc.assert(
      fc.property(says, says, wishes, currents, (rome, milan, wish, currentServer) => {
        const [a, b] = pair(rome, milan);
        const [there, back] = [
          electServer({ facts: [a, b], wish, currentServer }),
          electServer({ facts: [b, a], wish, currentServer }),
        ];
        expect(back.ok).toBe(there.ok);
        if (there.ok) expect(back).toEqual(there);
      }),
    );
  });

  it('confirms its own choice whatever the numbers of servers become', () => {
    fc.assert(
      fc.property(says, says, wishes, fc.nat({ max: 9 }), fc.nat({ max: 9 }), (rome, milan, wish, romes, milans) => {
        const first = electServer({ facts: pair(rome, milan), wish });
        if (!first.ok) return;
        const later = pair({ ...rome, servers: romes }, { ...milan, servers: milans });
        expect(electServer({ facts: later, wish, currentServer: first.value.server })).toMatchObject({
          value: { server: first.value.server },
        });
      }),
    );
  });
});
