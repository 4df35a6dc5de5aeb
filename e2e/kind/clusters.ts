import { centre, kubeconfig, leaves, manifest, nameOf, type StoryPlaces } from './places.ts';
import type { Step } from './step.ts';

const liqoVersion = 'v1.2.0';

/** The images of this folder are in the centre under these names; no registry knows them. */
export const images = { registry: 'leafway.test', names: ['webhook', 'controller'], tag: 'kind' } as const;
const imageName = (image: string): string => `${images.registry}/${image}:${images.tag}`;

/** Three clusters with Liqo, the centre peered with the leaves. */
export function clusterSteps(places: StoryPlaces): Step[] {
  const all = [centre, ...leaves];
  return [
    ...images.names.map((image) => buildImage(image, places)),
    ...all.map((cluster) => createCluster(cluster, places)),
    ...images.names.map(loadImage),
    ...all.map((cluster) => installLiqo(cluster, places)),
    ...leaves.map((leaf) => peer(leaf, places)),
  ];
}

function buildImage(image: string, { repository }: StoryPlaces): Step {
  const name = imageName(image);
  return {
    what: `build the image ${image}`,
    command: ['docker', 'build', `--file=${repository}/images/${image}.Dockerfile`, `--tag=${name}`, repository],
    undo: ['docker', 'image', 'rm', '--force', name],
  };
}

function createCluster(cluster: string, places: StoryPlaces): Step {
  const name = `--name=${nameOf(cluster)}`;
  const file = `--kubeconfig=${kubeconfig(places, cluster)}`;
  const config = `--config=${manifest(places, 'cluster')}`;
  return {
    what: `create the cluster ${cluster}`,
    command: ['kind', 'create', 'cluster', name, config, file, '--wait=5m'],
    undo: ['kind', 'delete', 'cluster', name, file],
  };
}

function loadImage(image: string): Step {
  return {
    what: `bring the image ${image} to the centre`,
    command: ['kind', 'load', 'docker-image', imageName(image), `--name=${nameOf(centre)}`],
  };
}

function installLiqo(cluster: string, places: StoryPlaces): Step {
  const type = cluster === centre ? 'origin' : 'destination';
  return {
    what: `install Liqo ${liqoVersion} on ${cluster}`,
    command: [
      ...['liqoctl', 'install', 'kind', `--version=${liqoVersion}`, `--cluster-id=${cluster}`],
      ...[`--cluster-labels=topology.liqo.io/type=${type}`, `--kubeconfig=${kubeconfig(places, cluster)}`],
      ...['--disable-telemetry', '--timeout=10m'],
    ],
  };
}

function peer(leaf: string, places: StoryPlaces): Step {
  return {
    what: `peer the centre with ${leaf}`,
    command: [
      ...['liqoctl', 'peer', `--kubeconfig=${kubeconfig(places, centre)}`],
      ...[`--remote-kubeconfig=${kubeconfig(places, leaf)}`, '--gw-server-service-type=NodePort'],
    ],
  };
}
