import { labelKeys, networkTypes } from '../api/labels.ts';
import type { Configuration, LiqoObject, Network } from '../api/types.ts';
import { writesConditions } from './configuration.ts';

/** Which Liqo runs a cluster, as far as its objects tell. */
export interface LiqoVersion {
  /** As the chart writes it, like `v1.2.0`. */
  readonly version?: string;
  /** `1.0` up to 1.1, `1.2` from then on: what it does with several pod CIDRs and with annotations of Services. */
  readonly dialect?: '1.0' | '1.2';
}

/**
 * Reads the version from the labels that Liqo's chart puts on its own objects, and the dialect from what Liqo does: it
 * was built from any commit, and the label then names no version. Objects are those of Liqo's namespace.
 */
export function readLiqoVersion(own: {
  readonly networks: readonly Network[];
  readonly configurations: readonly Configuration[];
}): LiqoVersion {
  const version = own.networks.map(versionOf).find((found) => found !== undefined);
  const dialect = dialectOf(own) ?? dialectOfVersion(version);
  return { ...(version === undefined ? {} : { version }), ...(dialect === undefined ? {} : { dialect }) };
}

function versionOf({ metadata: { labels } }: LiqoObject): string | undefined {
  const version: unknown = labels?.[labelKeys.appVersion];
  const isVersion = typeof version === 'string' && /^[-.+\w]{1,64}$/.test(version);
  return labels?.[labelKeys.partOf] === 'liqo' && isVersion ? version : undefined;
}

/** Told by what 1.2 began to write: a Configuration's readiness as a condition, and shared Networks. */
function dialectOf({ networks, configurations }: Parameters<typeof readLiqoVersion>[0]): LiqoVersion['dialect'] {
  const isShared = networks.some(
    ({ metadata: { labels } }) =>
      labels?.[labelKeys.networkType] === networkTypes.pod && labels[labelKeys.networkShared] === 'true',
  );
  if (isShared || configurations.some(writesConditions)) return '1.2';
  const isLabelled = configurations.some(({ metadata }) => metadata.labels?.[labelKeys.configured] === 'true');
  return isLabelled ? '1.0' : undefined;
}

function dialectOfVersion(version = ''): LiqoVersion['dialect'] {
  const [, major, minor] = /^v?(\d{1,4})\.(\d{1,4})\.\d/.exec(version) ?? [];
  if (major === undefined || minor === undefined) return undefined;
  return Number(major) > 1 || (Number(major) === 1 && Number(minor) >= 2) ? '1.2' : '1.0';
}
