import { describe, expect, it } from 'vitest';
import { parseCidr } from '../address/cidr.ts';
import type { ShortcutSpec } from '../api/index.ts';
import type { LeafFacts } from '../facts/leaf-facts.ts';
import { aSpec, someFacts } from '../testing/builders.ts';
import { planShortcut } from '../testing/plan-shortcut.ts';

const now = new Date('2026-11-21T10:00:00Z');
const inHours = (hours: number): Date => new Date(now.getTime() + hours * 3_600_000);

interface Case {
  readonly rome?: Partial<LeafFacts>;
  readonly milan?: Partial<LeafFacts>;
  readonly spec?: Partial<ShortcutSpec>;
  readonly now?: Date | undefined;
}

/** What is said of a link whose server is milan. */
function linesOf({ rome, milan, spec, ...rest }: Case): readonly string[] {
  const gateway = { server: 'milan', ...spec?.gateway };
  const facts = [someFacts('rome', rome), someFacts('milan', milan)] as const;
  const planned = planShortcut({ spec: aSpec('rome', 'milan', { ...spec, gateway }), facts, now, ...rest });
  if (!planned.ok) throw new Error(JSON.stringify(planned.problems));
  return planned.plan.warnings;
}

const usual = linesOf({});

/** What is said beside the plan itself. */
const risksOf = (given: Case): readonly string[] => linesOf(given).filter((line) => !usual.includes(line));

describe('the warnings of a plan are silent', () => {
  it.each<[string, Case]>([
    ['of nothing in particular', {}],
    ['of a credential that is good for long', { rome: { credentialExpiresAt: inHours(24 * 14) } }],
    ['of a credential when nobody knows the time', { rome: { credentialExpiresAt: inHours(-1) }, now: undefined }],
    [
      'of the credential of a LeafCluster that this shortcut does not use',
      {
        rome: { credentialExpiresAt: inHours(-1) },
        spec: {
          clusters: [{ id: 'rome', kubeconfigSecretRef: { namespace: 'fleet', name: 'rome' } }, { id: 'milan' }],
        },
      },
    ],
    ['of keys that are rotated', { spec: { gateway: { keyRotation: { interval: '1h' } } } }],
    ['of an MTU that fits', { spec: { gateway: { mtu: 1440 } } }],
    ['of a public address', { milan: { address: '203.0.113.7' } }],
    ['of a DNS name', { milan: { address: 'vpn.example.org' } }],
    ["of the client's address, which nobody dials", { rome: { address: '192.168.0.9' } }],
    ['of a name at the centre that the other leaf has too', { milan: { podAtCentre: [parseCidr('10.71.0.0/16')] } }],
    ['of a range that the centre does not remap', { milan: { podAtCentre: [parseCidr('10.244.0.0/16')] } }],
  ])('%s', (_, given) => {
    expect(risksOf(given)).toEqual([]);
  });
});

