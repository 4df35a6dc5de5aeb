import type { CompleteShortcutSpec } from '../api/index.ts';
import { type Problem, problem } from '../errors.ts';
import { serverNotInPair } from '../roles/elect-server.ts';

/** The bounds of a tunnel's MTU: the least that IPv6 allows, and a jumbo frame of 9000 bytes less WireGuard's 80. */
const mtuBounds = { min: 1280, max: 8920 } as const;

/**
 * What is wrong with a spec whatever the facts are. The CRD says the same; a plan is also asked for where no API
 * server has looked at the spec.
 */
export function checkSpec(spec: CompleteShortcutSpec): Problem[] {
  const [{ id: a }, { id: b }] = spec.clusters;
  if (a === b) {
    const message = `both entries name the cluster "${a}": a shortcut links two different leaf clusters`;
    return [problem('spec.clusters[1].id', 'CORE_SELF_PAIR', message)];
  }
  const problems: Problem[] = [];
  const { server, mtu } = spec.gateway;
  if (server !== 'Auto' && server !== a && server !== b) {
    problems.push(serverNotInPair(server, [a, b]));
  }
  if (mtu < mtuBounds.min || mtu > mtuBounds.max) {
    const message = `${mtu} is not between ${mtuBounds.min} and ${mtuBounds.max}: leave it out for 1340, which fits most networks`;
    problems.push(problem('spec.gateway.mtu', 'CORE_MTU_RANGE', message));
  }
  return [...problems, ...checkExplicitClusters(spec, [a, b])];
}

function checkExplicitClusters({ ipMapping }: CompleteShortcutSpec, ids: readonly string[]): Problem[] {
  const entries = ipMapping.explicit ?? [];
  return entries.flatMap(({ cluster }, index) => {
    const path = `spec.ipMapping.explicit[${index}].cluster`;
    if (!ids.includes(cluster)) {
      return [
        problem(
          path,
          'CORE_MAPPING_CLUSTER',
          `"${cluster}" is not part of this link: each entry is about ${ids.join(' or ')}`,
        ),
      ];
    }
    const isRepeated = entries.findIndex((entry) => entry.cluster === cluster) < index;
    return isRepeated
      ? [problem(path, 'CORE_MAPPING_CLUSTER', `a second entry about ${cluster}: put its ranges into one`)]
      : [];
  });
}
