import { type RangeMapping, safeParseCidr } from '@leafway/core';
import { annotationKeys } from '../api/labels.ts';
import type { Configuration } from '../api/types.ts';
import { decodeWantedCIDRs } from '../codecs/wanted-cidrs.ts';

/** What a Configuration says, in every version from 1.0 on. */
export type ConfigurationReading =
  | {
      readonly ready: true;
      /** The remote's ranges and what this cluster calls them. */
      readonly pod: readonly RangeMapping[];
      readonly external: readonly RangeMapping[];
    }
  | { readonly ready: false; readonly reason: string };

const readyCondition = 'NetworkCIDRsConfigured';

/**
 * Ready when every range has a name and, where the cluster writes the condition `NetworkCIDRsConfigured`,
 * it is True for the current generation: versions before 1.2 do not write it.
 */
export function readConfiguration(configuration: Configuration): ConfigurationReading {
  const condition = configuration.status?.conditions?.find(({ type }) => type === readyCondition);
  if (condition !== undefined) {
    if (condition.status !== 'True') return notReady(condition.message || condition.reason);
    if (
      condition.observedGeneration !== undefined &&
      condition.observedGeneration !== configuration.metadata.generation
    ) {
      return notReady('its latest change is not processed yet');
    }
  }
  const real = configuration.spec?.remote?.cidr;
  const named = configuration.status?.remote?.cidr;
  const pod = readRanges('pod', real?.pod, named?.pod);
  if (!pod.ok) return notReady(pod.reason);
  const external = readRanges('external', real?.external, named?.external);
  if (!external.ok) return notReady(external.reason);
  return { ready: true, pod: pod.ranges, external: external.ranges };
}

/** Whether Liqo 1.2 or later worked on it: earlier versions wrote no conditions. */
export function writesConditions({ status }: Configuration): boolean {
  return status?.conditions?.some(({ type }) => type === readyCondition) ?? false;
}

function notReady(reason: string): ConfigurationReading {
  return { ready: false, reason };
}

type RangesReading = { ok: true; ranges: RangeMapping[] } | { ok: false; reason: string };

function readRanges(what: string, real: readonly string[] = [], names: readonly string[] = []): RangesReading {
  if (real.length === 0) return { ok: false, reason: `it names no ${what} range of the remote cluster` };
  if (names.length !== real.length || names.includes('')) {
    return { ok: false, reason: `no name is given yet to the remote ${what} range ${firstUnnamed(real, names)}` };
  }
  const ranges: RangeMapping[] = [];
  for (const [index, text] of real.entries()) {
    const range = safeParseCidr(text);
    const name = safeParseCidr(names[index] ?? '');
    if (!range.ok) return { ok: false, reason: `spec.remote.cidr.${what}[${index}]: ${range.message}` };
    if (!name.ok) return { ok: false, reason: `status.remote.cidr.${what}[${index}]: ${name.message}` };
    if (name.value.length !== range.value.length || name.value.family !== range.value.family) {
      return { ok: false, reason: `the ${what} range ${text} has a name of another length, ${names[index]}` };
    }
    ranges.push({ real: range.value, name: name.value });
  }
  return { ok: true, ranges };
}

function firstUnnamed(real: readonly string[], names: readonly string[]): string {
  return real.find((_, index) => (names[index] ?? '') === '') ?? real.join(', ');
}

/** A name that stands for a range of a remote, as far as it is told which. */
interface TakenName {
  readonly name: string;
  readonly real: string | undefined;
}

/**
 * The names that a cluster gave to a remote's ranges, ready or not, and as long as it gave none those that it is asked for
 * and did not refuse: all of them are taken.
 */
export function namesTakenBy(configuration: Configuration, range: 'pod' | 'external'): TakenName[] {
  const { spec, status } = configuration;
  const real = spec?.remote?.cidr?.[range];
  const given = (status?.remote?.cidr?.[range] ?? []).map((name, index) => ({ name, real: real?.[index] }));
  return given.length === 0 ? namesAskedBy(configuration, range) : given.filter(({ name }) => name !== '');
}

function namesAskedBy({ metadata, spec, status }: Configuration, range: 'pod' | 'external'): TakenName[] {
  const isRefused = status?.conditions?.some(({ type, status }) => type === readyCondition && status === 'False');
  const asked = metadata.annotations?.[annotationKeys.wantedCIDRs];
  const names = isRefused || asked === undefined ? undefined : decodeWantedCIDRs(asked);
  const real = spec?.remote?.cidr?.[range] ?? [];
  // Anybody can annotate it with anything.
  return real.map((text, index) => ({ name: names?.[range][index] ?? '', real: text })).filter(isRange);
}

const isRange = ({ name }: TakenName): boolean => safeParseCidr(name).ok;
