import { images } from './clusters.ts';
import { centre, kubeconfig, leaves, nameOf, type StoryPlaces } from './places.ts';
import type { Step } from './step.ts';

const certManagerVersion = 'v1.21.2';

/** Leafway in the centre, with certificates by cert-manager, and its account on each leaf. */
export function installSteps(places: StoryPlaces): Step[] {
  return [installCertManager(places), installLeafway(places), ...leaves.flatMap((leaf) => register(leaf, places))];
}

function installCertManager(places: StoryPlaces): Step {
  return {
    what: `install cert-manager ${certManagerVersion}`,
    command: [
      ...['helm', 'install', 'cert-manager', 'cert-manager', '--repo=https://charts.jetstack.io'],
      ...[`--version=${certManagerVersion}`, `--kubeconfig=${kubeconfig(places, centre)}`],
      ...['--namespace=cert-manager', '--create-namespace', '--set=crds.enabled=true', '--wait', '--timeout=5m'],
    ],
  };
}

function installLeafway(places: StoryPlaces): Step {
  return {
    what: 'install Leafway',
    command: [
      ...['helm', 'install', 'leafway', `${places.repository}/charts/leafway`],
      ...[`--kubeconfig=${kubeconfig(places, centre)}`, '--namespace=leafway-system', '--create-namespace'],
      ...[`--set=image.registry=${images.registry}`, `--set=image.tag=${images.tag}`, '--wait', '--timeout=5m'],
    ],
  };
}

/** The centre's pods reach a leaf at the address of its node, which every kind cluster of a machine can reach. */
function register(leaf: string, places: StoryPlaces): Step[] {
  const credentials = `${places.directory}/${leaf}-centre.kubeconfig`;
  const ofLeaf = `--kubeconfig=${kubeconfig(places, leaf)}`;
  return [
    {
      what: `make the centre's account on ${leaf}`,
      command: [
        ...['helm', 'install', 'leafway-leaf', `${places.repository}/charts/leafway-leaf`, ofLeaf],
        ...['--namespace=leafway-system', '--create-namespace', '--wait', '--timeout=2m'],
      ],
    },
    {
      what: `find the address of ${leaf}`,
      command: [
        ...['docker', 'inspect', `${nameOf(leaf)}-control-plane`],
        ...['--format', '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}'],
      ],
      saves: `${leaf}.address`,
      expects: String.raw`^\d+(\.\d+){3}$`,
    },
    {
      what: `write the kubeconfig of that account`,
      command: [...places.leafway, 'leaf', 'kubeconfig', ofLeaf, `--server=https://{${leaf}.address}:6443`],
      file: credentials,
    },
    {
      what: `register ${leaf}`,
      command: [
        ...[...places.leafway, `--kubeconfig=${kubeconfig(places, centre)}`],
        ...['leaf', 'add', leaf, `--kubeconfig=${credentials}`],
      ],
    },
  ];
}
