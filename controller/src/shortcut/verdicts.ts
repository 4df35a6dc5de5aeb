import { formatEndpoint, readServerEndpoint } from '@leafway/liqo';
import type { Verdict } from './conditions.ts';
import { gatewayProblem } from './gateway-problem.ts';
import { expectsKey } from './key-exchange.ts';
import { describeObject, isOtherSpec, isOwnedBy, type Observation } from './observation.ts';
import { eachWithPeer, nameTexts, type Side, type Sides } from './side.ts';

const both = ([a, b]: Sides, say: (side: Side) => string): string => `${say(a)}; ${say(b)}`;

export function leavesReachable({ leaves, shortcut }: Pick<Observation, 'leaves' | 'shortcut'>): Verdict {
  const unknown = leaves.filter(({ leafCluster }) => leafCluster === undefined);
  if (unknown.length > 0) {
    const message = `There is no LeafCluster ${unknown.map(({ id }) => id).join(' and no LeafCluster ')}: register it, for example with leafway leaf add.`;
    return { type: 'LeavesReachable', status: 'False', reason: 'LeafUnknown', message };
  }
  const away = leaves.filter(({ unreachable }) => unreachable !== undefined);
  if (away.length > 0) {
    const words = away.map(({ id, unreachable }) => `${id}: ${unreachable}`).join('; ');
    const message =
      `${words}. Nothing is changed there until it answers: check its API server, and the kubeconfig that its LeafCluster names.` +
      (isOtherSpec(shortcut) ? ' What was changed in the spec of this shortcut is carried out then.' : '');
    return { type: 'LeavesReachable', status: 'False', reason: 'LeafUnreachable', message };
  }
  return { type: 'LeavesReachable', status: 'True', reason: 'AllReachable', message: 'Both leaves answer.' };
}

export function networkConfigured(sides: Sides): Verdict {
  const type = 'NetworkConfigured';
  const ambiguous = sides.find(({ leaf }) => leaf.objects.namespaces.length > 1);
  if (ambiguous !== undefined) {
    const found = ambiguous.leaf.objects.namespaces.map(({ metadata }) => metadata.name).join(', ');
    const message = `${ambiguous.leaf.id} has several namespaces for ${ambiguous.peer}: ${found}. Remove the label of all but one.`;
    return { type, status: 'False', reason: 'NamespaceAmbiguous', message };
  }
  const differing = sides.find(({ cidrsAgree, configuration }) => configuration !== undefined && !cidrsAgree);
  if (differing?.configuration !== undefined) {
    const name = `${differing.configuration.metadata.namespace}/${differing.configuration.metadata.name}`;
    const isOurs = isOwnedBy(differing.configuration, differing.input.shortcut.metadata.uid ?? '');
    const advice = isOurs ? '' : ' It is not ours: remove it if nobody else needs it, and it is made anew.';
    const message = `Configuration ${name} on ${differing.leaf.id} holds other ranges than ${differing.peer} has now.${advice}`;
    return { type, status: 'False', reason: 'RemoteCIDRsDiffer', message };
  }
  const followed = rangesChanged(sides);
  if (followed !== undefined) return followed;
  const waiting = sides.find(({ reading }) => reading?.ready !== true);
  if (waiting !== undefined) {
    const why =
      waiting.reading === undefined ? 'it does not exist yet' : waiting.reading.ready ? '' : waiting.reading.reason;
    const isLookedAt = waiting.configuration?.status !== undefined;
    const advice = isLookedAt ? '' : ' If that lasts, check that Liqo, or the Leafway agent, runs there.';
    const message = `The Configuration for ${waiting.peer} on ${waiting.leaf.id} is not ready: ${why}.${advice}`;
    return { type, status: 'False', reason: 'WaitingForConfiguration', message };
  }
  return namesDiffer(sides) ?? { type, status: 'True', reason: 'Configured', message: `${both(sides, names)}.` };
}

/**
 * Liqo makes Networks of the ranges that a Configuration has at first, and never again (as in Liqo 1.2): a later change
 * gives no names to the new ranges, though its status looks as if it did.
 */
