import { type Cidr, parseCidr, safeParseCidr, unusableRange } from '@leafway/core';
import { isClusterID } from '@leafway/liqo';
import { LabError } from '../errors.ts';

/** What the user asked for, checked. */
export interface LabRequest {
  /** The first one is the centre. */
  readonly clusters: readonly RequestedCluster[];
}

/** A cluster by its Liqo cluster ID, and the range of its pods. */
export interface RequestedCluster {
  readonly id: string;
  readonly podCIDR: Cidr;
}

const defaultClusters = 'central,rome,milan';
const defaultPodCIDR = '10.244.0.0/16';

/** Each leaf has a gateway address of its own in a /24 of the WAN, hence the bound. */
const maxClusters = 200;
/** Directories of the lab itself, beside the clusters' own. */
const reservedIDs = new Set(['bin', 'logs', 'stopped']);
/** The pods have host numbers 10 and 11. */
const longestPrefix = 28;

/**
 * Reads `--clusters` (comma-separated) and `--pod-cidr` (`<cluster>=<cidr>`, any number of them).
 * @throws LabError `LAB_ARGUMENT` that names every problem at once.
 */
export function parseLabArguments(input: {
  readonly clusters?: string | undefined;
  readonly podCIDRs?: readonly string[] | undefined;
}): LabRequest {
  const problems: string[] = [];
  const ids = (input.clusters ?? defaultClusters).split(',').map((id) => id.trim());
  problems.push(...checkClusterIDs(ids));
  const chosen = new Map<string, Cidr>();
  for (const text of input.podCIDRs ?? []) {
    const parsed = parseChoice(text, ids);
    if (typeof parsed === 'string') problems.push(parsed);
    else if (chosen.has(parsed.id)) problems.push(`--pod-cidr ${text}: ${parsed.id} has two pod CIDRs, name it once`);
    else chosen.set(parsed.id, parsed.cidr);
  }
  if (problems.length > 0) throw new LabError('LAB_ARGUMENT', problems.join('\n'));
  return { clusters: ids.map((id) => ({ id, podCIDR: chosen.get(id) ?? parseCidr(defaultPodCIDR) })) };
}

function checkClusterIDs(ids: readonly string[]): string[] {
  const problems: string[] = [];
  if (ids.length < 2) problems.push('--clusters: a lab needs a centre and at least one leaf, for example central,rome');
  if (ids.length > maxClusters) problems.push(`--clusters: ${ids.length} clusters, a lab has at most ${maxClusters}`);
  for (const id of ids) {
    if (!isClusterID(id)) {
      problems.push(`--clusters: "${id}" is not a cluster ID: at most 51 lower-case letters, digits and inner dashes`);
    } else if (reservedIDs.has(id)) {
      problems.push(`--clusters: "${id}" is the name of a directory of the lab, choose another ID`);
    }
  }
  for (const id of new Set(ids.filter((candidate, index) => ids.indexOf(candidate) !== index))) {
    problems.push(`--clusters: "${id}" is named twice`);
  }
  return problems;
}

function parseChoice(text: string, ids: readonly string[]): { id: string; cidr: Cidr } | string {
  const separator = text.indexOf('=');
  if (separator <= 0) return `--pod-cidr ${text}: expected <cluster>=<cidr>, for example rome=10.1.0.0/16`;
  const id = text.slice(0, separator);
  if (!ids.includes(id)) return `--pod-cidr ${text}: there is no cluster "${id}", the clusters are ${ids.join(', ')}`;
  const parsed = safeParseCidr(text.slice(separator + 1));
  if (!parsed.ok) return `--pod-cidr ${text}: ${parsed.message}`;
  const cidr = parsed.value;
  if (cidr.family !== 4) return `--pod-cidr ${text}: the lab is IPv4 only`;
  if (cidr.length > longestPrefix) {
    return `--pod-cidr ${text}: too small, the pods have the host numbers 10 and 11, so /${longestPrefix} is the smallest`;
  }
  const why = unusableRange(cidr);
  return why === undefined ? { id, cidr } : `--pod-cidr ${text}: ${why}`;
}