describe('the warnings of a plan tell', () => {
  it('of keys that a leaf of Liqo keeps', () => {
    const given: Case = { rome: { dataPlane: 'Liqo' }, spec: { gateway: { keyRotation: { interval: '720h' } } } };
    const line = "gateway.keyRotation is not carried out with rome: Liqo keeps a gateway's key";
    expect(linesOf(given)).toContain(line);
    expect(linesOf({ ...given, rome: {} })).not.toContain(line);
  });

  it.each<[string, Case, string[]]>([
    [
      'that a paused shortcut does nothing',
      { spec: { paused: true } },
      ['spec.paused is true: nothing is done on milan and rome until it is false'],
    ],
    [
      'of a leaf that does not answer',
      { rome: { isReachable: false } },
      ['rome cannot be reached now, its LeafCluster says why: what is to be done there waits'],
    ],
    [
      'of two leaves that do not answer',
      { rome: { isReachable: false }, milan: { isReachable: false } },
      ['milan and rome cannot be reached now, their LeafClusters say why: what is to be done there waits'],
    ],
    [
      'of a credential that has expired',
      { rome: { credentialExpiresAt: inHours(0) } },
      ['the credential for rome expired on 2026-11-21: until it is renewed nothing can be done there'],
    ],
    [
      'of a credential that expires soon',
      { rome: { credentialExpiresAt: inHours(24 * 14 - 1) }, milan: { credentialExpiresAt: inHours(74) } },
      [
        'the credential for milan expires in 3 days (2026-11-24): renew it, or repairs of the link end then',
        'the credential for rome expires in 13 days (2026-12-05): renew it, or repairs of the link end then',
      ],
    ],
    [
      'of a credential that expires very soon',
      { rome: { credentialExpiresAt: inHours(0.5) }, milan: { credentialExpiresAt: inHours(1.5) } },
      [
        'the credential for milan expires in 1 hour (2026-11-21): renew it, or repairs of the link end then',
        'the credential for rome expires within the hour (2026-11-21): renew it, or repairs of the link end then',
      ],
    ],
    [
      'of an MTU that does not fit',
      { spec: { gateway: { mtu: 1441 } } },
      ['MTU 1441 is above 1440: large packets are lost where an IPv4 network on the way carries only 1500 bytes'],
    ],
    [
      'of an MTU that does not fit over IPv6',
      { milan: { address: '2001:db8::7' }, spec: { gateway: { mtu: 1440 } } },
      ['MTU 1440 is above 1420: large packets are lost where an IPv6 network on the way carries only 1500 bytes'],
    ],
    [
      'of a private address, wherever it is named',
      { milan: { address: '203.0.113.7' }, spec: { gateway: { client: { address: '192.168.0.9' } } } },
      ['rome will dial 192.168.0.9, a private address: it must be on a network that leads there'],
    ],
    [
      'of a load balancer with a private address',
      { spec: { gateway: { service: { loadBalancerIP: '10.9.9.9' } } } },
      ['rome will dial 10.9.9.9, a private address: it must be on a network that leads there'],
    ],
    [
      "of an address that leads to the client's own pods",
      { milan: { address: '10.244.3.4' } },
      ['rome cannot dial 10.244.3.4, which is in its own range 10.244.0.0/16: change it'],
    ],
    [
      'of an address that leads into the tunnel',
      { spec: { gateway: { client: { address: '10.71.3.4' } } } },
      ['rome cannot dial 10.71.3.4, which is in its range 10.71.0.0/16 for milan: change it'],
    ],
    [
      'of pods that the centre calls otherwise',
      { milan: { podAtCentre: [parseCidr('10.99.0.0/16')] } },
      ["milan's pods are 10.99.0.0/16 at the centre, but 10.71.0.0/16 directly from rome"],
    ],
    [
      'that a link of others is taken over, and what that means',
      { spec: { existing: 'Adopt' } },
      ['spec.existing is Adopt: a link that others made is taken over, and goes when this shortcut is deleted'],
    ],
    [
      'that a link of others is only watched',
      { spec: { existing: 'Observe' } },
      ['spec.existing is Observe: nothing is done on milan and rome, a link of others is only watched'],
    ],
    [
      'what deleting will leave',
      { spec: { deletionPolicy: 'Orphan' } },
      ['deletionPolicy Orphan: deleting this shortcut leaves its objects on milan and rome'],
    ],
  ])('%s', (_, given, lines) => {
    expect(risksOf(given)).toEqual(lines);
  });

  it.each([
    ['NodePort', 'rome will dial the address of a node of milan: if it cannot, set spec.gateway.client.address'],
    [
      'ClusterIP',
      'a ClusterIP Service has no address outside of milan: name one for rome in spec.gateway.client.address',
    ],
  ] as const)('where a Service of type %s leads, unless an address is named', (type, line) => {
    expect(risksOf({ spec: { gateway: { service: { type } } } })).toContain(line);
    expect(risksOf({ spec: { gateway: { service: { type } } }, milan: { address: 'vpn.example.org' } })).not.toContain(
      line,
    );
    const client = { address: 'vpn.example.org' };
    expect(risksOf({ spec: { gateway: { service: { type }, client } } })).not.toContain(line);
  });
});
