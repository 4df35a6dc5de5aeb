import { describe, expect, it } from 'vitest';
import { agentPart, controllerPart, podPart, webhookPart } from './parts.ts';
import { parseLabArguments } from './plan/arguments.ts';
import { type ClusterPlan, type LabPlan, planLab, portsNeeded } from './plan/lab-plan.ts';
import { layoutOf } from './plan/layout.ts';
import { apiServerPart, controllerManagerPart, etcdPart } from './servers/control-plane.ts';
import type { PartSpec } from './supervisor/part.ts';

const layout = layoutOf('/labs/x');

function aPlan(wireguardGo?: string): LabPlan {
  const request = parseLabArguments({ clusters: 'hub,rome', podCIDRs: ['rome=10.1.0.0/20'] });
  return planLab({
    directory: layout.directory,
    bare: false,
    request,
    ports: Array.from({ length: portsNeeded(2) }, (_, index) => 20_000 + index),
    tools: {
      etcd: '/t/etcd',
      kubeApiserver: '/t/apiserver',
      kubeControllerManager: '/t/manager',
      kubectl: '/t/kubectl',
      helm: '/t/helm',
      wireguardGo,
    },
    programs: {
      supervisor: ['node', 's'],
      web: ['node', 'w'],
      agent: ['node', 'a'],
      webhook: ['node', 'h'],
      controller: ['node', 'c'],
    },
    charts: '/charts',
  });
}

const rome = (plan: LabPlan): ClusterPlan => plan.clusters[1] as ClusterPlan;

/** The value behind a flag's `=`. */
function flag(part: PartSpec, name: string): string | undefined {
  return part.command.find((argument) => argument.startsWith(`${name}=`))?.slice(name.length + 1);
}

describe('the parts of a lab', () => {
  it('have names of their own', () => {
    const plan = aPlan();
    const parts = plan.clusters.flatMap((cluster) => [
      etcdPart(plan, layout, cluster),
      apiServerPart(plan, layout, cluster),
      controllerManagerPart(plan, layout, cluster),
      agentPart(plan, layout, cluster),
      podPart(plan, cluster, 'client'),
      podPart(plan, cluster, 'web'),
    ]);
    expect(new Set(parts.map(({ name }) => name)).size).toBe(parts.length);
  });

  it('never share a port', () => {
    const plan = aPlan();
    const ports = [...plan.clusters.flatMap((cluster) => Object.values(cluster.ports)), ...Object.values(plan.ports)];
    expect(new Set(ports).size).toBe(portsNeeded(2));
  });

  it('have credentials of their own', () => {
    const plan = aPlan();
    expect(flag(agentPart(plan, layout, rome(plan)), '--kubeconfig')).toBe('/labs/x/rome/agent.kubeconfig');
    expect(flag(controllerManagerPart(plan, layout, rome(plan)), '--kubeconfig')).toBe(
      '/labs/x/rome/controller-manager.kubeconfig',
    );
    expect(flag(webhookPart(plan, layout), '--kubeconfig')).toBe('/labs/x/hub/webhook.kubeconfig');
    expect(flag(controllerPart(plan, layout), '--kubeconfig')).toBe('/labs/x/hub/controller.kubeconfig');
  });

  it('listen on loopback only', () => {
    const plan = aPlan();
    expect(flag(apiServerPart(plan, layout, rome(plan)), '--bind-address')).toBe('127.0.0.1');
    expect(flag(etcdPart(plan, layout, rome(plan)), '--listen-client-urls')).toMatch(/^https:\/\/127\.0\.0\.1:/);
    expect(flag(webhookPart(plan, layout), '--listen')).toMatch(/^127\.0\.0\.1:/);
    expect(flag(controllerPart(plan, layout), '--health-listen')).toMatch(/^127\.0\.0\.1:/);
  });

  it('tell an agent the ranges of its own cluster', () => {
    const plan = aPlan();
    const part = agentPart(plan, layout, rome(plan));
    expect(flag(part, '--pod-cidr')).toBe('10.1.0.0/20');
    expect(flag(part, '--uplink-addresses')).toBe('172.30.2.0/24');
    expect(flag(part, '--uplink-prefix-length')).toBe('16');
    expect(part.command.filter((argument) => argument.startsWith('--reserved-cidr='))).toHaveLength(2);
  });

  it('name wireguard-go only where there is one', () => {
    const without = aPlan();
    const with_ = aPlan('/t/wireguard-go');
    expect(flag(agentPart(without, layout, rome(without)), '--wireguard-go')).toBeUndefined();
    expect(flag(agentPart(with_, layout, rome(with_)), '--wireguard-go')).toBe('/t/wireguard-go');
  });
});
