import { entryRuleset } from '../firewall/ruleset.ts';
import {
  gatewayBaseCommands,
  nodeAddressCommands,
  nodeLinkCommands,
  nodeRouteCommands,
  tunnelCommands,
  tunnelSizeCommands,
  uplinkChangeCommands,
  uplinkLinkCommands,
} from '../routing/commands.ts';
import { type GatewayNames, gatewayNames, type Site, uplinkNamespace } from '../routing/site.ts';
import { isConfigured, type WireGuardState } from '../wireguard/configuration.ts';
import { tunnelDevice } from '../wireguard/device.ts';
import { type GatewayState, nothing, type ObservedGateway } from './state.ts';

/** One thing to do on this machine; each is one process, or two. */
export type Step =
  /** Gives the agent's own network namespace a name. */
  | { readonly kind: 'name-own-namespace'; readonly namespace: string }
  | { readonly kind: 'create-namespace'; readonly namespace: string }
  | { readonly kind: 'delete-namespace'; readonly namespace: string }
  /** Lines for one run of `ip -batch`. */
  | { readonly kind: 'ip'; readonly namespace: string; readonly commands: readonly string[] }
  | { readonly kind: 'nft'; readonly namespace: string; readonly ruleset: string }
  | { readonly kind: 'create-tunnel-device'; readonly namespace: string }
  | {
      readonly kind: 'configure-wireguard';
      readonly namespace: string;
      readonly state: WireGuardState;
      /** The peer takes another key: what is known of that one by its knocking would keep us from shaking hands at once. */
      readonly admitsNextKey: boolean;
    };

/**
 * What to do so that a gateway becomes as desired; nothing when it is. Pure, and about this gateway alone.
 *
 * The order keeps wrong packets out: rules before the tunnel, so that no flow passes untranslated and stays so;
 * the node's routes last, and gone before what they point to changes its meaning.
 */
export function planGateway(
  site: Site,
  remoteClusterID: string,
  { desired, observed }: { readonly desired: GatewayState; readonly observed: ObservedGateway },
): Step[] {
  const names = gatewayNames(site, remoteClusterID);
  if (observed.complete && isInPlace(site, desired, observed)) return change(site, names, desired, observed);
  const made = { ...nothing, complete: true, uplinkAddress: desired.uplinkAddress };
  return [
    ...planRemoval(site, remoteClusterID, observed),
    ...create(site, names, desired.uplinkAddress),
    ...change(site, names, desired, made),
  ];
}

/** A bridge finds an address wherever it is; a node has a route to it. */
const isInPlace = ({ uplink }: Site, desired: GatewayState, observed: ObservedGateway): boolean =>
  uplink.kind === 'bridge' || observed.uplinkAddress === desired.uplinkAddress;

/** What to do at every start in the node, where it is harmless when it is done already. */
export function planNode(site: Site, node: { readonly ruleset: string; readonly probeAddress: string }): Step[] {
  return [
    ...(site.uplink.kind === 'node' ? [{ kind: 'name-own-namespace', namespace: site.nodeNamespace } as const] : []),
    { kind: 'nft', namespace: site.nodeNamespace, ruleset: node.ruleset },
    ...ip(site.nodeNamespace, nodeAddressCommands(node.probeAddress)),
  ];
}

/**
 * What to do so that nothing of a gateway is left. The node stops sending first, so that a packet that has another
 * way takes it.
 */
export function planRemoval(site: Site, remoteClusterID: string, observed: ObservedGateway): Step[] {
  const names = gatewayNames(site, remoteClusterID);
  return [
    ...ip(site.nodeNamespace, [
      ...nodeRouteCommands(names, [], observed.nodeRoutes),
      ...(observed.nodeDevice ? [`link delete ${names.nodeDevice}`] : []),
    ]),
    // wireguard-go ends when its device goes.
    ...ip(names.namespace, observed.tunnelDevice ? [`link delete ${tunnelDevice}`] : []),
    ...ip(uplinkNamespace(site), observed.uplinkDevice ? [`link delete ${names.uplinkDevice}`] : []),
    ...(observed.namespace && site.uplink.kind === 'node'
      ? nft(site.nodeNamespace, entryRuleset(names.entryTable))
      : []),
    ...(observed.namespace ? [{ kind: 'delete-namespace', namespace: names.namespace } as const] : []),
  ];
}

function create(site: Site, names: GatewayNames, uplinkAddress: string): Step[] {
  return [
    { kind: 'create-namespace', namespace: names.namespace },
    ...ip(site.nodeNamespace, nodeLinkCommands(names)),
    ...ip(uplinkNamespace(site), uplinkLinkCommands(site, names, uplinkAddress)),
    ...ip(names.namespace, gatewayBaseCommands(site, uplinkAddress)),
  ];
}

function change(site: Site, names: GatewayNames, desired: GatewayState, observed: ObservedGateway): Step[] {
  const { namespace } = names;
  const removed = observed.nodeRoutes.filter((range) => !desired.nodeRoutes.includes(range));
  const added = desired.nodeRoutes.filter((range) => !observed.nodeRoutes.includes(range));
  const hasAddress = observed.uplinkAddress === desired.uplinkAddress;
  return [
    ...ip(site.nodeNamespace, nodeRouteCommands(names, [], removed)),
    ...ip(namespace, hasAddress ? [] : uplinkChangeCommands(site, desired.uplinkAddress)),
    ...(observed.firewall === desired.firewall ? [] : nft(namespace, desired.firewall)),
    ...changeTunnel(namespace, desired, observed),
    ...(desired.entry === undefined || observed.entry === desired.entry ? [] : nft(site.nodeNamespace, desired.entry)),
    ...ip(site.nodeNamespace, nodeRouteCommands(names, added, [])),
  ];
}

/**
 * A device that does not answer is made anew; everything else is changed in place. WireGuard is set before the device:
 * when wireguard-go answers, it has done with its own settings, among them another MTU.
 */
function changeTunnel(namespace: string, desired: GatewayState, observed: ObservedGateway): Step[] {
  const usable = observed.tunnelDevice && observed.wireGuard !== undefined;
  const { role, mtu } = desired.tunnel;
  const hasRole = usable && observed.tunnel?.role === role;
  const resize = observed.tunnel?.mtu === mtu ? [] : tunnelSizeCommands(mtu);
  const tunnel = hasRole ? resize : tunnelCommands(desired.tunnel);
  return [
    ...(usable || !observed.tunnelDevice ? [] : ip(namespace, [`link delete ${tunnelDevice}`])),
    ...(usable ? [] : [{ kind: 'create-tunnel-device', namespace } as const]),
    ...(usable && isConfigured(observed.wireGuard, desired.wireGuard)
      ? []
      : [configureStep(namespace, desired.wireGuard, observed.wireGuard)]),
    ...ip(namespace, tunnel),
  ];
}

function configureStep(namespace: string, state: WireGuardState, observed: WireGuardState | undefined): Step {
  const admitsNextKey = state.peer !== undefined && state.peer.publicKey === observed?.nextKey;
  return { kind: 'configure-wireguard', namespace, state, admitsNextKey };
}

const nft = (namespace: string, ruleset: string): Step[] => [{ kind: 'nft', namespace, ruleset }];

function ip(namespace: string, commands: readonly string[]): Step[] {
  return commands.length === 0 ? [] : [{ kind: 'ip', namespace, commands }];
}
