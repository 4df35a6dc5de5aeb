import type { LeafCluster, LeafClusterStatus } from '@leafway/core';
import { type Subject, userName } from './account.ts';
import type { LeafVerdict } from './conditions.ts';
import type { Credential } from './link.ts';
import { describeRights, neededRights, type Right, rightKey } from './rights.ts';

/** How far the removal of what deleted shortcuts left on a leaf is. */
export interface CleanupFindings {
  readonly left: readonly unknown[];
  readonly failure?: Error;
  /** What others keep from going, in words. */
  readonly held: readonly string[];
  /** A human said that what was left is not to be removed. */
  readonly isGivenUp?: boolean;
}

/** What the verdicts on a leaf follow from. */
export interface LeafFindings {
  /** Its ID. */
  readonly leaf: string;
  /** `undefined` where nothing was ever left, or where it is said already how that ended. */
  readonly cleanup: CleanupFindings | undefined;
  readonly isDeleted: boolean;
  /** Why the leaf cannot be used now. */
  readonly problem: string | undefined;
  /** What the leaf says and no LeafCluster can hold, with the reason. */
  readonly malformed: readonly string[];
  readonly networks: LeafClusterStatus['networks'];
  /** What we may not do there; `undefined` while that is not known. */
  readonly missing: readonly Right[] | undefined;
  readonly account: Subject | undefined;
  readonly credential: Credential | undefined;
  readonly secret: LeafCluster['spec']['kubeconfigSecretRef'];
  readonly liqoNamespace: string;
}

/** Set to any value by a human: what is left on the leaf is given up. */
export const abandonAnnotation = 'leafway.dev/abandon';

const leaving = {
  status: 'False',
  reason: 'Deleting',
  message:
    'This LeafCluster is being deleted; it is held as long as a VirtualNodeShortcut uses it or a remainder is to be removed.',
} as const;

/** The conditions of a leaf. One of which nothing is known yet is not among them. */
export function leafVerdicts(findings: LeafFindings): LeafVerdict[] {
  const { isDeleted, problem, missing = [], liqoNamespace } = findings;
  const unusable =
    problem === undefined ? undefined : ({ status: 'False', reason: 'Unusable', message: `${problem}.` } as const);
  const unknown = unknownFacts(findings);
  const vital = new Set(neededRights(liqoNamespace).vital.map(rightKey));
  const isPowerless = missing.some((right) => vital.has(rightKey(right)));
  const powerless = isPowerless ? notPermitted(findings, missing) : undefined;
  const [reachable, gathered, ready] = [
    { status: 'True', reason: 'Reachable', message: 'The API server of this leaf answers.' },
    { status: 'True', reason: 'Gathered', message: 'The networks of this leaf are known.' },
    { status: 'True', reason: 'Ready', message: 'This leaf can be linked.' },
  ] as const;
  return [
    { type: 'Reachable', ...(unusable ?? reachable) },
    ...credentialVerdict(findings),
    ...permissionVerdict(findings),
    { type: 'FactsGathered', ...(unknown ?? gathered) },
    ...cleanupVerdict(findings),
    { type: 'Ready', ...(isDeleted ? leaving : (unusable ?? unknown ?? powerless ?? ready)) },
  ];
}

function credentialVerdict({ credential, secret }: LeafFindings): LeafVerdict[] {
  const type = 'CredentialsCurrent';
  const where = `Secret ${secret.namespace}/${secret.name}`;
  if (credential === undefined)
    return [
      { type, status: 'Unknown', reason: 'NotRead', message: `What ${where} holds is not known; see Reachable.` },
    ];
  // What was said last was of what is used still; who waits for the new one must not be told too soon.
  if (credential.isUnproven === true) return [];
  if (credential.refusal === undefined)
    return [{ type, status: 'True', reason: 'Current', message: `The controller logs in with what ${where} holds.` }];
  const until = credential.expiresAt === undefined ? '' : `, which is good until ${credential.expiresAt.toISOString()}`;
  const message =
    `What ${where} holds now is not used: ${credential.refusal}. The controller goes on with what it had before${until}; ` +
    'put a kubeconfig of this leaf that works into it, or name another Secret.';
  return [{ type, status: 'False', reason: 'NotTakenOver', message }];
}

function permissionVerdict(findings: LeafFindings): LeafVerdict[] {
  const { missing } = findings;
  if (missing === undefined) return [];
  const type = 'Permitted';
  if (missing.length > 0) return [{ type, ...notPermitted(findings, missing) }];
  const message = 'The controller may do on this leaf what it needs to.';
  return [{ type, status: 'True', reason: 'Permitted', message }];
}

function notPermitted({ account }: LeafFindings, missing: readonly Right[]) {
  const who = account === undefined ? 'The account of the kubeconfig' : userName(account);
  const message =
    `${who} may not, on this leaf: ${describeRights(missing)}. Give it the role leafway-centre there, as the chart ` +
    'leafway-leaf of the same version does; it is asked again every 5 minutes.';
  return { status: 'False', reason: 'NotPermitted', message } as const;
}

function cleanupVerdict({ leaf, cleanup, problem }: LeafFindings): LeafVerdict[] {
  if (cleanup === undefined) return [];
  const type = 'CleanedUp';
  const { left, failure, held, isGivenUp } = cleanup;
  if (isGivenUp === true) {
    const message = 'What deleted shortcuts left on this leaf was given up: it is there still, and is not removed.';
    return [{ type, status: 'True', reason: 'GivenUp', message }];
  }
  if (left.length === 0) {
    const message = 'Nothing of deleted shortcuts is left to be removed from this leaf.';
    return [{ type, status: 'True', reason: 'CleanedUp', message }];
  }
  // The way out stands before what may be long: messages are cut.
  const message = (state: string, ...details: readonly string[]): string =>
    [
      `What deleted shortcuts left on this leaf ${state}; it stands in status.pendingCleanup. To give all of it up, run`,
      `"kubectl annotate leafcluster ${leaf} ${abandonAnnotation}=true".`,
      ...details,
    ].join(' ');
  const status = 'False';
  if (problem !== undefined)
    return [{ type, status, reason: 'LeafUnusable', message: message('is removed when it can be used again') }];
  if (failure !== undefined) {
    const why = `${failure.message}.`;
    return [{ type, status, reason: 'Failing', message: message('cannot be removed, which is tried again', why) }];
  }
  return [{ type, status, reason: 'Removing', message: message('is being removed', ...held) }];
}

function unknownFacts({ malformed, networks }: LeafFindings) {
  const [status, missing] = ['False', missingFacts(networks)] as const;
  if (malformed.length > 0)
    return {
      status,
      reason: 'Malformed',
      message: `The leaf reports what cannot be taken over: ${malformed.join('; ')}.`,
    } as const;
  return missing === undefined ? undefined : ({ status, reason: 'Missing', message: missing } as const);
}

function missingFacts(networks: LeafFindings['networks']): string | undefined {
  if (networks === undefined) return 'Nothing is known of this leaf yet.';
  if (networks.pod.length === 0)
    return 'No Network with the pod CIDR is found in the namespace of Liqo; is Liqo, or the leaf agent, installed?';
  if (networks.external.length !== 1)
    return `Exactly one external CIDR is needed, ${networks.external.length} are found.`;
  return undefined;
}
