import { mapAddress, parseAddress, parseCidr } from '@leafway/core';
import { centre, kubeconfig, kubectl, manifest, nameOf, type StoryPlaces } from './places.ts';
import type { Step, Values } from './step.ts';

const namespace = 'leafway-story';
/** As `manifests/cluster.yaml` has it. */
const podRange = '10.200.0.0/16';

/** Liqo's replicated deployment: a replica on each leaf, linked, and taken apart again. */
export function replicaSteps(places: StoryPlaces): Step[] {
  return [...replicate(places), ...connect(places), ...withoutCentre(places), ...disconnect(places)];
}

function replicate(places: StoryPlaces): Step[] {
  const podOf = (leaf: string, path: string): string[] =>
    kubectl(places, leaf, 'get', 'pods', `--namespace=${namespace}`, `--output=jsonpath={.items[*].${path}}`);
  return [
    {
      what: 'make a namespace',
      command: kubectl(places, centre, 'apply', `--filename=${manifest(places, 'namespace')}`),
    },
    {
      what: 'have its pods run on the leaves',
      command: [
        ...['liqoctl', 'offload', 'namespace', namespace, `--kubeconfig=${kubeconfig(places, centre)}`],
        ...['--namespace-mapping-strategy=EnforceSameName', '--pod-offloading-strategy=Remote'],
        ...['--selector=topology.liqo.io/type=destination', '--timeout=2m'],
      ],
    },
    {
      what: 'deploy a replica for each',
      command: kubectl(places, centre, 'apply', `--filename=${manifest(places, 'replicated')}`),
    },
    {
      what: 'wait until all replicas run',
      command: kubectl(
        places,
        centre,
        'rollout',
        'status',
        'deployment/replicated',
        `--namespace=${namespace}`,
        '--timeout=5m',
      ),
    },
    {
      what: 'find the replica in rome',
      command: podOf('rome', 'metadata.name'),
      saves: 'rome.pod',
      expects: String.raw`^\S+$`,
    },
    {
      what: 'find the replica in milan',
      command: podOf('milan', 'status.podIP'),
      saves: 'milan.podIP',
      expects: String.raw`^\S+$`,
    },
  ];
}

/** What rome calls the replica in milan, by the range that the status names. */
function directAddress(values: Values): Values {
  const mapped = mapAddress(
    parseAddress(values['milan.podIP'] ?? ''),
    parseCidr(podRange),
    parseCidr(values['milan.range'] ?? ''),
  );
  return { 'milan.direct': mapped.text };
}

const shortcut = 'virtualnodeshortcuts/rome-milan';

function fetchDirectly(places: StoryPlaces, when: string): Step {
  return {
    what: `fetch from the replica in milan, directly${when}`,
    derive: directAddress,
    command: kubectl(
      places,
      'rome',
      ...['exec', '{rome.pod}', `--namespace=${namespace}`, '--container=nginx', '--'],
      ...['wget', '-q', '-T', '5', '-O', '-', 'http://{milan.direct}/'],
    ),
    expects: 'Welcome to nginx',
    forSeconds: 60,
  };
}

function connect(places: StoryPlaces): Step[] {
  return [
    {
      what: 'link rome and milan',
      command: kubectl(places, centre, 'apply', `--filename=${manifest(places, 'shortcut')}`),
    },
    {
      what: 'wait for the link',
      command: kubectl(places, centre, 'wait', shortcut, '--for=condition=Ready', '--timeout=5m'),
    },
    {
      what: "ask what milan's pods are called in rome",
      command: kubectl(
        places,
        centre,
        ...['get', shortcut, '--output=jsonpath={.status.clusters[?(@.id=="milan")].remappedPodCIDRs[0]}'],
      ),
      saves: 'milan.range',
      expects: String.raw`^\d+(\.\d+){3}/\d+$`,
    },
    fetchDirectly(places, ''),
  ];
}

/** What passes while every process of the centre stands still does not pass through it. */
function withoutCentre(places: StoryPlaces): Step[] {
  const node = `${nameOf(centre)}-control-plane`;
  const stop = 'stop the whole centre';
  return [
    { what: stop, command: ['docker', 'pause', node], undo: ['docker', 'unpause', node] },
    fetchDirectly(places, ', while the centre stands still'),
    { what: 'let the centre go on', command: ['docker', 'unpause', node], takesBack: stop },
    {
      what: 'wait until the centre answers',
      command: kubectl(places, centre, 'get', '--raw=/readyz'),
      expects: '^ok$',
      forSeconds: 120,
    },
  ];
}

function disconnect(places: StoryPlaces): Step[] {
  const ofMilan = ['get', 'configurations,gatewayservers,gatewayclients,publickeies', '--all-namespaces'];
  return [
    { what: 'delete the link', command: kubectl(places, centre, 'delete', shortcut, '--timeout=3m') },
    {
      what: 'see that nothing of it is left in rome',
      command: kubectl(places, 'rome', ...ofMilan, '--selector=liqo.io/remote-cluster-id=milan', '--output=name'),
      expects: '^$',
    },
    {
      what: 'see that the peering with the centre is as it was',
      command: kubectl(
        places,
        'rome',
        'get',
        'connections',
        '--all-namespaces',
        '--output=jsonpath={.items[*].status.value}',
      ),
      expects: '^Connected$',
      forSeconds: 120,
    },
    {
      what: 'uninstall Leafway',
      command: [
        'helm',
        'uninstall',
        'leafway',
        `--kubeconfig=${kubeconfig(places, centre)}`,
        '--namespace=leafway-system',
        '--wait',
        '--timeout=5m',
      ],
    },
  ];
}
