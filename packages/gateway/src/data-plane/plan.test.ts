import { describe, expect, it } from 'vitest';
import { gatewayRuleset } from '../firewall/ruleset.ts';
import type { Site } from '../routing/site.ts';
import { planGateway, planRemoval, type Step } from './plan.ts';
import { achieved, type GatewayState, nothing, type ObservedGateway } from './state.ts';

const site: Site = {
  clusterID: 'rome',
  nodeNamespace: 'node-rome',
  gatewayNamespacePrefix: 'gw-rome.',
  uplink: { kind: 'bridge', namespace: 'inet', bridge: 'wan0br', prefixLength: 16 },
};
const gateway = 'gw-rome.milan';

const desired: GatewayState = {
  uplinkAddress: '172.30.1.7',
  tunnel: { role: 'Client', mtu: 1340 },
  wireGuard: { publicKey: 'own', listenPort: 51_840, peer: { publicKey: 'peer', endpoint: '172.30.2.7:51840' } },
  firewall: gatewayRuleset({ mtu: 1340, ranges: [], addresses: [] }),
  nodeRoutes: ['10.71.0.0/16', '10.68.0.0/16'],
};

const plan = (observed: ObservedGateway, wish: GatewayState = desired): Step[] =>
  planGateway(site, 'milan', { desired: wish, observed });
const there = achieved(desired);

describe('the plan for a gateway', () => {
  it('is empty when the gateway is as desired', () => {
    expect(plan(there)).toEqual([]);
  });

  it('makes everything where nothing is: rules before the tunnel, the routes of the node last', () => {
    const steps = plan(nothing);
    expect(steps.map(({ kind, namespace }) => `${kind} ${namespace}`)).toEqual([
      `create-namespace ${gateway}`,
      'ip node-rome',
      'ip inet',
      `ip ${gateway}`,
      `nft ${gateway}`,
      `create-tunnel-device ${gateway}`,
      `configure-wireguard ${gateway}`,
      `ip ${gateway}`,
      'ip node-rome',
    ]);
    expect(steps.at(-1)).toMatchObject({
      commands: [
        'route replace 10.71.0.0/16 via 169.254.2.2 dev gw-milan onlink',
        'route replace 10.68.0.0/16 via 169.254.2.2 dev gw-milan onlink',
      ],
    });
  });

  it('decides by the input device where packets go, because both clusters may have the same ranges', () => {
    expect(commandsOf(plan(nothing), gateway)).toEqual(
      expect.arrayContaining([
        'rule add iif fab0 lookup 100 pref 100',
        'rule add iif liqo-tunnel lookup 200 pref 200',
        'address add 169.254.18.2/30 dev liqo-tunnel',
        'route replace default via 169.254.18.1 dev liqo-tunnel table 100',
      ]),
    );
  });

  it('builds a half-built gateway anew, whatever half there is', () => {
    const half: ObservedGateway = { ...nothing, namespace: true, nodeDevice: true };
    expect(
      plan(half)
        .map(({ kind }) => kind)
        .slice(0, 3),
    ).toEqual(['ip', 'delete-namespace', 'create-namespace']);
    expect(commandsOf(plan(half), 'node-rome')[0]).toBe('link delete gw-milan');
  });

  it.each<[string, Partial<GatewayState>, string[]]>([
    ['another MTU', { tunnel: { role: 'Client', mtu: 1400 } }, ['ip']],
    ['another port', { wireGuard: { ...desired.wireGuard, listenPort: 7 } }, ['configure-wireguard']],
    [
      'another peer',
      { wireGuard: { ...desired.wireGuard, peer: { publicKey: 'new', endpoint: '172.30.2.7:51840' } } },
      ['configure-wireguard'],
    ],
    [
      'another endpoint',
      { wireGuard: { ...desired.wireGuard, peer: { publicKey: 'peer', endpoint: '172.30.2.8:51840' } } },
      ['configure-wireguard'],
    ],
    ['other rules', { firewall: 'other' }, ['nft']],
    ['another address', { uplinkAddress: '172.30.1.8' }, ['ip']],
    ['the other role', { tunnel: { role: 'Server', mtu: 1340 } }, ['ip']],
  ])('takes %s in place', (_, change, kinds) => {
    expect(plan(there, { ...desired, ...change }).map(({ kind }) => kind)).toEqual(kinds);
  });

  it('forgets what it knew of a next key when that becomes the key of the peer, so that hands are shaken at once', () => {
    const peer = { publicKey: 'peer' };
    const rotating = { ...desired, wireGuard: { ...desired.wireGuard, peer, nextKey: 'next' } };
    const rotated = { ...desired, wireGuard: { ...desired.wireGuard, peer: { publicKey: 'next' } } };
    expect(plan(there, rotating)).toMatchObject([{ kind: 'configure-wireguard', admitsNextKey: false }]);
    expect(plan(achieved(rotating), rotated)).toMatchObject([{ kind: 'configure-wireguard', admitsNextKey: true }]);
  });

  it('takes a route away before it changes the rules that the route leads to, and adds one after', () => {
    const steps = plan(there, { ...desired, nodeRoutes: ['10.71.0.0/16', '10.64.0.0/16'], firewall: 'other' });
    expect(steps).toMatchObject([
      { kind: 'ip', namespace: 'node-rome', commands: ['route del 10.68.0.0/16 dev gw-milan'] },
      { kind: 'nft' },
      {
        kind: 'ip',
        namespace: 'node-rome',
        commands: ['route replace 10.64.0.0/16 via 169.254.2.2 dev gw-milan onlink'],
      },
    ]);
  });

  it('leaves the endpoint alone that a server learnt', () => {
    const server = { ...desired, wireGuard: { ...desired.wireGuard, peer: { publicKey: 'peer' } } };
    expect(plan(there, server)).toEqual([]);
  });

  it('makes a device anew that is missing or does not answer', () => {
    const again = ['create-tunnel-device', 'configure-wireguard', 'ip'];
    expect(plan({ ...there, tunnelDevice: false, wireGuard: undefined }).map(({ kind }) => kind)).toEqual(again);
    const mute = plan({ ...there, wireGuard: undefined });
    expect(mute.map(({ kind }) => kind)).toEqual(['ip', ...again]);
    expect(mute[0]).toMatchObject({ commands: ['link delete liqo-tunnel'] });
  });

  it('touches nothing of other gateways but the shared namespaces, and there only its own devices', () => {
    const all = [...plan(nothing), ...planRemoval(site, 'milan', there)];
    expect(new Set(all.map(({ namespace }) => namespace))).toEqual(new Set([gateway, 'node-rome', 'inet']));
    const shared = [...commandsOf(all, 'node-rome'), ...commandsOf(all, 'inet')];
    expect(shared.filter((command) => !/ (gw-milan|w-[0-9a-f]{12})( |$)/.test(command))).toEqual([]);
  });
});

