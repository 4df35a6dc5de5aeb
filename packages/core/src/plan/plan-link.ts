import type { CompleteShortcutSpec } from '../api/index.ts';
import type { Problem } from '../errors.ts';
import type { LeafFacts } from '../facts/leaf-facts.ts';
import type { RemoteNames } from '../remap/range-mapping.ts';
import { electServer } from '../roles/elect-server.ts';
import { checkDialect } from './check-dialect.ts';
import { checkTemplates } from './check-templates.ts';
import type { Ground } from './ground.ts';
import { planNames } from './names.ts';
import type { Plan, SidePlan } from './plan.ts';
import { planWarnings } from './warnings.ts';

/** A plan, or everything that is in its way. */
export type PlanOutcome =
  | { readonly ok: true; readonly plan: Plan }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** What a plan is made from. */
export interface LinkInput {
  /** With nothing wrong in itself. */
  readonly spec: CompleteShortcutSpec;
  /** In the order of the clusters of the spec, as are the grounds on which the names are taken. */
  readonly facts: readonly [LeafFacts, LeafFacts];
  readonly grounds: readonly [Ground, Ground];
  /** Which of the two runs the server now, if the link exists. */
  readonly currentServer?: string | undefined;
  /** Those whose gateway server was tried and cannot work. */
  readonly unfit?: readonly string[] | undefined;
  /** The time, for credentials that expire; nothing is said about them without it. */
  readonly now?: Date | undefined;
}

/**
 * What a shortcut leads to: roles, names and objects of both sides, or everything that is in the way. The order of
 * the clusters makes no difference. The names are taken from the grounds.
 */
export function planLink({ spec, facts: [a, b], grounds, currentServer, unfit, now }: LinkInput): PlanOutcome {
  const election = electServer({ facts: [a, b], wish: spec.gateway.server, currentServer, unfit });
  const onA = planNames([a, b], spec.ipMapping, grounds[0]);
  const onB = planNames([b, a], spec.ipMapping, grounds[1]);
  const problems = [
    ...(election.ok ? checkWishes(spec, [a, b], election.value.server) : [election.problem]),
    ...(onA.ok ? [] : onA.problems),
    ...(onB.ok ? [] : onB.problems),
  ];
  if (!election.ok || !onA.ok || !onB.ok || problems.length > 0) return { ok: false, problems };
  const { server, reason } = election.value;
  const core = {
    sides: [planSide(a, b, server, onA.value), planSide(b, a, server, onB.value)] as const,
    server,
    roleReason: reason,
    mtu: spec.gateway.mtu,
  };
  const warnings = planWarnings({ plan: core, spec, facts: [a, b], now });
  return { ok: true, plan: { ...core, warnings } };
}

/** What the two clusters, in their roles, cannot do of what the spec wishes. */
function checkWishes(spec: CompleteShortcutSpec, [a, b]: LinkInput['facts'], serverID: string): Problem[] {
  const ends = a.id === serverID ? { server: a, client: b } : { server: b, client: a };
  return [...checkTemplates(spec, ends), ...checkDialect(spec, ends)];
}

function planSide(self: LeafFacts, peer: LeafFacts, server: string, names: RemoteNames): SidePlan {
  const role = self.id === server ? 'Server' : 'Client';
  return {
    cluster: self.id,
    peer: peer.id,
    role,
    names,
    certainty: self.dataPlane === 'Leafway' ? 'will be' : 'expected',
    objects: [
      { kind: 'Namespace', name: `liqo-tenant-${peer.id}` },
      { kind: 'Configuration', name: peer.id },
      { kind: `Gateway${role}`, name: peer.id },
      { kind: 'PublicKey', name: peer.id },
    ],
  };
}
