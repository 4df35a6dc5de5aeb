import { clusterSteps } from './clusters.ts';
import { installSteps } from './install.ts';
import { centre, kubectl, leaves, type StoryPlaces } from './places.ts';
import { replicaSteps } from './replicas.ts';
import type { Step } from './step.ts';

/**
 * Three kind clusters with the same ranges, Liqo on each, the centre peered with the leaves, Leafway installed from its
 * charts; Liqo's replicated deployment, whose pods then talk directly, also while the whole centre stands still.
 */
export function story(places: StoryPlaces): Step[] {
  return [...clusterSteps(places), ...installSteps(places), ...replicaSteps(places)];
}

/** What is shown when the story fails, before everything is taken down. */
export function diagnostics(places: StoryPlaces): string[][] {
  return [
    kubectl(places, centre, 'get', 'virtualnodeshortcuts,leafclusters', '--output=yaml'),
    kubectl(places, centre, 'logs', '--namespace=leafway-system', 'deployment/leafway-controller', '--tail=100'),
    ...[centre, ...leaves].map((cluster) =>
      kubectl(places, cluster, 'get', 'pods', '--all-namespaces', '--output=wide'),
    ),
    ...leaves.map((leaf) =>
      kubectl(
        places,
        leaf,
        'get',
        'configurations,gatewayservers,gatewayclients,connections',
        '--all-namespaces',
        '--output=yaml',
      ),
    ),
  ];
}
