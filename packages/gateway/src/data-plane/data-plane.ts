import type { Logger } from '@leafway/reconciler';
import { gatewayNames, type Site } from '../routing/site.ts';
import type { ObservedWireGuard } from '../wireguard/configuration.ts';
import { applySteps, type Effects } from './apply.ts';
import { listGateways, observeGateway } from './observe.ts';
import { planGateway, planNode, planRemoval, type Step } from './plan.ts';
import { achieved, type GatewayState, nothing, type ObservedGateway } from './state.ts';

/** The gateways of one cluster on this machine. Calls for one remote cluster must not overlap. */
export interface DataPlane {
  /** Sets what all gateways share: the node's rules, and the address at which the node is probed. */
  prepareNode(node: { readonly ruleset: string; readonly probeAddress: string }): Promise<void>;
  /** Looks at all gateways that are there; call it first, so that the next `ensure` knows what it need not do. */
  discover(): Promise<ReadonlyMap<string, ObservedGateway>>;
  /** Makes a gateway as desired, and does nothing when it is; tells what it did. */
  ensure(remoteClusterID: string, desired: GatewayState, privateKey: string): Promise<readonly Step['kind'][]>;
  remove(remoteClusterID: string): Promise<void>;
  /** Before the next `ensure`, looks at the gateway again and prepares the node again: something may have broken. */
  doubt(remoteClusterID: string): void;
  /** What WireGuard says now of a gateway's tunnel; `undefined` when there is none that answers. */
  lookAtTunnel(remoteClusterID: string): Promise<ObservedWireGuard | undefined>;
  /** Makes WireGuard shake hands at once instead of five seconds after its last attempt. */
  restartHandshake(remoteClusterID: string, desired: GatewayState, privateKey: string): Promise<void>;
}

/** Where the gateways live, and the ports that change the machine. */
export interface DataPlaneOptions extends Effects {
  readonly site: Site;
  readonly log: Logger;
}

/** The data plane that runs commands; what it did it remembers, so that a second look at the machine is rare. */
export function createDataPlane({ site, log, ...effects }: DataPlaneOptions): DataPlane {
  const known = new Map<string, ObservedGateway>();
  const doubted = new Set<string>();
  let prepareAgain = async (): Promise<void> => {};
  const observe = async (id: string): Promise<ObservedGateway> => {
    if (doubted.delete(id)) {
      known.delete(id);
      await prepareAgain();
    }
    return known.get(id) ?? (await observeGateway({ ...effects, site }, id));
  };

  return {
    prepareNode: (node) => {
      prepareAgain = () => applySteps(effects, planNode(site, node), '');
      return prepareAgain();
    },
    discover: async () => {
      const ids = await listGateways(site);
      await Promise.all(ids.map(async (id) => known.set(id, await observeGateway({ ...effects, site }, id))));
      return new Map(known);
    },
    ensure: async (id, desired, privateKey) => {
      const observed = await observe(id);
      const steps = planGateway(site, id, { desired, observed });
      // After a failure half-way the machine is as nobody knows.
      known.delete(id);
      await applySteps(effects, steps, privateKey);
      known.set(id, achieved(desired));
      const kinds = steps.map(({ kind }) => kind);
      if (kinds.length > 0) log.info({ gateway: id, steps: kinds }, 'gateway changed');
      return kinds;
    },
    remove: async (id) => {
      const steps = planRemoval(site, id, await observe(id));
      known.delete(id);
      await applySteps(effects, steps, '');
      known.set(id, nothing);
      if (steps.length > 0) log.info({ gateway: id }, 'gateway removed');
    },
    doubt: (id) => {
      doubted.add(id);
    },
    lookAtTunnel: (id) => effects.devices.read(gatewayNames(site, id).namespace),
    restartHandshake: (id, { wireGuard }, privateKey) =>
      effects.devices.restartHandshake(gatewayNames(site, id).namespace, wireGuard, privateKey),
  };
}
