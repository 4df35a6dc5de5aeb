import type { VirtualNodeShortcut } from '@leafway/core';
import { findCondition } from '@leafway/reconciler';
import { currentConditions } from './readiness.ts';

/** What a person does about a shortcut that is not Ready; `undefined` when there is nothing to do. */
export function adviceFor(shortcut: VirtualNodeShortcut): string | undefined {
  const conditions = currentConditions(shortcut);
  if (conditions.length === 0) {
    return 'Check that the controller runs on the central cluster and leads: nobody has looked at this shortcut yet.';
  }
  const ready = findCondition(conditions, 'Ready');
  const blocking =
    ready?.reason === 'Deleting' || ready?.reason === 'Paused' || ready?.reason === 'RepairLoop'
      ? ready
      : (conditions.find(({ type, status }) => type !== 'Ready' && status !== 'True') ?? ready);
  if (blocking === undefined) return undefined;
  const isToBeSaid = blocking.reason === 'Paused' || blocking.reason === 'RepairLoop';
  if (blocking.status === 'True' && !isToBeSaid) return undefined;
  return adviceByReason(blocking.reason, factsFor(shortcut));
}

/** What advice is made of. */
interface AdviceFacts {
  readonly name: string;
  readonly leaves: string;
  /** How both are looked at. */
  readonly describe: string;
  readonly server: string;
  readonly client: string;
  /** Where the client dials. */
  readonly endpoint: string;
}

function factsFor({ metadata: { name }, spec, status }: VirtualNodeShortcut): AdviceFacts {
  const server = status?.clusters?.find(({ role }) => role === 'Server');
  const client = status?.clusters?.find(({ role }) => role === 'Client');
  const ids = spec.clusters.map(({ id }) => id);
  return {
    name,
    leaves: ids.join(' and '),
    describe: `kubectl describe leafclusters ${ids.join(' ')}`,
    server: server?.id ?? 'the server',
    client: client?.id ?? 'the client',
    endpoint: client?.gateway?.endpoint ?? server?.gateway?.endpoint ?? 'the address of the gateway server',
  };
}

/** The advice for each reason that a condition can have; a reason that explains itself has none. */
function adviceByReason(reason: string, facts: AdviceFacts): string | undefined {
  const { name, leaves, describe, server, client, endpoint } = facts;
  const advice: Readonly<Record<string, string>> = {
    Invalid: `Correct the fields that are named: kubectl edit vns ${name}.`,
    Conflicted: `Change what is named, or keep one of the two: leafway disconnect ${name}.`,
    LinkExists: `Take the link over: kubectl patch vns ${name} --type=merge -p '{"spec":{"existing":"Adopt"}}'. Or remove it, with the tool that made it; then this one is set up by itself.`,
    NotAdoptable: `Do what is named, in the shortcut (kubectl edit vns ${name}) or on the leaf; then the link is taken over by itself.`,
    RolesClash: `Take the link over: kubectl patch vns ${name} --type=merge -p '{"spec":{"existing":"Adopt"}}'. Then what cannot work is made anew.`,
    DirectPathUnavailable: `Do what the message names: let UDP packets through to the server, give a leaf an address that the other can dial (leafcluster spec.gateway), or let another serve. Traffic stays on the path through the centre.`,
    CleanupPending: `Do what the condition CleanedUp says, or give the remainder up as it says: ${describe}.`,
    FactsUnknown: `See why the networks of a leaf are not known: ${describe}.`,
    LeafUnreachable: `Check the API server of that leaf and the kubeconfig that its LeafCluster names; this goes on by itself when it answers.`,
    LeafUnknown: 'Register the leaf: leafway leaf add NAME --kubeconfig FILE.',
    WaitingForConfiguration:
      'Check that Liqo, or the Leafway agent, runs on that leaf: it has to name the ranges of the other.',
    NamespaceAmbiguous: 'Keep one tenant namespace for the pair: remove the label of the others, or the namespaces.',
    RemoteCIDRsDiffer: 'Delete that Configuration if nobody else needs it: it is made anew with the ranges of today.',
    RangesChanged: `Make the link anew: leafway disconnect ${name}, then connect again.`,
    NamesDiffer: `Ask for the names that are there, or for none: kubectl edit vns ${name} (spec.ipMapping).`,
    WaitingForServer: `See why the gateway on ${server} has no address. Without load balancers: leafway disconnect ${name}, then connect with --service-type NodePort.`,
    GatewayProblem: 'Do what the message says on that leaf: the gateway goes on by itself.',
    WaitingForClient: `Check that Liqo, or the Leafway agent, runs on ${client}.`,
    WaitingForKey: `Check that the gateways of ${leaves} run: a gateway publishes its key when it starts.`,
    WaitingForConnection: `Check that UDP packets from ${client} reach ${endpoint} on ${server}: firewalls, security groups, NAT (spec.gateway.client).`,
    ConnectionError: `Check that UDP packets from ${client} reach ${endpoint} on ${server}: firewalls, security groups, NAT (spec.gateway.client).`,
    ConnectionStale: `Check that the gateways of ${leaves} run: they do not report any more.`,
    WaitingForProbe: 'Wait some seconds: the gateways try the tunnel from pod network to pod network.',
    ProbeFailed: `Look for what drops packets between pods and gateways of ${leaves}: network policies, routes.`,
    LargePacketsLost: `Let packets of the tunnel's MTU pass between ${leaves}, or connect with a smaller --mtu.`,
    OneWay: `Look for what drops packets of one direction between ${leaves}: firewalls that keep no state, network policies, routes.`,
    Unstable: `Look for lost packets between ${endpoint} on ${server} and ${client}; it counts again when it has held for two minutes.`,
    RepairLoop: `Stop whoever changes the object that is named, or leave it alone: kubectl patch vns ${name} --type=merge -p '{"spec":{"paused":true}}'.`,
    LeafNotRead: 'Wait a moment: the controller has just started.',
    LeafError: 'See what the leaf refused, in the message of the condition Ready; it is tried again by itself.',
    Paused: `Let it go on: kubectl patch vns ${name} --type=merge -p '{"spec":{"paused":false}}'.`,
    Deleting:
      'Wait: what the leaves still have is being removed; a leaf that does not answer is cleaned when it returns.',
  };
  return advice[reason];
}
