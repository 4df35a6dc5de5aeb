import { describe, expect, it } from 'vitest';
import type { ShortcutSpec } from '../api/index.ts';
import type { Problem } from '../errors.ts';
import type { GatewayTemplateFact, LeafFacts } from '../facts/leaf-facts.ts';
import { aSpec, someFacts } from '../testing/builders.ts';
import { planShortcut } from '../testing/plan-shortcut.ts';

type Forwards = GatewayTemplateFact['forwards'];

const server = (name: string, forwards: Forwards = ['loadBalancerIP', 'mtu', 'nodePort', 'port']) =>
  ({ kind: 'WgGatewayServerTemplate', namespace: 'liqo', name, forwards }) as const;
const client = (name: string, forwards: Forwards = ['address', 'mtu', 'port']) =>
  ({ kind: 'WgGatewayClientTemplate', namespace: 'liqo', name, forwards }) as const;
const usual = [server('wireguard-server'), client('wireguard-client')];

const aLiqo = (id: string, templates?: readonly GatewayTemplateFact[]): LeafFacts =>
  someFacts(id, { dataPlane: 'Liqo', liqo: { namespace: 'liqo', ...(templates === undefined ? {} : { templates }) } });

/** Of a link whose server is milan. */
function problemsOf(milan: LeafFacts, rome: LeafFacts, gateway: ShortcutSpec['gateway'] = {}): readonly Problem[] {
  const spec = aSpec('rome', 'milan', { gateway: { server: 'milan', ...gateway } });
  const outcome = planShortcut({ spec, facts: [rome, milan] });
  return outcome.ok ? [] : outcome.problems;
}

const everything = {
  service: { type: 'LoadBalancer', port: 51_900, nodePort: 30_001, loadBalancerIP: '192.0.2.10' },
  client: { address: '192.0.2.11', port: 51_901 },
  mtu: 1400,
} as const;

describe('gateway templates', () => {
  it('are enough when Liqo has its usual ones', () => {
    expect(problemsOf(aLiqo('milan', usual), aLiqo('rome', usual), everything)).toEqual([]);
  });

  it('are not missed where they are not known', () => {
    const refs = { serverTemplateRef: { name: 'mine' }, clientTemplateRef: { name: 'mine' } };
    expect(problemsOf(aLiqo('milan'), aLiqo('rome'), { ...everything, ...refs })).toEqual([]);
  });

  it('that do not exist are refused with those that do', () => {
    const milan = aLiqo('milan', [...usual, server('eks')]);
    const refs = { serverTemplateRef: { name: 'mine' }, clientTemplateRef: { namespace: 'vpn', name: 'mine' } };
    expect(problemsOf(milan, aLiqo('rome', usual), refs)).toEqual([
      {
        path: 'spec.gateway.serverTemplateRef',
        code: 'CORE_TEMPLATE_UNKNOWN',
        message: 'milan has no WgGatewayServerTemplate liqo/mine: use liqo/eks or liqo/wireguard-server',
      },
      {
        path: 'spec.gateway.clientTemplateRef',
        code: 'CORE_TEMPLATE_UNKNOWN',
        message: 'rome has no WgGatewayClientTemplate vpn/mine: use liqo/wireguard-client',
      },
    ]);
  });

  it("are missed too when they are Liqo's default ones", () => {
    const problems = problemsOf(aLiqo('milan', [server('b'), server('a'), server('c')]), aLiqo('rome', []));
    expect(problems.map(({ message }) => message)).toEqual([
      "Liqo's default WgGatewayServerTemplate liqo/wireguard-server is not on milan: use liqo/a or liqo/b (there are 3)",
      "Liqo's default WgGatewayClientTemplate liqo/wireguard-client is not on rome: create it on rome, which has none",
    ]);
  });

  it("are looked for in the namespace of that leaf's Liqo", () => {
    const elsewhere = usual.map((template) => ({ ...template, namespace: 'liqo-system' }));
    const milan = someFacts('milan', { dataPlane: 'Liqo', liqo: { namespace: 'liqo-system', templates: elsewhere } });
    expect(problemsOf(milan, aLiqo('rome', usual), { serverTemplateRef: { name: 'wireguard-server' } })).toEqual([]);
  });

  it.each<[string, string, ShortcutSpec['gateway'], string]>([
    ['nodePort', 'service.nodePort', { service: { nodePort: 30_001 } }, 'a node port'],
    ['loadBalancerIP', 'service.loadBalancerIP', { service: { loadBalancerIP: '192.0.2.10' } }, "a load balancer's"],
    ['port', 'service.port', { service: { port: 51_841 } }, 'the port of the Service'],
    ['mtu', 'mtu', { mtu: 1400 }, 'the MTU'],
  ])('of servers must pass on %s when it is set', (lacking, field, gateway, words) => {
    const able = server('able');
    const poor = { ...server('wireguard-server'), forwards: able.forwards.filter((one) => one !== lacking) };
    const rome = aLiqo('rome', usual);
    const [found, ...others] = problemsOf(aLiqo('milan', [poor, able]), rome, gateway);
    expect(others).toEqual([]);
    expect(found).toMatchObject({ path: `spec.gateway.${field}`, code: 'CORE_TEMPLATE_FIELD' });
    expect(found?.message).toContain(
      `the WgGatewayServerTemplate liqo/wireguard-server on milan does not pass on ${words}`,
    );
    expect(found?.message).toContain('leave it out, or set spec.gateway.serverTemplateRef to liqo/able');
    expect(problemsOf(aLiqo('milan', [poor]), rome, gateway)[0]?.message).toContain('or add it to the template');
    expect(problemsOf(aLiqo('milan', [poor]), rome)).toEqual([]);
  });

  it('of clients must pass on what is set for the client', () => {
    const rome = aLiqo('rome', [client('wireguard-client', [])]);
    const gateway = { client: { address: '192.0.2.11', port: 51_901 }, mtu: 1400 };
    expect(problemsOf(aLiqo('milan', usual), rome, gateway).map(({ path }) => path)).toEqual([
      'spec.gateway.client.address',
      'spec.gateway.client.port',
      'spec.gateway.mtu',
    ]);
  });

  it('are of no use on a leaf that our agent runs, unless they are the usual ones', () => {
    const rome = aLiqo('rome', usual);
    expect(problemsOf(someFacts('milan'), rome, { serverTemplateRef: { name: 'mine' } })).toEqual([
      {
        path: 'spec.gateway.serverTemplateRef',
        code: 'CORE_TEMPLATE_UNUSED',
        message:
          'milan is run by the Leafway agent, which makes gateways without templates: leave it out, or set spec.gateway.server to rome',
      },
    ]);
    expect(
      problemsOf(someFacts('milan'), someFacts('rome'), { clientTemplateRef: { name: 'mine' } })[0]?.message,
    ).toMatch(/^rome is run by .*: leave it out$/);
    const names = { serverTemplateRef: { name: 'wireguard-server' }, clientTemplateRef: { name: 'wireguard-client' } };
    expect(problemsOf(someFacts('milan'), someFacts('rome'), { ...names, mtu: 1400 })).toEqual([]);
  });
});