function rangesChanged(sides: Sides): Verdict | undefined {
  for (const { leaf, peer, input } of sides) {
    const today = [...input.peer.pod, ...input.peer.external].map(({ text }) => text);
    const former = input.own.inUse.flatMap(({ remoteClusterID, real }) =>
      remoteClusterID === peer && real !== undefined && !today.includes(real.text) ? [real.text] : [],
    );
    if (former.length === 0) continue;
    const message = `The ranges of ${peer} are ${today.join(', ')} now, but ${leaf.id} has names for ${former.join(', ')}, which they were when the link was made; Liqo does not follow such a change. Delete this shortcut, and create it again when it is gone.`;
    return { type: 'NetworkConfigured', status: 'False', reason: 'RangesChanged', message };
  }
  return undefined;
}

/** Of ours: the agent has not looked yet. A Configuration of somebody else is not changed, and so never agrees. */
function namesDiffer(sides: Sides): Verdict | undefined {
  const type = 'NetworkConfigured';
  const side = sides.find(({ namesAgree }) => !namesAgree);
  if (side?.configuration === undefined || !side.reading?.ready) return undefined;
  const { leaf, peer, configuration, reading, input } = side;
  const given = nameTexts(reading).join(', ');
  const wanted = nameTexts(input.side.names).join(', ');
  if (isOwnedBy(configuration, input.shortcut.metadata.uid ?? '')) {
    const message = `${leaf.id} still calls ${peer}'s ranges ${given}; ${wanted} are wanted.`;
    return { type, status: 'False', reason: 'WaitingForConfiguration', message };
  }
  const message = `${describeObject(configuration, leaf.id)} is not ours and calls ${peer}'s ranges ${given}; ${wanted} are wanted. Use the policy Auto, or remove that Configuration if nobody else needs it.`;
  return { type, status: 'False', reason: 'NamesDiffer', message };
}

function names({ leaf, peer, reading }: Side): string {
  const texts = reading?.ready ? reading.pod.map(({ name }) => name.text).join(', ') : '';
  return `${leaf.id} calls ${peer}'s pods ${texts}`;
}

export function gatewaysReady(sides: Sides): Verdict {
  const type = 'GatewaysReady';
  const problem = gatewayProblem(sides);
  if (problem !== undefined) return problem;
  const server = sides.find(({ role }) => role === 'Server');
  const client = sides.find(({ role }) => role === 'Client');
  const endpoint = server?.gateway === undefined ? undefined : readServerEndpoint(server.gateway);
  if (endpoint === undefined) {
    const message = `The gateway server on ${server?.leaf.id} has no endpoint yet. If that lasts, see its Service there: without load balancers set spec.gateway.service.type to NodePort.`;
    return { type, status: 'False', reason: 'WaitingForServer', message };
  }
  if (client?.gateway === undefined) {
    return {
      type,
      status: 'False',
      reason: 'WaitingForClient',
      message: `${client?.leaf.id} has no gateway client yet. If that lasts, check that Liqo, or the Leafway agent, runs there.`,
    };
  }
  const message = `${server?.leaf.id} serves at ${formatEndpoint(endpoint)}; ${client.leaf.id} is the client.`;
  return { type, status: 'True', reason: 'Ready', message };
}

export function keysExchanged(sides: Sides): Verdict {
  const type = 'KeysExchanged';
  for (const [side, peer] of eachWithPeer(sides)) {
    if (peer.ownKey === undefined) {
      return {
        type,
        status: 'False',
        reason: 'WaitingForKey',
        message: `The gateway on ${peer.leaf.id} has no key yet. If that lasts, check that it runs: it makes its key when it starts.`,
      };
    }
    if (!expectsKey(side, peer.ownKey)) {
      const foreign = side.publicKey === undefined ? side.leaf.objects.publicKeys[0]?.metadata : undefined;
      const inTheWay =
        foreign === undefined ? '' : ` PublicKey ${foreign.namespace}/${foreign.name} there is not ours: remove it.`;
      const message = `${side.leaf.id} does not have the key of ${peer.leaf.id} yet.${inTheWay}`;
      return { type, status: 'False', reason: 'WaitingForKey', message };
    }
  }
  return { type, status: 'True', reason: 'Exchanged', message: 'Each gateway has the key of the other.' };
}

/** Nothing can be said of a link while a leaf was not read since this process started. */
export function notRead(leaf: string): Verdict[] {
  const message = `What ${leaf} has for this link was not read yet.`;
  const types = ['NetworkConfigured', 'GatewaysReady', 'KeysExchanged', 'Connected'] as const;
  return types.map((type) => ({ type, status: 'Unknown', reason: 'LeafNotRead', message }));
}
