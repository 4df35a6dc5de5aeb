import { buildNetwork } from '../network/build.ts';
import { runCommand } from '../network/run.ts';
import { podPart } from '../parts.ts';
import { podNames } from '../plan/networks.ts';
import { publishPods } from '../setup/published-pods.ts';
import { type GivenNames, nameRanges } from '../setup/ranges.ts';
import { connect } from '../setup/tunnels.ts';
import type { BringUp } from './bring-up-work.ts';
import { startCentralParts } from './start-central-parts.ts';
import { type RunningCluster, startCluster } from './start-cluster.ts';

/** Starts everything that the plan says, in the order of what needs what; resolves when all of it works. */
export async function bringUp(work: BringUp): Promise<void> {
  const { plan, progress } = work;
  const network = startNetwork(work);
  // A failure is reported where it is awaited; until then it must not end the process.
  network.catch(() => {});
  const clusters = await Promise.all(plan.clusters.map((cluster) => startCluster(work, cluster, network)));
  const [centre, ...leaves] = clusters as [RunningCluster, ...RunningCluster[]];
  progress(`${clusters.length} control planes, their nodes and pods are up`);
  const names = await nameAllRanges(centre, leaves);
  await Promise.all([
    buildPaths(centre, names).then(() =>
      progress(`tunnels ${centre.plan.id} ↔ ${leaves.map((leaf) => leaf.plan.id).join(', ')} are connected`),
    ),
    plan.bare
      ? undefined
      : startCentralParts(work, centre, leaves).then(() =>
          progress('webhook and controller are up, every LeafCluster is Ready'),
        ),
  ]);
  await Promise.all(clusters.map((cluster) => cluster.close()));
}

async function startNetwork({ plan, start }: BringUp): Promise<void> {
  await buildNetwork(plan, runCommand);
  for (const cluster of plan.clusters) {
    for (const pod of podNames) start(podPart(plan, cluster, pod));
  }
}

/** What the centre calls each leaf's ranges. */
async function nameAllRanges(
  centre: RunningCluster,
  leaves: readonly RunningCluster[],
): Promise<ReadonlyMap<RunningCluster, GivenNames>> {
  const atCentre = async (): Promise<Map<RunningCluster, GivenNames>> => {
    const names = new Map<RunningCluster, GivenNames>();
    // One after the other: the centre gives names in the order of the leaves, the same in every lab of these clusters.
    for (const leaf of leaves) names.set(leaf, await nameRanges(centre, leaf));
    return names;
  };
  const [names] = await Promise.all([atCentre(), ...leaves.map((leaf) => nameRanges(leaf, centre))]);
  return names;
}

async function buildPaths(centre: RunningCluster, names: ReadonlyMap<RunningCluster, GivenNames>): Promise<void> {
  const publishing = async (): Promise<void> => {
    for (const [leaf, given] of names) await publishPods(centre, leaf, given);
  };
  await Promise.all([publishing(), ...[...names.keys()].map((leaf) => connect(centre, leaf))]);
}
