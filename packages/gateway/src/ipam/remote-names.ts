import { allocate, type Cidr, overlaps, safeParseCidr } from '@leafway/core';
import { annotationKeys, type Configuration, decodeWantedCIDRs } from '@leafway/liqo';

/** A range that has a meaning on this cluster already. */
export interface TakenRange {
  readonly cidr: Cidr;
  /** For people: `pod CIDR`, `name of milan's pods`. */
  readonly owner: string;
}

/** Why a Configuration gets no names: the reason of its condition. */
export type NamesProblem =
  | 'CIDRsMissing'
  | 'CIDRsMalformed'
  | 'CIDRsOverlap'
  | 'WantedCIDRsMalformed'
  | 'WantedCIDRsTaken'
  | 'NoFreeCIDR';

/** What this cluster calls a remote's ranges, index-aligned with `spec.remote.cidr` (as in Liqo 1.2). */
export type NamesDecision =
  | { readonly ok: true; readonly pod: readonly string[]; readonly external: readonly string[] }
  | { readonly ok: false; readonly reason: NamesProblem; readonly message: string };

/** The condition that tells whether the names are given (as in Liqo 1.2). */
export const namesCondition = 'NetworkCIDRsConfigured';

const kinds = ['pod', 'external'] as const;

interface Real {
  readonly kind: (typeof kinds)[number];
  readonly index: number;
  readonly cidr: Cidr;
}

/**
 * Gives names to the ranges of a Configuration: the wanted ones of the annotation `leafway.dev/wanted-cidrs`, else
 * those it has, else by the allocation rule of Liqo's IPAM. Pure, so the same question has the same answer.
 * `taken` must not contain this Configuration's own names.
 */
export function decideNames(configuration: Configuration, taken: readonly TakenRange[]): NamesDecision {
  const reals: Real[] = [];
  for (const kind of kinds) {
    const ranges = readRanges(`spec.remote.cidr.${kind}`, configuration.spec?.remote?.cidr?.[kind] ?? []);
    if (!ranges.ok) return ranges;
    reals.push(...ranges.cidrs.map((cidr, index) => ({ kind, index, cidr })));
  }
  const clash = firstOverlap(reals);
  if (clash !== undefined) return refuse('CIDRsOverlap', clash);
  const wanted = configuration.metadata.annotations?.[annotationKeys.wantedCIDRs];
  return wanted === undefined ? chooseNames(configuration, reals, taken) : takeWanted(wanted, reals, taken);
}

function readRanges(
  path: string,
  texts: readonly string[],
): { ok: true; cidrs: Cidr[] } | Extract<NamesDecision, { ok: false }> {
  if (texts.length === 0) return refuse('CIDRsMissing', `${path} is empty: name the remote cluster's ranges`);
  const cidrs: Cidr[] = [];
  for (const [index, text] of texts.entries()) {
    const parsed = safeParseCidr(text);
    if (!parsed.ok) return refuse('CIDRsMalformed', `${path}[${index}]: ${parsed.message}`);
    if (parsed.value.family !== 4)
      return refuse('CIDRsMalformed', `${path}[${index}]: ${text} is IPv6, this agent's tunnels carry IPv4`);
    cidrs.push(parsed.value);
  }
  return { ok: true, cidrs };
}

/** A remote whose own ranges overlap cannot be told apart by address. */
function firstOverlap(reals: readonly Real[]): string | undefined {
  for (const [position, a] of reals.entries()) {
    const b = reals.slice(0, position).find(({ cidr }) => overlaps(cidr, a.cidr));
    if (b !== undefined)
      return `spec.remote.cidr: the ${b.kind} range ${b.cidr.text} and the ${a.kind} range ${a.cidr.text} overlap`;
  }
  return undefined;
}

/** The centre planned these names and told others of them: no other names will do. */
function takeWanted(text: string, reals: readonly Real[], taken: readonly TakenRange[]): NamesDecision {
  const where = `annotation ${annotationKeys.wantedCIDRs}`;
  const wanted = decodeWantedCIDRs(text);
  if (wanted === undefined)
    return refuse('WantedCIDRsMalformed', `${where}: not a JSON object with the lists pod and external`);
  const names: TakenRange[] = [];
  for (const kind of kinds) {
    const ownReals = reals.filter((real) => real.kind === kind);
    if (wanted[kind].length !== ownReals.length) {
      return refuse(
        'WantedCIDRsMalformed',
        `${where}: ${wanted[kind].length} ${kind} ranges for the ${ownReals.length} of spec.remote.cidr.${kind}`,
      );
    }
    for (const { cidr, index } of ownReals) {
      const name = safeParseCidr(wanted[kind][index] ?? '');
      if (!name.ok) return refuse('WantedCIDRsMalformed', `${where}: ${kind}[${index}]: ${name.message}`);
      if (!isSameSize(name.value, cidr)) {
        return refuse(
          'WantedCIDRsMalformed',
          `${where}: ${kind}[${index}]: ${name.value.text} is not of the same length as ${cidr.text}`,
        );
      }
      const obstacle = [...taken, ...names].find((range) => overlaps(range.cidr, name.value));
      if (obstacle !== undefined) {
        return refuse(
          'WantedCIDRsTaken',
          `the wanted ${kind} range ${name.value.text} overlaps the ${obstacle.owner} ${obstacle.cidr.text}`,
        );
      }
      names.push({ cidr: name.value, owner: 'other wanted range' });
    }
  }
  return decided(
    reals,
    names.map(({ cidr }) => cidr),
  );
}

/**
 * Names once given stay as long as they fit. When the spec changed since, a range whose own addresses are free is
 * called by them, whatever it was called before.
 */
function chooseNames(
  configuration: Configuration,
  reals: readonly Real[],
  taken: readonly TakenRange[],
): NamesDecision {
  const names: Cidr[] = [];
  const answered = configuration.status?.conditions?.find(({ type }) => type === namesCondition)?.observedGeneration;
  const isUnchanged = answered === undefined || answered === configuration.metadata.generation;
  for (const { kind, index, cidr } of reals) {
    const inUse = [...taken.map((range) => range.cidr), ...names];
    const isFree = (candidate: Cidr): boolean => !inUse.some((range) => overlaps(range, candidate));
    const given = safeParseCidr(configuration.status?.remote?.cidr?.[kind]?.[index] ?? '');
    const kept = given.ok && isSameSize(given.value, cidr) && isFree(given.value) ? given.value : undefined;
    const allocated = allocate(cidr, inUse, { outsidePools: 'keep' });
    const name = isUnchanged || allocated?.text !== cidr.text ? (kept ?? allocated) : allocated;
    if (name === undefined)
      return refuse('NoFreeCIDR', `no /${cidr.length} is free for the remote ${kind} range ${cidr.text}`);
    names.push(name);
  }
  return decided(reals, names);
}

function isSameSize(a: Cidr, b: Cidr): boolean {
  return a.family === b.family && a.length === b.length;
}

function decided(reals: readonly Real[], names: readonly Cidr[]): NamesDecision {
  const ofKind = (kind: Real['kind']): string[] =>
    names.filter((_, position) => reals[position]?.kind === kind).map(({ text }) => text);
  return { ok: true, pod: ofKind('pod'), external: ofKind('external') };
}

function refuse(reason: NamesProblem, message: string): Extract<NamesDecision, { ok: false }> {
  return { ok: false, reason, message };
}