describe('the plan for a removal', () => {
  it('stops the node from sending first, then ends the tunnel, then takes the rest', () => {
    expect(planRemoval(site, 'milan', there)).toMatchObject([
      {
        namespace: 'node-rome',
        commands: [
          'route del 10.71.0.0/16 dev gw-milan',
          'route del 10.68.0.0/16 dev gw-milan',
          'link delete gw-milan',
        ],
      },
      { namespace: gateway, commands: ['link delete liqo-tunnel'] },
      { namespace: 'inet', commands: [expect.stringMatching(/^link delete w-/)] },
      { kind: 'delete-namespace', namespace: gateway },
    ]);
  });

  it('is empty where nothing is', () => {
    expect(planRemoval(site, 'milan', nothing)).toEqual([]);
  });
});

function commandsOf(steps: readonly Step[], namespace: string): string[] {
  return steps.flatMap((step) => (step.kind === 'ip' && step.namespace === namespace ? step.commands : []));
}

describe('the plan for a gateway on a real node', () => {
  const onNode: Site = { ...site, uplink: { kind: 'node', address: '192.0.2.10' } };
  const wish = { ...desired, uplinkAddress: '169.254.32.7', entry: 'the rules of its port' };
  const planThere = (observed: ObservedGateway): Step[] => planGateway(onNode, 'milan', { desired: wish, observed });

  it('leads its own packets through the node, and what it has to say to pods to them', () => {
    const commands = planThere(nothing).flatMap((step) => (step.kind === 'ip' ? step.commands : []));
    expect(commands).toEqual(
      expect.arrayContaining([
        'route add default via 169.254.32.1 dev wan0 onlink',
        'rule add iif lo ipproto icmp lookup 200 pref 300',
        expect.stringMatching(/^route replace 169\.254\.32\.7\/32 dev w-/),
      ]),
    );
    expect(commands.some((command) => command.includes('master'))).toBe(false);
  });

  it('writes the rules of its port when they differ, or are not known', () => {
    const rules = { kind: 'nft', namespace: 'node-rome', ruleset: 'the rules of its port' };
    expect(planThere(achieved(wish))).toEqual([]);
    expect(planThere({ ...achieved(wish), entry: undefined })).toEqual([rules]);
  });

  it('is made anew where it has another address: the node has a route to it', () => {
    const steps = planThere({ ...achieved(wish), uplinkAddress: '169.254.32.8' });
    expect(steps.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['delete-namespace', 'create-namespace']));
  });

  it('takes the rules of its port along when it goes', () => {
    const [rules] = planRemoval(onNode, 'milan', achieved(wish)).filter(({ kind }) => kind === 'nft');
    expect(rules).toMatchObject({
      namespace: 'node-rome',
      ruleset: expect.stringContaining('delete table ip leafway_'),
    });
    expect(planRemoval(onNode, 'milan', nothing)).toEqual([]);
  });
});
